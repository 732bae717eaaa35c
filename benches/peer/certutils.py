#!/usr/bin/env python3
"""Compares trustlist with certutils' parse_tlv_file: the time for one list, in one run, and the verdict on each list in testdata/.

    python3 benches/peer/certutils.py PATH/TO/tlvfile [--with file|path|bytes] [--file LIST.tlv]

certutils (usecallmanager.nz) is the reader's own copy: nothing of it is part of this project, and CI does not run this.
The script is loaded as it is, with or without the suffix .py; the packages that it imports must be installed. What
parse_tlv_file is handed is found out by trying (an open file, a path, the bytes) and printed; --with chooses.

It prints the lines for docs/performance.md: the time of certutils and ours by provider, then on how many lists in testdata/
both say the same, and the others by kind. Ours is the exit status of `trustlist verify` (cargo build --release -p trustlist-cli).
"""

import argparse
import collections
import contextlib
import importlib.machinery
import importlib.util
import io
import json
import pathlib
import platform
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIST = ROOT / "testdata/forms/39-certificates.tlv"
PROVIDERS = ("rsa", "aws-lc-rs")
WAYS = {
    "file": lambda path: io.BytesIO(path.read_bytes()),
    "path": str,
    "bytes": lambda path: path.read_bytes(),
}


def load(path):
    """Returns parse_tlv_file of the script, whatever its suffix."""
    sys.path.insert(0, str(path.parent))
    loader = importlib.machinery.SourceFileLoader("certutils_copy", str(path))
    spec = importlib.util.spec_from_file_location("certutils_copy", path, loader=loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    if not hasattr(module, "parse_tlv_file"):
        sys.exit(f"{path}: no parse_tlv_file, expected the script of certutils that has it")
    return module.parse_tlv_file


def error_of(parse, argument):
    """Returns why parse_tlv_file does not take a list, or None: what it raises, or that it prints "Invalid signature"."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            parse(argument)
    except (Exception, SystemExit) as error:  # whatever certutils raises is the answer
        return f"{type(error).__name__}: {error}"
    return "Invalid signature" if "Invalid signature" in printed.getvalue() else None


def way(parse, path, wanted):
    """Returns how parse_tlv_file wants its file: the first way that does not raise."""
    errors = []
    for name in [wanted] if wanted else WAYS:
        error = error_of(parse, WAYS[name](path))
        if error is None:
            return name
        errors.append(f"  {name}: {error}")
    sys.exit("parse_tlv_file refused the file in every way that was tried:\n" + "\n".join(errors))


def median_of_peer(parse, make, path, seconds=5.0):
    """Returns the median seconds of one call, the file already in memory."""
    times, end = [], time.perf_counter() + seconds
    with contextlib.redirect_stdout(io.StringIO()):
        while time.perf_counter() < end or len(times) < 5:
            argument = make(path)
            start = time.perf_counter()
            parse(argument)
            times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def medians_of_bench():
    """Returns the median seconds of the bench by provider, measured now."""
    bench = "facts of 39 records and the signature"
    command = ["cargo", "bench", "--features", "aws-lc-rs", "--bench", "verify", "--", "--noplot", bench]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    folder = ROOT / "target/criterion/job" / bench
    return {
        provider: json.loads((folder / provider / "new/estimates.json").read_text())["median"]["point_estimate"] / 1e9
        for provider in PROVIDERS
    }


def kind(error):
    """Returns an error without its values: the same for all lists that are refused for one reason."""
    return re.sub(r"[0-9]+|'.*'|: [^:]*[.]tlv.*", "…", error)[:60]


def agreement(parse, make, trustlist):
    """Returns the number of lists with the same verdict, and of the others by kind: where the file is, who reads it, why not the other."""
    same, others = 0, collections.Counter()
    for path in sorted((ROOT / "testdata").rglob("*.tlv")):
        run = subprocess.run([trustlist, "verify", path], capture_output=True, text=True, check=False)
        ours, error = run.returncode == 0, error_of(parse, make(path))
        if ours == (error is None):
            same += 1
            continue
        verdict = {1: "invalid", 3: "not checkable"}.get(run.returncode, "broken")
        why = f"certutils: {kind(error)}" if ours else f"trustlist: {verdict}"
        others[str(path.parent.relative_to(ROOT)), why] += 1
    return same, others


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("script", type=pathlib.Path, help="the script of your copy that has parse_tlv_file")
    arguments.add_argument("--with", dest="way", choices=WAYS, help="what parse_tlv_file is handed")
    arguments.add_argument("--file", type=pathlib.Path, default=LIST, help="another list (the bench keeps its own)")
    built = ROOT / "target/release/trustlist"
    arguments.add_argument("--trustlist", type=pathlib.Path, default=built, help="the binary that gives our verdicts")
    arguments.add_argument("--agreement", action="store_true", help="compare the verdicts only, measure nothing")
    given = arguments.parse_args()
    parse = load(given.script.resolve())
    name = way(parse, given.file, given.way)
    if not given.agreement:
        peer = median_of_peer(parse, WAYS[name], given.file)
        print("| who | provider | µs | certutils takes | machine | date |\n|---|---|---|---|---|---|")
        where = f"{platform.machine()}, Python {platform.python_version()} | {time.strftime('%Y-%m-%d')}"
        print(f"| certutils, `parse_tlv_file({name})` | | {peer * 1e6:.0f} | 1 times as long | {where} |")
        for provider, own in medians_of_bench().items():
            print(f"| trustlist | `{provider}` | {own * 1e6:.0f} | {peer / own:.1f} times as long | {where} |")
    same, others = agreement(parse, WAYS[name], given.trustlist.resolve())
    print(f"\nSame verdict on {same} of {same + sum(others.values())} lists in testdata/. The others, refused by one:")
    for (folder, why), count in sorted(others.items()):
        print(f"  {count:4} {folder}, by {why}")


if __name__ == "__main__":
    main()
