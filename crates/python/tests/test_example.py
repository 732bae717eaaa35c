"""The stubs hold what they promise."""

import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent


def run(*arguments):
    return subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, check=False)


def test_an_example_program_is_typed():
    pytest.importorskip("mypy")
    checked = run("-m", "mypy", "--strict", HERE / "example.py")
    assert checked.returncode == 0, checked.stdout
    wrong = run("-m", "mypy", "--strict", "-c", "import trustlist\ntrustlist.predict(model=7)\n")
    assert wrong.returncode == 1 and "expected \"str | None\"" in wrong.stdout, wrong.stdout


def test_the_module_is_typed_itself():
    pytest.importorskip("mypy")
    checked = run("-m", "mypy", "--strict", "-p", "trustlist")
    assert checked.returncode == 0, checked.stdout


def test_an_example_program_runs():
    testdata = HERE.parents[2] / "testdata"
    old, new = testdata / "cluster/before/ITLFile.tlv", testdata / "cluster/after-both/ITLFile.tlv"
    assert run(HERE / "example.py", old, old).stdout.endswith("as before\n")
    refused = run(HERE / "example.py", old, new)
    assert refused.returncode == 1 and "NO: " in refused.stdout, refused
    assert run(HERE / "example.py", old, HERE / "example.py").returncode == 2
