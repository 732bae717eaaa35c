"""One question and its answer."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from . import _trustlist
from ._given import Given, data, flag, number, seconds, several, word, words
from ._words import Outcome, Verdict, ok


class Prediction:
    """What a phone makes of the files that it is offered. `str()` gives the answer for a person."""

    def __init__(self, native: _trustlist.Prediction) -> None:
        self._native = native

    @property
    def verdict(self) -> Verdict:
        """The answer in one word."""
        return Verdict(self._native.verdict())

    @property
    def ok(self) -> bool | None:
        """True where no file is refused, False where one is, None where the answer depends on what is not known."""
        return ok(self.verdict)

    @property
    def itl(self) -> Outcome:
        """What happens to the offered ITL."""
        return Outcome(str(self._native.outcome("itl")))

    @property
    def ctl(self) -> Outcome:
        """What happens to the offered CTL."""
        return Outcome(str(self._native.outcome("ctl")))

    @property
    def config(self) -> Outcome | None:
        """What happens to the offered configuration; None where it was not asked about."""
        outcome = self._native.outcome("config")
        return None if outcome is None else Outcome(outcome)

    def decisive(self, file: str) -> str | None:
        """The code that decided about `itl`, `ctl` or `config`, such as `signer-unknown`."""
        return self._native.decisive(word("file", file))

    def via(self, file: str) -> str | None:
        """What vouched for the signer of `itl`, `ctl` or `config`, such as `installed-itl`."""
        return self._native.via(word("file", file))

    def leans(self, file: str) -> str | None:
        """Where the evidence for an undecided `itl`, `ctl` or `config` leans."""
        return self._native.leans(word("file", file))

    @property
    def assumptions(self) -> list[str]:
        """What was not said and therefore assumed."""
        return self._native.assumptions()

    @property
    def notes(self) -> list[str]:
        """What looks like a mistake in the question: an ITL given as the CTL, lists in the wrong order."""
        return self._native.notes()

    @property
    def explained(self) -> str:
        """The long answer: what the phone asks for, compares and finds, by which rule."""
        return self._native.explained()

    def to_json(self) -> str:
        """The document `trustlist.prediction/1`: the bytes that `trustlist predict --json` prints."""
        return self._native.json()

    def to_dict(self) -> dict[str, Any]:
        """The document `trustlist.prediction/1`."""
        loaded: dict[str, Any] = json.loads(self._native.json())
        return loaded

    def __str__(self) -> str:
        return self._native.text()

    def __repr__(self) -> str:
        return f"<Prediction {self.verdict}: ctl {self.ctl}, itl {self.itl}, config {self.config}>"


def predict(
    *,
    installed_itl: Given | None = None,
    installed_ctl: Given | None = None,
    factory_fresh: bool = False,
    offered_itl: Given | None = None,
    offered_ctl: Given | None = None,
    offered_config: Given | None = None,
    no_config: bool = False,
    known_lists: Iterable[Given] = (),
    model: str | None = None,
    security_by_default: bool | None = None,
    digests: Iterable[str] | None = None,
    max_key_bits: int | None = None,
    fips: bool = False,
    cm_group: Iterable[str] | None = None,
    tftp_server: str | None = None,
    tls_minimum: str | None = None,
    tvs: Mapping[str, Given | None] | None = None,
    tvs_knows: Given | Iterable[Given] | Mapping[str, Given | Iterable[Given]] | None = None,
    tvs_cached: Iterable[Given] = (),
    at: date | datetime | None = None,
) -> Prediction:
    """Predicts whether a phone takes the files that its server offers. What is not said stays unknown: without any offered file the
    answer is undecided.

    An installed list may be the checksum of one of `known_lists`, as a phone's screen shows it; these may be any files, because a
    file that no checksum names is never read. `tvs` says what the TVS servers present: a certificate, or None for a server that is
    down; an empty dict says that no server answers, None that nothing is known. `tvs_knows` says what every server knows, or what
    each does by its name: lists or certificates.

    Raises ParseError for an input that cannot be read, ValueError and TypeError for a value that is none of those expected.
    """
    if flag("factory_fresh", factory_fresh) and (installed_itl is not None or installed_ctl is not None):
        raise ValueError("factory_fresh: contradicts an installed list")
    if flag("no_config", no_config) and offered_config is not None:
        raise ValueError("no_config: contradicts offered_config")
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
    if factory_fresh:
        question.factory_fresh()
    if installed_itl is not None:
        question.installed_itl(data("installed_itl", installed_itl))
    if installed_ctl is not None:
        question.installed_ctl(data("installed_ctl", installed_ctl))
    if model is not None:
        question.model(word("model", model))
    if cm_group is not None:
        question.cm_group(words("cm_group", cm_group))
    for certificate in several("tvs_cached", tvs_cached):
        question.tvs_cached(certificate)
    return Prediction(question.predict())


def ask(
    *,
    offered_itl: Given | None,
    offered_ctl: Given | None,
    offered_config: Given | None,
    no_config: bool,
    known_lists: Iterable[Given],
    security_by_default: bool | None,
    digests: Iterable[str] | None,
    max_key_bits: int | None,
    fips: bool,
    tftp_server: str | None,
    tls_minimum: str | None,
    tvs: Mapping[str, Given | None] | None,
    tvs_knows: Given | Iterable[Given] | Mapping[str, Given | Iterable[Given]] | None,
    at: date | datetime | None,
) -> _trustlist.Question:
    """What is said about a site, whatever phone is asked about."""
    question = _trustlist.Question()
    for known in several("known_lists", known_lists):
        question.known_list(known)
    if offered_itl is not None:
        question.offered_itl(data("offered_itl", offered_itl))
    if offered_ctl is not None:
        question.offered_ctl(data("offered_ctl", offered_ctl))
    if offered_config is not None:
        question.offered_config(data("offered_config", offered_config))
    if flag("no_config", no_config):
        question.no_config()
    if security_by_default is not None:
        question.security_by_default(flag("security_by_default", security_by_default))
    if digests is not None:
        question.digests(words("digests", digests))
    if max_key_bits is not None:
        question.max_key_bits(number("max_key_bits", max_key_bits))
    if flag("fips", fips):
        question.fips()
    if tftp_server is not None:
        question.tftp_server(word("tftp_server", tftp_server))
    if tls_minimum is not None:
        question.tls_minimum(word("tls_minimum", tls_minimum))
    if at is not None:
        question.at(seconds("at", at))
    _ask_tvs(question, tvs, tvs_knows)
    return question


def _ask_tvs(
    question: _trustlist.Question,
    tvs: Mapping[str, Given | None] | None,
    tvs_knows: Given | Iterable[Given] | Mapping[str, Given | Iterable[Given]] | None,
) -> None:
    if tvs is not None:
        if not isinstance(tvs, Mapping):
            raise TypeError(f"tvs: expected a dict of servers, found {type(tvs).__name__}")
        if not tvs:
            if tvs_knows is not None:
                raise ValueError("tvs: an empty dict says that no server answers, which contradicts tvs_knows")
            question.no_tvs()
        for server, certificate in tvs.items():
            word("tvs", server)
            if certificate is None:
                question.tvs_down(server)
            else:
                question.tvs_presents(server, data(f"tvs[{server!r}]", certificate))
    if tvs_knows is None:
        return
    by_server = tvs_knows if isinstance(tvs_knows, Mapping) else {None: tvs_knows}
    for name, known in by_server.items():
        if name is not None:
            word("tvs_knows", name)
        for one in several("tvs_knows", known):
            question.tvs_knows(name, one)
