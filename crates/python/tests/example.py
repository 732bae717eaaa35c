"""A program that is checked with `mypy --strict`, and run by test_example.py: a monitor of the lists on a TFTP server."""

import sys
from pathlib import Path

import trustlist
from trustlist import Outcome, ParseError, Prediction, Verdict


def judge(kept: Path, served: Path, model: str) -> Prediction | None:
    try:
        return trustlist.predict(installed_itl=kept, offered_itl=served, model=model, tvs={})
    except ParseError as error:
        where = "" if error.offset is None else f" at byte {error.offset}"
        print(f"{served}: no list{where}: {error}")
        return None


def main(arguments: list[str]) -> int:
    kept, served = map(Path, arguments)
    answer = judge(kept, served, "8851")
    if answer is None:
        return 2
    records: list[str] = [record.role for record in trustlist.parse(kept) if record.not_after is not None]
    print(f"{len(records)} certificates on the phone; {answer.itl}")
    for phone in trustlist.fleet([{"model": "8851", "itl": kept}], offered_itl=served):
        ok: bool | None = phone.ok
        print(ok, phone.code)
    changed: bool = answer.itl is not Outcome.UNCHANGED
    print(answer if changed else "as before")
    return {Verdict.ACCEPT: 0, Verdict.REJECT: 1}.get(answer.verdict, 3)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
