"""What is given wrongly raises or answers as documented."""

import io

import pytest

import trustlist
from trustlist import ParseError


def test_bytes_of_another_format(read):
    with pytest.raises(ParseError, match="found an HTML page") as caught:
        trustlist.parse(b"<html>404</html>")
    assert (caught.value.offset, caught.value.record, caught.value.input) == (0, None, "data")
    assert isinstance(caught.value, ValueError)
    with pytest.raises(ParseError) as caught:
        trustlist.predict(offered_itl=b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    assert caught.value.input == "offered_itl"


def test_a_broken_record_has_its_place(read):
    with pytest.raises(ParseError) as caught:
        trustlist.parse(read("bad/third-record-length.tlv"))
    assert (caught.value.record, caught.value.offset) == (3, 0x10E4)
    assert caught.value.field and "byte 0x10e4" in str(caught.value)


@pytest.mark.parametrize("wrong", [7, 1.5, object(), ["list"], {"a": 1}])
def test_a_wrong_type_is_named(wrong):
    with pytest.raises(TypeError, match="installed_itl: expected bytes"):
        trustlist.predict(installed_itl=wrong)


def test_a_path_as_text_is_no_file():
    with pytest.raises(ParseError):
        trustlist.parse("testdata/cluster/before/ITLFile.tlv")


def test_an_empty_file(read):
    with pytest.raises(ParseError, match="empty"):
        trustlist.predict(installed_itl=b"")
    # On a server there may be one: phones have a rule for it.
    answer = trustlist.predict(installed_itl=read("cluster/before/ITLFile.tlv"), offered_itl=b"", model="8851")
    assert answer.decisive("itl") == "empty-file"


def test_a_closed_file(tmp_path):
    file = io.BytesIO(b"")
    file.close()
    with pytest.raises(ValueError, match="closed"):
        trustlist.parse(file)
    with pytest.raises(FileNotFoundError):
        trustlist.parse(tmp_path / "missing.tlv")
    with pytest.raises(IsADirectoryError):
        trustlist.parse(tmp_path)


def test_a_wrong_model_is_told():
    answer = trustlist.predict(model="8581", factory_fresh=True)
    assert "the model 8581 is not known: did you mean 8851?" in answer.assumptions


def test_lists_that_are_swapped(read):
    old, new = read("cluster/before/ITLFile.tlv"), read("cluster/after-both/ITLFile.tlv")
    assert trustlist.predict(installed_itl=old, offered_itl=new, model="8851").notes == []
    swapped = trustlist.predict(installed_itl=new, offered_itl=old, model="8851").notes
    assert swapped and swapped[0].startswith("offered ITL: made ")
    mixed = trustlist.predict(installed_ctl=old).notes
    assert mixed == ["installed CTL: the name inside this file is that of an ITL; did you mean the other kind?"]


def test_contradictions(read):
    itl = read("cluster/before/ITLFile.tlv")
    for wrong in [
        {"factory_fresh": True, "installed_itl": itl},
        {"no_config": True, "offered_config": itl},
        {"tvs": {}, "tvs_knows": itl},
    ]:
        with pytest.raises(ValueError, match="contradicts"):
            trustlist.predict(**wrong)


def test_words_that_are_none():
    with pytest.raises(ValueError, match="digests: no word of this kind: md5, expected sha1"):
        trustlist.predict(digests=["md5"])
    with pytest.raises(ValueError, match="tls_minimum"):
        trustlist.predict(tls_minimum="1.4")
    with pytest.raises(TypeError, match="cm_group: expected a list of words"):
        trustlist.predict(cm_group="ccm1,ccm2")
    with pytest.raises(TypeError, match="offered"):
        trustlist.predict(offered=b"")
    with pytest.raises(ValueError, match=r"^tvs\[.ccm1.\]: expected a certificate"):
        trustlist.predict(tvs={"ccm1": b"no certificate"})


def test_dates_have_a_time_zone():
    from datetime import datetime

    with pytest.raises(ValueError, match="at: expected a datetime with a time zone"):
        trustlist.predict(at=datetime(2026, 1, 31))
    with pytest.raises(TypeError, match="at: expected a date"):
        trustlist.predict(at="2026-01-31")


def test_documents():
    with pytest.raises(ParseError) as caught:
        trustlist.simulate({"schema": "trustlist.simulate/1", "cluster": {"nodes": 7}})
    assert caught.value.input == "scenario" and caught.value.field
    with pytest.raises(ParseError):
        trustlist.plan_generate("{", ["TVS"])
    with pytest.raises(ValueError, match="assume: luck"):
        trustlist.simulate(_scenario(), assume="luck")
    with pytest.raises(ValueError, match="renew: no word of this kind: Tomcat"):
        trustlist.plan_generate(_cluster(), ["Tomcat"])


def _scenario():
    from test_question import scenarios

    return scenarios()[0].read_text()


def _cluster():
    import json

    return {"schema": "trustlist.cluster/1", "cluster": json.loads(_scenario())["cluster"]}


@pytest.mark.parametrize("name", ["fips", "factory_fresh", "no_config", "security_by_default"])
def test_a_word_is_no_truth_value(name):
    with pytest.raises(TypeError, match=f"{name}: expected bool, found str"):
        trustlist.predict(**{name: "no"})


def test_numbers_have_a_range(read):
    for wrong in (-1, 1 << 32):
        with pytest.raises(ValueError, match="max_key_bits: expected a number from 0 to 4294967295"):
            trustlist.predict(max_key_bits=wrong)
    with pytest.raises(TypeError, match="max_key_bits: expected int, found str"):
        trustlist.predict(max_key_bits="2048")
    with pytest.raises(ValueError, match="within_days: expected a number"):
        trustlist.lint(read("cluster/before/ITLFile.tlv"), within_days=-1)


def test_every_argument_is_named(read):
    itl = read("cluster/before/ITLFile.tlv")
    with pytest.raises(ParseError, match=r"^tvs\['ccm1'\]: expected a certificate in PEM or DER") as caught:
        trustlist.predict(tvs={"ccm1": itl})
    assert caught.value.input == "tvs['ccm1']"
    with pytest.raises(TypeError, match="tvs: expected str, found int"):
        trustlist.predict(tvs={1: None})
    with pytest.raises(TypeError, match="cm_group: expected str, found NoneType"):
        trustlist.predict(cm_group=["ccm1", None])
    with pytest.raises(TypeError, match="tvs_cached: expected bytes"):
        trustlist.predict(tvs_cached=7)
    # One certificate instead of several.
    assert trustlist.predict(tvs_cached=read("certs/ccm1-tvs-1.pem")).ok is None
    with pytest.raises(TypeError, match=r"pasted\['a'\]: expected str, found bytes"):
        trustlist.preflight({"a": b"text"})


def test_a_question_without_an_offered_file_has_no_yes(read):
    """A list that could not be fetched is None: that must not read as accepted."""
    answer = trustlist.predict(installed_itl=read("cluster/before/ITLFile.tlv"), offered_itl=None, model="8851")
    assert (answer.ok, answer.verdict) == (None, "depends")
    assert str(answer).startswith("UNDECIDED: no ITL, CTL or configuration of the server was given.\n")
    assert answer.assumptions[0] == "no file of the server is checked"


def test_a_blank_model_says_nothing():
    assert trustlist.predict(model=" ").assumptions == trustlist.predict().assumptions


CALLS = {
    "data": [trustlist.parse, trustlist.verify, trustlist.lint],
    "old": [lambda wrong: trustlist.diff(wrong, b"")],
    "pasted": [trustlist.preflight],
    "scenario": [trustlist.simulate],
    "cluster": [lambda wrong: trustlist.plan_generate(wrong, ["TVS"])],
    "phones": [lambda wrong: trustlist.fleet(wrong, no_config=True)],
}


@pytest.mark.parametrize("wrong", [None, 7, 10**30, object()])
@pytest.mark.parametrize("name", CALLS)
def test_what_must_be_given_is_named(name, wrong):
    for call in CALLS[name]:
        with pytest.raises(TypeError, match=f"^{name}: expected .*, found {type(wrong).__name__}$"):
            call(wrong)


@pytest.mark.parametrize("wrong", [None, 7, b"lean"])
def test_a_word_of_another_type_is_named(read, wrong):
    found = f": expected str, found {type(wrong).__name__}$"
    with pytest.raises(TypeError, match="^assume" + found):
        trustlist.simulate(_scenario(), assume=wrong)
    with pytest.raises(TypeError, match="^order" + found):
        trustlist.plan_generate(_cluster(), ["TVS"], order=wrong)
    with pytest.raises(TypeError, match="^file" + found):
        trustlist.predict().decisive(wrong)
    if wrong is not None:
        with pytest.raises(TypeError, match="^cucm" + found):
            trustlist.lint(read("cluster/before/ITLFile.tlv"), cucm=wrong)
    with pytest.raises(ValueError, match="^file: cfg, expected ctl, itl or config$"):
        trustlist.predict().via("cfg")


@pytest.mark.parametrize("wrong", [7, b"old", "old", ["old"]])
def test_lists_have_names(wrong):
    with pytest.raises(TypeError, match="^lists: expected a dict of lists by name, found "):
        trustlist.fleet([], no_config=True, lists=wrong)


def test_no_number_is_too_large_to_be_refused(read):
    itl = read("cluster/before/ITLFile.tlv")
    for wrong in (1 << 32, 1 << 64, 10**30, -(10**30)):
        for call in [
            lambda: trustlist.predict(max_key_bits=wrong),
            lambda: trustlist.lint(itl, within_days=wrong),
            lambda: trustlist.plan_generate(_cluster(), ["TVS"], batch=wrong),
            lambda: trustlist.plan_generate(_cluster(), ["TVS"], window_minutes=wrong),
            lambda: trustlist.fleet([], no_config=True, first=wrong),
            lambda: trustlist.fleet([{"count": wrong}], no_config=True),
        ]:
            with pytest.raises(ValueError, match=f": expected a number from 0 to 4294967295, found {wrong}$"):
                call()
    # The first and the last day of Python are dates.
    from datetime import date

    assert trustlist.predict(at=date.min).ok is None and trustlist.predict(at=date.max).ok is None


def test_documents_that_are_no_json():
    for wrong in [{"schema": float("nan")}, "[" * 100_000, "\0"]:
        with pytest.raises(ParseError) as caught:
            trustlist.simulate(wrong)
        assert caught.value.input == "scenario"
    circle = {}
    circle["itself"] = circle
    with pytest.raises(ValueError, match="Circular"):
        trustlist.simulate(circle)
    with pytest.raises(TypeError, match="bytes is not JSON serializable"):
        trustlist.simulate({"schema": b"trustlist.simulate/1"})
