"""One question, and everything else that the command line answers: the same documents."""

import json
import pathlib
import threading
from datetime import UTC, date, datetime

import pytest

import trustlist
from trustlist import Outcome, Verdict

OLD, NEW = "recovery/before/ITLFile.tlv", "recovery/after-callmanager/ITLFile.tlv"


def test_five_lines(read):
    old, new = read(OLD), read(NEW)
    answer = trustlist.predict(installed_itl=old, offered_itl=new, model="8851")
    assert answer.ok is True
    assert (answer.verdict, answer.itl, answer.ctl, answer.config) == (
        Verdict.ACCEPT,
        Outcome.ACCEPT,
        Outcome.NOT_OFFERED,
        None,
    )
    assert answer.itl == "accept" and answer.via("itl") == "installed-itl"
    text = str(answer)
    assert text.startswith("YES: ") and "Assumed: no CTL on the phone" in text and "--" not in text
    assert answer.assumptions[0] == "no CTL on the phone" and "P-ITL" in answer.explained


def test_bytes_equal_those_of_the_command_line(read, command_line):
    told, _ = command_line("predict", "--json", "--installed-itl", OLD, "--offered-itl", NEW, "--model", "8851")
    answer = trustlist.predict(installed_itl=read(OLD), offered_itl=read(NEW), model="8851")
    assert answer.to_json().encode() == told
    assert answer.to_dict() == json.loads(told)


def test_everything_that_can_be_said(read, command_line):
    before, after = "cluster/before/", "cluster/after-both/"
    pem = read("certs/ccm1-tvs-2.pem")
    answer = trustlist.predict(
        installed_itl=read(before + "ITLFile.tlv"),
        offered_itl=read(after + "ITLFile.tlv"),
        offered_config=read(after + "SEP001122334455.cnf.xml.sgn"),
        digests=["sha1", "sha512"],
        max_key_bits=1024,
        security_by_default=False,
        fips=True,
        cm_group=["ccm1", "ccm2"],
        tftp_server="ccm1",
        tls_minimum="1.2",
        tvs={"ccm1": pem.decode(), "ccm2": None},
        tvs_knows={"ccm1": [read("certs/ccm1-callmanager-2.pem")]},
        tvs_cached=[pem],
        at=date(2026, 11, 21),
    )
    told, _ = command_line(
        "predict", "--json", "--installed-itl", before + "ITLFile.tlv", "--offered-itl", after + "ITLFile.tlv",
        "--offered-config", after + "SEP001122334455.cnf.xml.sgn", "--digests", "sha1,sha512", "--max-key-bits", "1024",
        "--security-by-default", "no", "--fips", "--cm-group", "ccm1,ccm2", "--tftp-server", "ccm1", "--tls-minimum", "1.2",
        "--tvs", "ccm1=certs/ccm1-tvs-2.pem", "--tvs", "ccm2=down", "--tvs-knows", "ccm1=certs/ccm1-callmanager-2.pem",
        "--tvs-cached", "certs/ccm1-tvs-2.pem", "--at", "2026-11-21",
    )  # fmt: skip
    assert answer.to_json().encode() == told


@pytest.mark.parametrize("given", ["bytes", "bytearray", "memoryview", "path", "file"])
def test_files_are_given_in_any_form(given, read, tmp_path):
    path = tmp_path / "ITLFile.tlv"
    path.write_bytes(read(OLD))
    forms = {"bytes": bytes, "bytearray": bytearray, "memoryview": memoryview}
    held = forms[given](read(OLD)) if given in forms else path if given == "path" else path.open("rb")
    assert trustlist.predict(installed_itl=held, offered_itl=read(OLD), model="8851").itl is Outcome.UNCHANGED


def test_a_paste_and_a_checksum(read):
    import hashlib

    paste = read("prints/07-itl-13-records-terminal.txt").decode()
    assert trustlist.predict(installed_itl=paste, offered_itl=read(NEW), model="8851").ok is not True
    screen = hashlib.md5(read(OLD)).hexdigest().upper()
    answer = trustlist.predict(installed_itl=screen, known_lists=[read(OLD)], offered_itl=read(NEW), model="8851")
    assert answer.ok is True
    with pytest.raises(trustlist.ParseError, match="no known list has it"):
        trustlist.predict(installed_itl=screen, known_lists=[read(NEW)])


def test_what_is_not_said_stays_unknown(read):
    answer = trustlist.predict(offered_itl=read(NEW))
    assert answer.ok is None and answer.verdict is Verdict.DEPENDS and answer.leans("itl") is None
    unknown_tvs = trustlist.predict(
        installed_itl=read("cluster/before/ITLFile.tlv"), offered_itl=read("cluster/after-callmanager/ITLFile.tlv"), model="8851"
    )
    assert (unknown_tvs.ok, unknown_tvs.decisive("itl")) == (None, "tvs-unknown")
    no_tvs = trustlist.predict(
        installed_itl=read("cluster/before/ITLFile.tlv"),
        offered_itl=read("cluster/after-callmanager/ITLFile.tlv"),
        model="8851",
        tvs={},
    )
    assert (no_tvs.ok, no_tvs.decisive("itl")) == (False, "signer-unknown")


def test_a_list(read, command_line):
    listed = trustlist.parse(read("cluster/before/ITLFile.tlv"))
    _, told = command_line("show", "--json", "cluster/before/ITLFile.tlv")
    assert listed.to_dict() == told
    assert len(listed) == len(told["records"]) and bool(listed)
    first = listed.records[0]
    assert (first.index, first.role, first.subject) == (1, told["records"][0]["role"], told["records"][0]["subject"])
    assert (first.start, first.end - first.start) == (told["records"][0]["offset"], told["records"][0]["length"])
    after = datetime.fromisoformat(told["records"][0]["not_after"])
    assert first.not_after == after and first.not_after.tzinfo is not None
    assert first.certificate is not None and first.certificate.startswith(b"\x30")
    assert trustlist.parse(read("cluster/before/SEP001122334455.cnf.xml.sgn")).kind == "signed-file"


def test_signatures(read, command_line):
    good, forged = "cluster/before/ITLFile.tlv", "bad/flipped-record.tlv"
    assert trustlist.verify(read(good)).ok is True and trustlist.verify(read(forged)).ok is False
    config = "cluster/before/SEP001122334455.cnf.xml.sgn"
    assert trustlist.verify(read(config)).ok is None
    signature = trustlist.verify(read(config), with_list=read(good))
    _, told = command_line("verify", "--json", "--with", good, config)
    assert signature.ok is True and signature.to_dict() == told
    assert trustlist.verify(read(config), signer=read("certs/ccm1-callmanager-1.pem")).ok is True


def test_lint_and_diff(read, command_line):
    name = "cluster/before/ITLFile.tlv"
    found = trustlist.lint(read(name), at=datetime(2040, 1, 1, tzinfo=UTC))
    _, told = command_line("lint", "--json", "--at", "2040-01-01", name)
    assert found.to_dict() == told and [finding.code for finding in found] == [item["code"] for item in told["findings"]]
    denied = trustlist.lint(read(name), at=date(2040, 1, 1), deny=[found[0].code])
    assert not denied.ok and denied[0].level == "error"
    difference = trustlist.diff(read(name), read("cluster/after-both/ITLFile.tlv"))
    _, told = command_line("diff", "--json", name, "cluster/after-both/ITLFile.tlv")
    assert difference.to_dict() == told and difference.sentence in str(difference)


def scenarios():
    return sorted((pathlib.Path(__file__).parents[3] / "testdata/cases/simulate").glob("*.json"))


def test_simulations(command_line):
    outcomes = set()
    for path in scenarios()[17:35]:
        simulation = trustlist.simulate(path.read_text())
        _, told = command_line("simulate", "--json", path)
        assert simulation.to_dict() == told, path.name
        outcomes.add(simulation.ok)
    assert outcomes == {True, False}
    assert simulation.svg.startswith("<svg") and "<html" in simulation.html
    as_dict = trustlist.simulate(json.loads(path.read_text()), policies=["A"])
    assert len(as_dict.to_dict()["policies"]) == 1


def test_a_plan(command_line):
    scenario = scenarios()[0]
    cluster = {"schema": "trustlist.cluster/1", "cluster": json.loads(scenario.read_text())["cluster"]}
    plan = trustlist.plan_generate(cluster, ["TVS"])
    assert plan.ok and plan.run_book and str(plan) == plan.run_book
    assert trustlist.simulate(plan.to_dict()).ok
    _, told = command_line("plan", "generate", "--json", "--renew", "TVS", scenario)
    assert plan.to_dict() == told


def test_preflight(read, command_line):
    pasted = read("prints/07-itl-13-records-terminal.txt").decode()
    judged = trustlist.preflight({"prints/07-itl-13-records-terminal.txt": pasted}, context={"mode": "mixed"})
    assert judged.ok in (True, False, None) and judged.verdict in list(Verdict)
    _, told = command_line("preflight", "--json", "prints/07-itl-13-records-terminal.txt")
    assert trustlist.preflight({"prints/07-itl-13-records-terminal.txt": pasted}).to_dict() == told
    assert "ITL" in str(judged)


def test_the_lock_of_python_is_released(read):
    """Another thread goes on while a plan is simulated."""
    path = max(scenarios(), key=lambda path: path.stat().st_size)
    text, done, counted = path.read_text(), threading.Event(), 0

    def work():
        for _ in range(20):
            trustlist.simulate(text)
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.is_set():
        counted += 1
    thread.join()
    assert counted > 0
