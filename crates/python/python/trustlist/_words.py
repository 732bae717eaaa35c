"""The words of answers."""

from enum import StrEnum


class Verdict(StrEnum):
    """The answer in one word: the worst of the judged files."""

    ACCEPT = "accept"
    DEPENDS = "depends"
    REJECT = "reject"


class Outcome(StrEnum):
    """What happens to one offered file."""

    ACCEPT = "accept"
    DEPENDS = "depends"
    INSTALL_FIRST = "install-first"
    NOT_APPLICABLE = "not-applicable"
    NOT_OFFERED = "not-offered"
    REJECT = "reject"
    UNCHANGED = "unchanged"


class Level(StrEnum):
    """How much a finding weighs."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


class Hands(StrEnum):
    """How urgently a phone needs hands."""

    NONE = "none"
    PROBABLY_TAKEN = "probably-taken"
    OPEN = "open"
    PROBABLY_REFUSED = "probably-refused"
    FROM_SERVER = "from-server"
    BY_HAND = "by-hand"


class Digest(StrEnum):
    """A digest of signatures."""

    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"


def ok(verdict: Verdict) -> bool | None:
    """True, False, or None for a verdict that depends on what is not known."""
    return {Verdict.ACCEPT: True, Verdict.REJECT: False}.get(verdict)
