"""What callers may hand over."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from os import PathLike
from typing import Any, Protocol, TypeAlias, runtime_checkable


@runtime_checkable
class Readable(Protocol):
    """An open file."""

    def read(self) -> bytes | str: ...


Given: TypeAlias = bytes | bytearray | memoryview | str | PathLike[str] | Readable
"""A file as bytes, an open file or a `pathlib.Path`; text (a paste, PEM, a checksum) as `str`."""

Document: TypeAlias = str | Mapping[str, Any]
"""A JSON document, as text or as what `json.loads` makes of it."""


def data(name: str, given: Given) -> bytes:
    """The bytes of an argument. A `str` is text, never a path."""
    if isinstance(given, bytes):
        return given
    if isinstance(given, str):
        return given.encode()
    if isinstance(given, (bytearray, memoryview)):
        return bytes(given)
    if isinstance(given, PathLike):
        with open(given, "rb") as file:
            return file.read()
    if isinstance(given, Readable):
        read = given.read()
        if isinstance(read, str):
            return read.encode()
        if isinstance(read, (bytes, bytearray, memoryview)):
            return bytes(read)
        # Not what gives another file, which may have no end.
        raise TypeError(f"{name}: expected bytes or str from read, found {type(read).__name__}")
    raise TypeError(f"{name}: expected bytes, str, a path or an open file, found {type(given).__name__}")


def optional(name: str, given: Given | None) -> bytes | None:
    return None if given is None else data(name, given)


def several(name: str, given: Given | Iterable[Given]) -> list[bytes]:
    """One thing, or some."""
    if isinstance(given, (bytes, bytearray, memoryview, str, PathLike, Readable)):
        return [data(name, given)]
    try:
        # Not `list`: it believes what an object says about its length, and takes memory for it.
        items = [item for item in given]
    except TypeError:
        return [data(name, given)]  # type: ignore[arg-type]  # raises the TypeError that names the argument
    return [data(name, item) for item in items]


def word(name: str, given: str) -> str:
    """A word."""
    if not isinstance(given, str):
        raise TypeError(f"{name}: expected str, found {type(given).__name__}")
    return given


def words(name: str, given: Iterable[str]) -> list[str]:
    """Some words; a single string is a mistake, not a list of letters."""
    if isinstance(given, str):
        raise TypeError(f"{name}: expected a list of words, found the word {given!r}")
    if not isinstance(given, Iterable):
        raise TypeError(f"{name}: expected a list of words, found {type(given).__name__}")
    return [word(name, item) for item in given]


def flag(name: str, given: bool) -> bool:
    """True or False, and nothing that only counts as one of them: `"no"` would count as True."""
    if not isinstance(given, bool):
        raise TypeError(f"{name}: expected bool, found {type(given).__name__}")
    return given


def number(name: str, given: int) -> int:
    """A number from 0 to 2^32 - 1."""
    if isinstance(given, bool) or not isinstance(given, int):
        raise TypeError(f"{name}: expected int, found {type(given).__name__}")
    if not 0 <= given < 1 << 32:
        raise ValueError(f"{name}: expected a number from 0 to {(1 << 32) - 1}, found {given}")
    return given


def seconds(name: str, at: date | datetime) -> int:
    """Seconds since 1970. A date is the start of that day in UTC."""
    if isinstance(at, datetime):
        if at.tzinfo is None:
            raise ValueError(f"{name}: expected a datetime with a time zone, found {at.isoformat()}")
        return int(at.timestamp())
    if isinstance(at, date):
        return int(datetime.combine(at, time(), UTC).timestamp())
    raise TypeError(f"{name}: expected a date or datetime, found {type(at).__name__}")


def document(name: str, given: Document) -> str:
    """A JSON document as text."""
    if isinstance(given, str):
        return given
    if isinstance(given, Mapping):
        try:
            return json.dumps(given)
        except RecursionError:
            raise ValueError(f"{name}: nested too deeply") from None
    raise TypeError(f"{name}: expected JSON text or a dict, found {type(given).__name__}")
