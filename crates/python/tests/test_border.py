"""Arguments by chance: whatever is given, a call answers or raises what is documented, and the process goes on.

The seed is fixed, so a failure comes again. The error names the number of the call.
"""

import io
import pathlib
import random
from collections import ChainMap
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from types import MappingProxyType

import pytest

import trustlist
from trustlist import _trustlist

from test_question import scenarios

CALLS, NATIVE_CALLS, THREADS, CALLS_OF_A_THREAD = 3000, 3000, 8, 150
DEEP = 100_000
"""Further than Python or JSON go."""

DOCUMENTED = (TypeError, ValueError, OverflowError)
"""With `ParseError`, which is a ValueError. A panic is a BaseException."""

PANIC = "PanicException"


class Hostile:
    """An object that says no to everything that is asked of it, in a way of its own."""

    def __bool__(self):
        raise ValueError("no truth value")

    def __len__(self):
        return 1 << 62

    def __getitem__(self, index):
        raise ValueError("no item")

    def __iter__(self):
        return self

    def __next__(self):
        raise ValueError("no next")

    def __eq__(self, other):
        raise ValueError("not compared")

    __hash__ = None

    def __index__(self):
        raise ValueError("no number")

    def __repr__(self):
        return "\ud800"


class Reads:
    """A file that gives what it is told, once or without an end."""

    def __init__(self, what=None):
        self.what = what

    def read(self):
        return self if self.what is None else self.what


class Truncates:
    """A file that takes away the bytes that were given before it."""

    def __init__(self, buffer):
        self.buffer = buffer

    def read(self):
        self.buffer.clear()
        return b""


class NoPath:
    """A path that is none."""

    def __init__(self, what):
        self.what = what

    def __fspath__(self):
        return self.what


def deep(kind):
    """A value that is nested further than any reader goes."""
    nested = kind()
    for _ in range(DEEP):
        nested = [nested] if kind is list else {"a": nested}
    return nested


def fields(scenario):
    """Names and words of documents, to be found in wrong places."""
    import json
    import re

    return sorted(set(re.findall(r'"([^"]{1,24})"', json.dumps(scenario))))


class Chance:
    """Values of every kind, by a seed."""

    def __init__(self, seed, read):
        self.random = random.Random(seed)
        names = ["cluster/before/ITLFile.tlv", "cluster/after-both/ITLFile.tlv", "cluster/before/SEP001122334455.cnf.xml.sgn"]
        self.files = [read(name) for name in names] + [read("certs/ccm1-tvs-1.pem"), b"", b"\0" * 70_000]
        self.texts = [path.read_text() for path in scenarios()[:6]]
        self.words = fields(self.texts) + ["A", "TVS", "CallManager", "lean", "guide", "sha1", "1.2", "14SU3", "expired"]
        self.deep = [deep(list), deep(dict)]

    def one(self, *of):
        return self.random.choice(of)

    def number(self):
        edges = [0, 1, 7, 255, 1 << 16, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, (1 << 63) - 1, 1 << 63, 1 << 64, 10**30, 10**5000]
        return self.random.choice(edges) * self.one(1, 1, 1, -1)

    def damaged(self):
        """A file with a few changes, cut or with something in the middle."""
        bytes_ = bytearray(self.random.choice(self.files))
        for _ in range(self.random.randrange(4)):
            if bytes_:
                bytes_[self.random.randrange(len(bytes_))] = self.random.randrange(256)
        if self.random.random() < 0.3:
            del bytes_[self.random.randrange(len(bytes_) + 1) :]
        return bytes_

    def bytes(self):
        given = self.damaged()
        match self.random.randrange(10):
            case 0:
                return given
            case 1:
                return memoryview(given)
            case 2:
                return memoryview(given)[::-2]
            case 3:
                view = memoryview(given)
                view.release()
                return view
            case 4:
                return io.BytesIO(given)
            case 5:
                return Reads(self.one(bytes(given), "text", 7, None, Hostile(), Reads(b""), Reads()))
            case 6:
                return Truncates(given)
            case 7 if given:
                return memoryview(given).cast("b")
            case _:
                return bytes(given)

    def text(self):
        match self.random.randrange(9):
            case 0:
                return "\ud800\udfff" + self.random.choice(self.words)
            case 1:
                return self.random.choice(self.words) + "\0"
            case 2:
                return "".join(chr(self.random.choice([0x41, 0x202E, 0x10FFFF, 0xFEFF, 0x0A, 0xDC80])) for _ in range(20))
            case 3:
                return self.one("", " ", "[" * DEEP, '{"a":' * DEEP, "x" * 100_000)
            case 4:
                text = self.random.choice(self.texts)
                at = self.random.randrange(len(text))
                return text[:at] + self.one("", "7", '"', "null", "-1", "1e400", "\ud800") + text[at + self.random.randrange(20) :]
            case 5:
                return self.random.choice(self.texts)
            case _:
                return self.random.choice(self.words)

    def document(self):
        """A scenario of which one value is another."""
        import json

        root = json.loads(self.random.choice(self.texts))
        node = root
        while True:
            keys = list(node) if isinstance(node, dict) else range(len(node))
            if not keys:
                return root
            key = self.random.choice(list(keys))
            if isinstance(node[key], (dict, list)) and self.random.random() < 0.7:
                node = node[key]
                continue
            node[key] = self.any(plain=True)
            return root

    def any(self, plain=False):
        """Anything; `plain` is what JSON has."""
        match self.random.randrange(8 if plain else 16):
            case 0:
                return None
            case 1:
                return self.one(True, False)
            case 2:
                return self.number()
            case 3:
                return self.one(0.5, -0.0, float("nan"), float("inf"), 1e308)
            case 4 | 5:
                return self.text()
            case 6:
                return [self.any(plain) for _ in range(self.random.randrange(3))] if self.random.random() < 0.8 else self.deep[0]
            case 7:
                keys = self.one(self.text, self.number, lambda: None)
                size = self.random.randrange(3)
                return {keys(): self.any(plain) for _ in range(size)} if self.random.random() < 0.8 else self.deep[1]
            case 8 | 9 | 10:
                return self.bytes()
            case 11:
                return self.one(Hostile(), object(), Hostile, io.BytesIO, Ellipsis, range(3), 1j, {1}, MappingProxyType({}), ChainMap())
            case 12:
                return self.one(pathlib.Path("\0"), NoPath(7), NoPath("\0"), NoPath(b"\0"), pathlib.PurePath("\ud800\0"))
            case 13:
                zone = timezone(timedelta(hours=self.one(-23, 0, 23)))
                return self.one(date.min, date.max, datetime.min, datetime.max, datetime.min.replace(tzinfo=zone), datetime.max.replace(tzinfo=zone), datetime.now(UTC))
            case 14:
                return (self.any() for _ in range(2))
            case _:
                return self.document()

    def given(self):
        """Mostly a file."""
        return self.bytes() if self.random.random() < 0.7 else self.any()

    def phone(self):
        names = ["name", "model", "itl", "ctl", "cm_group", "count"]
        chosen = self.random.sample(names, self.random.randrange(len(names)))
        values = {name: self.any() if self.random.random() < 0.3 else self.fitting(name) for name in chosen}
        return self.one(values, values, trustlist.Phone(**values), self.any())

    def fitting(self, name):
        """A value of the right type."""
        return {
            "name": lambda: "SEP001122334455",
            "model": lambda: self.one("8851", "7975", None),
            "itl": lambda: self.one("old", None, self.files[0]),
            "ctl": lambda: None,
            "cm_group": lambda: self.one(None, ["ccm1", "ccm2"], []),
            "count": lambda: self.one(1, (1 << 32) - 1),
        }[name]()

    def document_or_any(self):
        return self.one(self.document, self.document, self.text, self.any)()


QUESTION = {
    "installed_itl": "given",
    "installed_ctl": "given",
    "offered_itl": "given",
    "offered_ctl": "given",
    "offered_config": "given",
    "known_lists": "any",
    "factory_fresh": "any",
    "no_config": "any",
    "model": "any",
    "security_by_default": "any",
    "digests": "any",
    "max_key_bits": "any",
    "fips": "any",
    "cm_group": "any",
    "tftp_server": "any",
    "tls_minimum": "any",
    "tvs": "any",
    "tvs_knows": "any",
    "tvs_cached": "any",
    "at": "any",
}


def arguments(chance, kinds, most=4):
    names = chance.random.sample(list(kinds), chance.random.randrange(min(most, len(kinds)) + 1))
    return {name: getattr(chance, kinds[name])() for name in names}


def looked_at(answer):
    """Asks an answer for everything that it says."""
    for name in dir(answer):
        if name.startswith("_") or name == "index" or name == "count":
            continue
        value = getattr(answer, name)
        if name in ("decisive", "via", "leans") and callable(value):
            value("itl")
        elif name in ("to_dict", "to_json"):
            try:
                value()
            except ValueError:
                assert isinstance(answer, trustlist.Plan)
    str(answer), repr(answer)


def public_call(chance):
    """One call of a function or constructor of the module."""
    match chance.random.randrange(10):
        case 0:
            return trustlist.parse(chance.given())
        case 1:
            return trustlist.verify(chance.given(), **arguments(chance, {"with_list": "given", "signer": "given"}))
        case 2:
            kinds = dict.fromkeys(["at", "within_days", "cucm", "deny", "allow"], "any")
            return trustlist.lint(chance.given(), **arguments(chance, kinds))
        case 3:
            return trustlist.diff(chance.given(), chance.given())
        case 4:
            return trustlist.preflight(chance.any(), **arguments(chance, {"context": "document_or_any"}))
        case 5:
            return trustlist.simulate(chance.document_or_any(), **arguments(chance, {"policies": "any", "assume": "text"}))
        case 6:
            kinds = dict.fromkeys(["delete_old_trust", "order", "batch", "window_minutes", "accept_guesses"], "any")
            renew = chance.one(["TVS"], chance.any())
            return trustlist.plan_generate(chance.document_or_any(), renew, **arguments(chance, kinds, 2))
        case 7 | 8:
            site = {name: kind for name, kind in QUESTION.items() if name not in ("installed_itl", "installed_ctl", "model", "cm_group", "tvs_cached")}
            said = arguments(chance, {**site, "first": "number"}, 3)
            said.setdefault("lists", chance.one({"old": chance.files[0]}, chance.any()))
            said.setdefault("offered_itl", chance.files[1])
            phones = chance.one([chance.phone() for _ in range(3)], [chance.phone()], chance.any())
            return trustlist.fleet(phones, **said)
        case _:
            return trustlist.predict(**arguments(chance, QUESTION))


def native_call(chance):
    """One call of what is below the module: of a question, step by step, or of a function."""

    def strange():
        # PyO3 takes memory for as many items as an object says that it has; the module hands over lists of its own.
        while isinstance(value := chance.one(chance.any, chance.text, chance.number, lambda: bytes(chance.damaged()))(), Hostile):
            pass
        return value

    question = _trustlist.Question()
    if chance.random.random() < 0.6:
        methods = [name for name in dir(question) if not name.startswith("_")]
        for name in chance.random.choices(methods, k=4):
            sizes = {"tvs_presents": 2, "tvs_knows": 2}.get(name, 0 if name in ("factory_fresh", "fips", "no_config", "no_tvs", "predict") else 1)
            try:
                getattr(question, name)(*[strange() for _ in range(chance.one(sizes, sizes, sizes, sizes + 1))])
            except DOCUMENTED:
                pass
        return question.predict().json()
    function, count = chance.one(
        (_trustlist.parse, 1), (_trustlist.verify, 3), (_trustlist.lint, 6), (_trustlist.diff, 2), (_trustlist.preflight, 2), (_trustlist.simulate, 3), (_trustlist.plan_generate, 7)
    )
    return function(*[strange() for _ in range(count)])


def native_fleet(chance):
    """Tables that do not fit together."""
    places = [None, 0, 1, 5, (1 << 64) - 1, -1, "0"]
    row = lambda: (*chance.random.choices(places, k=4), chance.one(1, 0, (1 << 64) - 1, (1 << 63) + 1, -1))
    lists = [bytes(chance.damaged()) for _ in range(chance.random.randrange(3))]
    rows = [row() for _ in range(chance.random.randrange(4))]
    models, groups = chance.one([], ["8851"], ["8851", "\0"]), chance.one([], [["ccm1"]], [[], ["a"] * 1000])
    question = _trustlist.Question()
    question.offered_itl(chance.files[1])
    first = chance.one(0, 20, (1 << 64) - 1, 1 << 64)
    return _trustlist.fleet(question, lists, ["a"] * chance.random.randrange(4), models, groups, rows, [], chance.one(True, False), first)


def only_documented(call, chance, number, more=()):
    """Calls; fails for an exception that is not documented."""
    try:
        return call(chance)
    except (*DOCUMENTED, *more):
        return None
    except BaseException as caught:
        if isinstance(caught, KeyboardInterrupt):
            raise
        pytest.fail(f"call {number}: {type(caught).__name__}: {str(caught)[:300]!a}")


def test_the_module_raises_only_what_is_documented(read):
    chance, answers = Chance(26, read), 0
    for number in range(CALLS):
        answer = only_documented(public_call, chance, number)
        if answer is not None:
            answers += 1
            looked_at(answer)
    assert answers > CALLS // 20, f"{answers} answers: these arguments reach nothing"


def test_what_is_below_the_module_raises_only_what_is_documented(read):
    chance = Chance(27, read)
    for number in range(NATIVE_CALLS):
        only_documented(native_call, chance, number)
    for number in range(NATIVE_CALLS // 4):
        # A number of a table that is not there.
        only_documented(native_fleet, chance, number, [IndexError])


def test_no_type_of_an_answer_is_made_without_a_question():
    for kind in (_trustlist.Prediction, _trustlist.TrustList, _trustlist.Record, _trustlist.Simulation, _trustlist.Plan):
        for wrong in ((), (7,), (b"",), (None, None)):
            with pytest.raises(TypeError):
                kind(*wrong)
        with pytest.raises(TypeError):
            kind.__new__(kind, b"")


def test_a_document_that_is_nested_deeply_is_a_wrong_value():
    for wrong in (deep(dict), {"cluster": deep(list)}):
        with pytest.raises(ValueError, match="^scenario: nested too deeply$"):
            trustlist.simulate(wrong)
        with pytest.raises(ValueError, match="^context: nested too deeply$"):
            trustlist.preflight("admin:show itl", context=wrong)


def test_a_file_that_gives_files_is_a_wrong_type():
    for wrong in (Reads(), Reads(Reads(b""))):
        with pytest.raises(TypeError, match="^data: expected bytes or str from read, found Reads$"):
            trustlist.parse(wrong)


def test_threads_raise_only_what_is_documented(read):
    def together(seed):
        chance = Chance(seed, read)
        for number in range(CALLS_OF_A_THREAD):
            only_documented(public_call, chance, (seed, number))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(together, range(THREADS)))


def test_threads_share_a_buffer_that_changes_and_a_question(read):
    """The library reads a copy of the bytes, and a question that another thread changes is an error of Python."""
    shared, question = bytearray(read("cluster/before/ITLFile.tlv")), _trustlist.Question()
    whole, itl = bytes(shared), bytes(shared)

    def change(chance):
        for _ in range(CALLS_OF_A_THREAD):
            try:
                shared[chance.random.randrange(len(shared))] ^= 0xFF
                if chance.random.random() < 0.1:
                    shared[:] = whole[: chance.random.randrange(len(whole))]
                    shared.extend(whole[len(shared) :])
            except (BufferError, IndexError, ValueError):
                pass

    def ask(chance):
        for number in range(CALLS_OF_A_THREAD):
            only_documented(lambda _: trustlist.parse(shared), chance, number)
            only_documented(lambda _: trustlist.predict(installed_itl=memoryview(shared), offered_itl=itl), chance, number)
            # PyO3 says that the question is in use by a RuntimeError.
            only_documented(lambda _: question.offered_itl(itl), chance, number, [RuntimeError])
            only_documented(lambda _: question.predict().json(), chance, number, [RuntimeError])

    def together(number):
        chance = Chance(number, read)
        (change if number % 2 else ask)(chance)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(together, range(THREADS)))
    assert trustlist.parse(itl).kind == "itl"
