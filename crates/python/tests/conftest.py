from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TESTDATA = ROOT / "testdata"


@pytest.fixture(scope="session")
def read():
    return lambda name: (TESTDATA / name).read_bytes()


@pytest.fixture(scope="session")
def command_line():
    """The command line's answer as a document; skipped where it is not built (`cargo build --features cli`)."""
    import json
    import os
    import subprocess

    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    binary = Path(os.environ.get("TRUSTLIST", target / "debug" / "trustlist"))
    if not binary.exists():
        pytest.skip(f"{binary} is not built")

    def run(*arguments):
        done = subprocess.run([binary, *map(str, arguments)], capture_output=True, cwd=TESTDATA, check=False)
        assert done.returncode != 2, done.stderr.decode()
        document = json.loads(done.stdout)
        # Bytes have no name.
        document.pop("file", None)
        return done.stdout, document

    return run
