"""After this certificate change, will Cisco IP phones still trust the CUCM cluster?

    import trustlist
    answer = trustlist.predict(installed_itl=old, offered_itl=new, model="8851")
    print(answer.ok)   # True, False, or None: undecided
    print(answer)      # the assumptions, what happens to each file, why, and what to do

Files are given as bytes, paths or open files; text (the output of `show itl`, PEM, a checksum) as str. What is not said stays
unknown. Bytes that cannot be read raise `ParseError`, with the byte, the record and the field; a list that a phone refuses is
an answer, no exception. Nothing here reads a clock or the network.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

from . import _trustlist
from ._fleet import Fleet, FleetRow, Phone, fleet
from ._given import Document, Given, data, document, flag, number, optional, seconds, word, words
from ._question import predict, Prediction
from ._trustlist import ParseError, Record
from ._words import Digest, Hands, Level, Outcome, Verdict, ok

__all__ = [
    "Diff",
    "Digest",
    "Document",
    "Finding",
    "Findings",
    "Fleet",
    "FleetRow",
    "Given",
    "Hands",
    "Level",
    "Outcome",
    "ParseError",
    "Phone",
    "Plan",
    "Prediction",
    "Preflight",
    "Record",
    "Signature",
    "Simulation",
    "TrustList",
    "Verdict",
    "diff",
    "fleet",
    "lint",
    "parse",
    "plan_generate",
    "predict",
    "preflight",
    "simulate",
    "verify",
]


class TrustList:
    """A trust list (ITL or CTL) or a signed file. Iterating gives its records."""

    def __init__(self, native: _trustlist.TrustList) -> None:
        self._native = native

    @property
    def kind(self) -> str:
        """`itl`, `ctl`, `list` (its name says neither) or `signed-file`."""
        return self._native.kind

    @property
    def signer(self) -> str | None:
        """The subject of the certificate that claims to have signed."""
        return self._native.signer

    @property
    def digest(self) -> str:
        """The digest of the signature: `sha1`, `sha256`, `sha512`, or `digest-N`."""
        return self._native.digest

    @property
    def file_name(self) -> str | None:
        """The name inside the file."""
        return self._native.file_name

    @property
    def made(self) -> datetime | None:
        """When the file was made, by its header, in UTC."""
        return self._native.made

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """The records; none for a signed file."""
        return tuple(self._native.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)

    def __bool__(self) -> bool:
        return True

    def to_dict(self) -> dict[str, Any]:
        """The document `trustlist.list/1` of `trustlist show --json`, without the name of a file."""
        return _object(self._native.json())

    def __str__(self) -> str:
        return self._native.text()

    def __repr__(self) -> str:
        return f"<TrustList {self.kind}, {len(self)} records, signed by {self.signer}>"


@dataclass(frozen=True)
class Signature:
    """What became of the check of a signature."""

    outcome: str
    """`valid`, `invalid` or `unverifiable`."""
    sentence: str
    """The outcome with its reason."""
    _json: str

    @property
    def ok(self) -> bool | None:
        """True for a valid signature, False for a wrong one, None where it cannot be checked."""
        return {"valid": True, "invalid": False}.get(self.outcome)

    def to_dict(self) -> dict[str, Any]:
        """The document of `trustlist verify --json`, without the name of a file."""
        return _object(self._json)

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Finding:
    """A finding about a list."""

    level: Level
    code: str
    """A stable word; `trustlist explain CODE` has a page for it."""
    text: str
    _json: str

    def to_dict(self) -> dict[str, Any]:
        """The finding as `trustlist lint --json` writes it."""
        return _object(self._json)

    def __str__(self) -> str:
        return self.text


class Findings(tuple[Finding, ...]):
    """The findings about one list, the gravest first."""

    _json: str

    @property
    def ok(self) -> bool:
        """False as soon as one is an error."""
        return all(finding.level is not Level.ERROR for finding in self)

    def to_dict(self) -> dict[str, Any]:
        """The document `trustlist.lint/1` of `trustlist lint --json`, without the name of a file."""
        return _object(self._json)


@dataclass(frozen=True)
class Diff:
    """The differences between two lists, and what they mean for phones."""

    sentence: str
    text: str
    notes: tuple[str, ...]
    """Likely mistakes: an ITL compared with a CTL, the lists of two nodes, the newer one given first."""
    _json: str

    def to_dict(self) -> dict[str, Any]:
        """The document of `trustlist diff --json`."""
        return _object(self._json)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Preflight:
    """What pasted output of CUCM commands says about a change that is about to be made."""

    verdict: Verdict
    text: str
    _json: str

    @property
    def ok(self) -> bool | None:
        """False where a check says stop, None where something pasted could not be read."""
        return ok(self.verdict)

    def to_dict(self) -> dict[str, Any]:
        """The document of `trustlist preflight --json`."""
        return _object(self._json)

    def __str__(self) -> str:
        return self.text


class Simulation:
    """What became of a plan, under each policy."""

    def __init__(self, native: _trustlist.Simulation) -> None:
        self._native = native

    @property
    def ok(self) -> bool:
        """False where an online phone is locked or not registered at the end."""
        return not (self._native.ends_locked() or self._native.ends_unregistered())

    @property
    def html(self) -> str:
        """A page of its own with the timeline."""
        return self._native.html()

    @property
    def svg(self) -> str:
        """The timeline as a picture."""
        return self._native.svg()

    def to_dict(self) -> dict[str, Any]:
        """The document `trustlist.simulation/1` of `trustlist simulate --json`."""
        return _object(self._native.json())

    def __str__(self) -> str:
        return self._native.text()


class Plan:
    """A plan that locks no phone out, or the reason why there is none."""

    def __init__(self, native: _trustlist.Plan) -> None:
        self._native = native

    @property
    def ok(self) -> bool:
        """Whether there is a plan."""
        return self._native.reason is None

    @property
    def reason(self) -> str | None:
        """Why there is none."""
        return self._native.reason

    @property
    def run_book(self) -> str | None:
        """The plan step by step, as Markdown."""
        return self._native.run_book

    @property
    def ticket(self) -> str | None:
        """The plan as text for a change ticket."""
        return self._native.ticket

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know about it."""
        return tuple(self._native.notes)

    def to_dict(self) -> dict[str, Any]:
        """The scenario that `trustlist plan generate --json` prints, for `simulate`.

        Raises ValueError where there is no plan.
        """
        if self._native.json is None:
            raise ValueError(f"no plan: {self._native.reason}")
        return _object(self._native.json)

    def __str__(self) -> str:
        return self.run_book or self.reason or ""


def parse(file: Given) -> TrustList:
    """Reads a trust list or a signed file.

    Raises ParseError, with the byte, for anything else, and for a record that is broken.
    """
    return TrustList(_trustlist.parse(data("data", file)))


def verify(file: Given, *, with_list: Given | None = None, signer: Given | None = None) -> Signature:
    """Checks a signature: of a list by its own signer record, of a signed file by `with_list` or by the certificate `signer`.

    A list that agrees with itself may still be refused by phones: ask `predict`.
    """
    if with_list is not None and signer is not None:
        raise TypeError("with_list and signer: expected one of them")
    native = _trustlist.verify(data("data", file), optional("with_list", with_list), optional("signer", signer))
    return Signature(*native)


def lint(
    file: Given,
    *,
    at: date | datetime | None = None,
    within_days: int | None = None,
    cucm: str | None = None,
    deny: Iterable[str] = (),
    allow: Iterable[str] = (),
) -> Findings:
    """Looks for mistakes in a list: the file, or the output of `show itl`. Without `at` no certificate is expired."""
    when = None if at is None else seconds("at", at)
    release = None if cucm is None else word("cucm", cucm)
    days = None if within_days is None else number("within_days", within_days)
    found, document = _trustlist.lint(data("data", file), when, days, release, words("deny", deny), words("allow", allow))
    findings = Findings(Finding(Level(level), code, text, body) for level, code, text, body in found)
    findings._json = document
    return findings


def diff(old: Given, new: Given) -> Diff:
    """Compares two lists."""
    document, text, sentence, notes = _trustlist.diff(data("old", old), data("new", new))
    return Diff(sentence, text, tuple(notes), document)


def preflight(pasted: Mapping[str, str] | str, *, context: Document | None = None) -> Preflight:
    """Judges the pasted output of CUCM commands, by the names of the pastes."""
    named = {"paste": pasted} if isinstance(pasted, str) else pasted
    if not isinstance(named, Mapping):
        raise TypeError(f"pasted: expected text, or texts by name, found {type(pasted).__name__}")
    said = None if context is None else document("context", context)
    texts = [(word("pasted", name), word(f"pasted[{name!r}]", text)) for name, text in named.items()]
    verdict, body, text = _trustlist.preflight(texts, said)
    return Preflight(Verdict(verdict), text, body)


def simulate(
    scenario: Document,
    *,
    policies: Iterable[str] | None = None,
    assume: Literal["lean", "optimistic", "pessimistic"] = "lean",
) -> Simulation:
    """Runs the plan of a scenario (`trustlist.simulate/1`). Other threads go on meanwhile."""
    chosen = None if policies is None else words("policies", policies)
    return Simulation(_trustlist.simulate(document("scenario", scenario), chosen, word("assume", assume)))


def plan_generate(
    cluster: Document,
    renew: Iterable[str],
    *,
    delete_old_trust: bool = False,
    order: Literal["procedure", "guide"] = "procedure",
    batch: int | None = None,
    window_minutes: int | None = None,
    accept_guesses: bool = False,
) -> Plan:
    """Looks for a plan that renews these certificates and locks no phone out.

    A cluster document that holds guesses (``note`` of ``trustlist plan init``) gives no plan unless they are accepted; then each is a
    gate of the plan.
    """
    text, units = document("cluster", cluster), words("renew", renew)
    delete, guesses = flag("delete_old_trust", delete_old_trust), flag("accept_guesses", accept_guesses)
    at_once = None if batch is None else number("batch", batch)
    window = None if window_minutes is None else number("window_minutes", window_minutes)
    return Plan(_trustlist.plan_generate(text, units, delete, word("order", order), at_once, window, guesses))


def _object(text: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(text)
    return loaded
