"""Many phones."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Protocol, TypeAlias, TypeVar, overload, runtime_checkable

from . import _trustlist
from ._given import Given, data, flag, number, word, words
from ._question import ask
from ._words import Hands, Outcome, Verdict, ok


@dataclass(frozen=True)
class Phone:
    """A phone of a fleet. A phone with neither list holds what is not known, unless `fleet(factory_fresh=True)` says otherwise."""

    name: str = ""
    model: str | None = None
    itl: Given | None = None
    """The installed ITL: a file, a print, a checksum, or the name of one of `lists`."""
    ctl: Given | None = None
    """The installed CTL, likewise."""
    cm_group: Sequence[str] | None = None
    count: int = 1
    """How many phones are like this one."""


@dataclass(frozen=True, slots=True)
class FleetRow:
    """The answer for one phone."""

    answer: Verdict
    ctl: Outcome
    itl: Outcome
    config: Outcome | None
    leans: str | None
    file: str | None
    """The file that decided: `ctl`, `itl` or `config`."""
    code: str | None
    """The finding or condition that decided."""
    hands: Hands

    @property
    def ok(self) -> bool | None:
        """True where nothing is refused, False where something is, None where the answer is open."""
        return ok(self.answer)


class Fleet(Sequence[FleetRow]):
    """The answers, in the order of the phones, and their summary."""

    def __init__(self, rows: list[FleetRow], document: str, text: str) -> None:
        self._rows, self._json, self._text = rows, document, text

    @overload
    def __getitem__(self, index: int) -> FleetRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[FleetRow]: ...
    def __getitem__(self, index: int | slice) -> FleetRow | list[FleetRow]:
        return self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[FleetRow]:
        return iter(self._rows)

    @property
    def ok(self) -> bool | None:
        """False as soon as one phone refuses something, None where an answer is open."""
        answers = {row.answer for row in self._rows}
        if Verdict.REJECT in answers:
            return False
        return None if Verdict.DEPENDS in answers else True

    def to_dict(self) -> dict[str, Any]:
        """The summary `trustlist.fleet/1`, as `trustlist fleet --json` writes it."""
        loaded: dict[str, Any] = json.loads(self._json)
        return loaded

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<Fleet of {len(self)} phones, ok={self.ok}>"


@runtime_checkable
class ArrowStream(Protocol):
    """Record batches of whatever library, by the Arrow PyCapsule interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


_T = TypeVar("_T")
Phones: TypeAlias = Iterable[Phone | Mapping[str, Any]]


@overload
def fleet(
    phones: ArrowStream,
    *,
    offered_itl: Given | None = None,
    offered_ctl: Given | None = None,
    offered_config: Given | None = None,
    no_config: bool = False,
    lists: Mapping[str, Given] | None = None,
    known_lists: Iterable[Given] = (),
    factory_fresh: bool = False,
    security_by_default: bool | None = None,
    digests: Iterable[str] | None = None,
    max_key_bits: int | None = None,
    fips: bool = False,
    tftp_server: str | None = None,
    tls_minimum: str | None = None,
    tvs: Mapping[str, Given | None] | None = None,
    tvs_knows: Given | Iterable[Given] | Mapping[str, Given | Iterable[Given]] | None = None,
    at: date | datetime | None = None,
    first: int = 20,
) -> ArrowStream: ...
@overload
def fleet(
    phones: Phones,
    *,
    offered_itl: Given | None = None,
    offered_ctl: Given | None = None,
    offered_config: Given | None = None,
    no_config: bool = False,
    lists: Mapping[str, Given] | None = None,
    known_lists: Iterable[Given] = (),
    factory_fresh: bool = False,
    security_by_default: bool | None = None,
    digests: Iterable[str] | None = None,
    max_key_bits: int | None = None,
    fips: bool = False,
    tftp_server: str | None = None,
    tls_minimum: str | None = None,
    tvs: Mapping[str, Given | None] | None = None,
    tvs_knows: Given | Iterable[Given] | Mapping[str, Given | Iterable[Given]] | None = None,
    at: date | datetime | None = None,
    first: int = 20,
) -> Fleet: ...
def fleet(
    phones: Phones | ArrowStream,
    *,
    offered_itl: Given | None = None,
    offered_ctl: Given | None = None,
    offered_config: Given | None = None,
    no_config: bool = False,
    lists: Mapping[str, Given] | None = None,
    known_lists: Iterable[Given] = (),
    factory_fresh: bool = False,
    security_by_default: bool | None = None,
    digests: Iterable[str] | None = None,
    max_key_bits: int | None = None,
    fips: bool = False,
    tftp_server: str | None = None,
    tls_minimum: str | None = None,
    tvs: Mapping[str, Given | None] | None = None,
    tvs_knows: Given | Iterable[Given] | Mapping[str, Given | Iterable[Given]] | None = None,
    at: date | datetime | None = None,
    first: int = 20,
) -> Fleet | ArrowStream:
    """Predicts for every phone whether it takes what is offered; each distinct state is judged once. Other threads go on meanwhile.

    `phones` are `Phone`s or dicts with their fields, or Arrow record batches (anything with `__arrow_c_stream__`; needs
    pyarrow) with columns of these names: the answer is then a stream of the same batches with the answers as further columns.
    `lists` gives names to lists, so that phones may name them. `first` says how many of the most urgent phones the summary names.

    Raises ValueError if nothing is said about the server's files, ParseError for a list that cannot be read, and ValueError or TypeError
    for a value that is none of those expected.
    """
    if offered_itl is None and offered_ctl is None and offered_config is None and not flag("no_config", no_config):
        raise ValueError("nothing is offered to the phones: expected offered_itl, offered_ctl or offered_config")
    question = ask(
        offered_itl=offered_itl,
        offered_ctl=offered_ctl,
        offered_config=offered_config,
        no_config=no_config,
        known_lists=known_lists,
        security_by_default=security_by_default,
        digests=digests,
        max_key_bits=max_key_bits,
        fips=fips,
        tftp_server=tftp_server,
        tls_minimum=tls_minimum,
        tvs=tvs,
        tvs_knows=tvs_knows,
        at=at,
    )
    judge = Judge(question, {} if lists is None else lists, factory_fresh, first)
    if isinstance(phones, ArrowStream):
        from ._arrow import judged

        return judged(phones, judge)
    if not isinstance(phones, Iterable):
        raise TypeError(f"phones: expected Phones, dicts or Arrow record batches, found {type(phones).__name__}")
    return judge.judge(phones)


class Judge:
    """What is said about the site, for phones in whatever form."""

    def __init__(self, question: _trustlist.Question, lists: Mapping[str, Given], factory_fresh: bool, first: int) -> None:
        self._question, self._factory_fresh, self._first = question, flag("factory_fresh", factory_fresh), number("first", first)
        if not isinstance(lists, Mapping):
            raise TypeError(f"lists: expected a dict of lists by name, found {type(lists).__name__}")
        self._named = {name: data(f"lists[{name!r}]", given) for name, given in lists.items()}

    def judge(self, phones: Phones) -> Fleet:
        rows, document, text = self._native(_phone(index, phone) for index, phone in enumerate(phones))
        return Fleet([_row(*words) for words in rows], document, text)

    def words(self, phones: Iterable[Phone]) -> list[tuple[str, str, str, str, str, str, str, str]]:
        """The answers as words; empty where there is none."""
        return self._native(phones)[0]

    def _native(self, phones: Iterable[Phone]) -> tuple[list[tuple[str, str, str, str, str, str, str, str]], str, str]:
        models: dict[str, int] = {}
        groups: dict[tuple[str, ...], int] = {}
        lists: dict[bytes, int] = {}
        places: list[str] = []
        names: list[str] = []
        rows: list[tuple[int | None, int | None, int | None, int | None, int]] = []

        def held(index: int, file: str, given: Given | None) -> int | None:
            if given is None:
                return None
            if isinstance(given, str) and given in self._named:
                bytes_, place = self._named[given], f"lists[{given!r}]"
            else:
                place = f"phones[{index}].{file}"
                bytes_ = data(place, given)
            if bytes_ not in lists:
                places.append(place)
            return _place(lists, bytes_)

        for index, phone in enumerate(phones):
            model = None if phone.model is None else word(f"phones[{index}].model", phone.model)
            group = None if phone.cm_group is None else tuple(words(f"phones[{index}].cm_group", phone.cm_group))
            itl, ctl = held(index, "itl", phone.itl), held(index, "ctl", phone.ctl)
            count = number(f"phones[{index}].count", phone.count)
            rows.append((_place(models, model or None), _place(groups, group), itl, ctl, count))
            names.append(word(f"phones[{index}].name", phone.name))
        return _trustlist.fleet(
            self._question, list(lists), places, list(models), list(groups), rows, names, self._factory_fresh, self._first
        )


def _place(table: dict[_T, int], value: _T | None) -> int | None:
    return None if value is None else table.setdefault(value, len(table))


def _row(answer: str, ctl: str, itl: str, config: str, leans: str, file: str, code: str, hands: str) -> FleetRow:
    judged = Outcome(config) if config else None
    return FleetRow(
        Verdict(answer), Outcome(ctl), Outcome(itl), judged, leans or None, file or None, code or None, Hands(hands)
    )


def _phone(index: int, given: Phone | Mapping[str, Any]) -> Phone:
    if isinstance(given, Phone):
        return given
    if not isinstance(given, Mapping):
        raise TypeError(f"phones[{index}]: expected a Phone or a dict, found {type(given).__name__}")
    unknown = [key for key in given if key not in FIELDS]
    if unknown:
        raise TypeError(f"phones[{index}]: unknown field {unknown[0]!r}, expected {', '.join(FIELDS)}")
    return Phone(**given)


FIELDS = [field.name for field in fields(Phone)]
