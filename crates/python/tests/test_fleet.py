"""Many phones, as rows of Python and as Arrow."""

import pytest

import trustlist
from trustlist import Hands, Phone, Verdict


@pytest.fixture
def site(read):
    return {
        "offered_itl": read("cluster/after-both/ITLFile.tlv"),
        "lists": {"old": read("cluster/before/ITLFile.tlv"), "new": read("cluster/after-both/ITLFile.tlv")},
        "tvs": {},
    }


ROWS = [
    {"name": "north", "model": "8851", "itl": "new", "cm_group": ["ccm1"]},
    {"name": "south", "model": "8851", "itl": "old", "cm_group": ["ccm1"]},
    {"name": "drawer", "model": "7975"},
]


def test_each_phone_has_its_answer(site):
    fleet = trustlist.fleet(ROWS, **site)
    assert [row.answer for row in fleet] == [Verdict.ACCEPT, Verdict.REJECT, Verdict.DEPENDS]
    assert (fleet.ok, fleet[1].ok, fleet[1].code, fleet[1].file) == (False, False, "signer-unknown", "itl")
    assert fleet[1].hands >= Hands.FROM_SERVER or fleet[1].hands is Hands.BY_HAND
    document = fleet.to_dict()
    assert document["schema"] == "trustlist.fleet/1"
    assert [phone["device"] for phone in document["first"]] == ["south", "drawer"]
    assert trustlist.fleet([Phone(**row) for row in ROWS], **site)[:] == fleet[:]


def test_the_answer_for_one_phone_is_that_of_predict(site, read):
    for row in ROWS:
        said = {key: value for key, value in row.items() if key in ("model", "cm_group")}
        itl = site["lists"].get(row.get("itl", ""))
        one = trustlist.predict(installed_itl=itl, offered_itl=site["offered_itl"], tvs={}, **said)
        many = trustlist.fleet([row], **site)[0]
        assert (one.verdict, one.itl, one.ctl) == (many.answer, many.itl, many.ctl)


def test_a_phone_may_stand_for_many(site):
    fleet = trustlist.fleet([Phone(model="8851", itl="old", count=1000), Phone(model="8851", itl="new", count=5)], **site)
    text = str(fleet)
    assert "1000" in text or "1,000" in text


def test_a_fleet_to_which_nothing_is_offered_has_no_answer(read):
    """A list that could not be fetched is None: that must not read as accepted."""
    with pytest.raises(ValueError, match="nothing is offered to the phones"):
        trustlist.fleet([{"model": "8851", "itl": read("cluster/before/ITLFile.tlv")}], offered_itl=None)


def test_what_is_wrong_is_named(site):
    with pytest.raises(TypeError, match=r"phones\[0\]: unknown field 'modell', expected name, model"):
        trustlist.fleet([{"modell": "8851"}], **site)
    with pytest.raises(TypeError, match=r"phones\[1\]: expected a Phone or a dict, found str"):
        trustlist.fleet([ROWS[0], "8851"], **site)
    with pytest.raises(trustlist.ParseError, match=r"^phones\[1\]\.itl: ") as caught:
        trustlist.fleet([ROWS[0], {"itl": "a list without a name"}], **site)
    assert caught.value.input == "phones[1].itl"
    with pytest.raises(trustlist.ParseError, match=r"^lists\['bad'\]: "):
        trustlist.fleet([{"itl": "bad"}], offered_itl=site["offered_itl"], lists={"bad": b"%PDF-1.7"})
    for wrong, told in [
        ({"model": 8851}, r"phones\[0\].model: expected str, found int"),
        ({"name": 7}, r"phones\[0\].name: expected str, found int"),
        ({"cm_group": "ccm1,ccm2"}, r"phones\[0\].cm_group: expected a list of words"),
    ]:
        with pytest.raises(TypeError, match=told):
            trustlist.fleet([wrong], **site)
    with pytest.raises(ValueError, match=r"phones\[0\].count: expected a number"):
        trustlist.fleet([{"model": "8851", "count": -1}], **site)


class TestArrow:
    pa = pytest.importorskip("pyarrow")

    def table(self, rows):
        pa = self.pa
        columns = {name: [row.get(name) for row in rows] for name in ("name", "model", "itl")}
        columns["cm_group"] = [",".join(row["cm_group"]) if "cm_group" in row else None for row in rows]
        return pa.table(columns)

    def test_batches_come_back_with_answers(self, site):
        rows = ROWS * 50
        answers = self.pa.table(trustlist.fleet(self.table(rows), **site))
        assert answers.column_names[:4] == ["name", "model", "itl", "cm_group"]
        expected = [(row.answer, row.code, row.hands) for row in trustlist.fleet(rows, **site)]
        found = zip(*(answers.column(name).to_pylist() for name in ("answer", "code", "hands")))
        assert list(found) == expected

    def test_any_library_goes_in(self, site):
        class Stream:
            """Something that is no pyarrow."""

            def __init__(self, table):
                self.table = table

            def __arrow_c_stream__(self, requested_schema=None):
                return self.table.__arrow_c_stream__(requested_schema)

        answers = self.pa.table(trustlist.fleet(Stream(self.table(ROWS)), **site))
        assert answers.column("answer").to_pylist() == ["accept", "reject", "depends"]
        nested = self.pa.table({"model": ["8851"], "itl": ["old"], "cm_group": [["ccm1", "ccm2"]]})
        assert self.pa.table(trustlist.fleet(nested, **site)).column("answer").to_pylist() == ["reject"]
        empty = self.table(ROWS).slice(0, 0)
        assert self.pa.table(trustlist.fleet(empty, **site)).num_rows == 0
        files = self.pa.table({"itl": [site["lists"]["new"]], "model": ["8851"]})
        assert self.pa.table(trustlist.fleet(files, **site)).column("answer").to_pylist() == ["accept"]

    def test_a_column_that_would_be_lost_is_refused(self, site):
        with pytest.raises(ValueError, match="a column is called answer"):
            trustlist.fleet(self.pa.table({"answer": ["yes"]}), **site)

    def test_too_many_distinct_values_are_an_error_and_no_other_answer(self):
        from trustlist import _arrow

        class Words:
            """A judge that gives back what it is asked."""

            def words(self, phones):
                return [(phone.model, phone.itl, phone.ctl, ",".join(phone.cm_group), "", "", "", "") for phone in phones]

        def batch(rows):
            text = [str(row) for row in range(rows)]
            return self.pa.record_batch({name: text for name in ("model", "itl", "ctl", "cm_group")})

        columns = _arrow._answers(batch(1_000), Words())
        assert [column.to_pylist() for column in columns[:4]] == [[str(row) for row in range(1_000)]] * 4
        with pytest.raises(self.pa.ArrowInvalid, match="overflow"):
            _arrow._answers(batch(60_000), Words())
