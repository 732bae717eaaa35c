#!/usr/bin/env python3
"""Times certutils' parse_tlv_file on the file of the bench "facts of 39 records and the signature", in one run with it.

    python3 benches/peer/certutils.py PATH/TO/tlvfile.py [--with file|path|bytes] [--file LIST.tlv]

certutils (usecallmanager.nz) is the reader's own copy: nothing of it is part of this project, and CI does not run this.
Its module is loaded as it is; the packages that it imports must be installed. What parse_tlv_file is handed is found
out by trying (an open file, a path, the bytes) and told; --with chooses.
"""

import argparse
import contextlib
import importlib.util
import io
import json
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIST = ROOT / "testdata/forms/39-certificates.tlv"
PROVIDERS = {"rsa": 10, "aws-lc-rs": 20}
WAYS = {
    "file": lambda path: io.BytesIO(path.read_bytes()),
    "path": str,
    "bytes": lambda path: path.read_bytes(),
}


def load(path):
    """The module that holds parse_tlv_file."""
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location("certutils_copy", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not hasattr(module, "parse_tlv_file"):
        sys.exit(f"{path}: no parse_tlv_file, expected the module of certutils that has it")
    return module.parse_tlv_file


def way(parse, path, wanted):
    """How parse_tlv_file wants its file: the first way that does not raise."""
    errors = []
    for name in [wanted] if wanted else WAYS:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                parse(WAYS[name](path))
            return name
        except (Exception, SystemExit) as error:  # whatever certutils raises is the answer
            errors.append(f"  {name}: {type(error).__name__}: {error}")
    sys.exit("parse_tlv_file took the file in no way that was tried:\n" + "\n".join(errors))


def median_of_peer(parse, make, path, seconds=5.0):
    """Median seconds of one call, the file already in memory."""
    times, end = [], time.perf_counter() + seconds
    with contextlib.redirect_stdout(io.StringIO()):
        while time.perf_counter() < end or len(times) < 5:
            argument = make(path)
            start = time.perf_counter()
            parse(argument)
            times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def medians_of_bench():
    """Median seconds of the bench by provider, measured now."""
    bench = "facts of 39 records and the signature"
    command = ["cargo", "bench", "--features", "aws-lc-rs", "--bench", "verify", "--", "--noplot", bench]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    folder = ROOT / "target/criterion/job" / bench
    return {
        provider: json.loads((folder / provider / "new/estimates.json").read_text())["median"]["point_estimate"] / 1e9
        for provider in PROVIDERS
    }


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("module", type=pathlib.Path, help="the module of your copy that has parse_tlv_file")
    arguments.add_argument("--with", dest="way", choices=WAYS, help="what parse_tlv_file is handed")
    arguments.add_argument("--file", type=pathlib.Path, default=LIST, help="another list (the bench keeps its own)")
    given = arguments.parse_args()
    parse = load(given.module.resolve())
    name = way(parse, given.file, given.way)
    peer = median_of_peer(parse, WAYS[name], given.file)
    print(f"parse_tlv_file ({name}): {peer * 1e6:.0f} us")
    missed = False
    for provider, own in medians_of_bench().items():
        ratio, target = peer / own, PROVIDERS[provider]
        missed |= ratio < target
        print(f"trustlist, {provider}: {own * 1e6:.0f} us, {ratio:.1f} times faster (target {target})")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
