"""Threads of Python: they go on while the library works, and several that ask at once get the same answers."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import trustlist

from test_question import scenarios

THREADS, ROUNDS = 8, 5


@pytest.fixture
def site(read):
    return {
        "offered_itl": read("cluster/after-both/ITLFile.tlv"),
        "lists": {"old": read("cluster/before/ITLFile.tlv"), "new": read("cluster/after-both/ITLFile.tlv")},
        "tvs": {},
    }


def phones(number):
    models = ["8851", "7975", "7841", None]
    lists = ["old", "new", None]
    return [{"name": f"SEP{row:012}", "model": models[row % 4], "itl": lists[row % 3]} for row in range(number)]


@pytest.fixture
def no_turns():
    """Lets a thread keep the lock of Python until it gives the lock back itself: Python takes it away no more."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    yield
    sys.setswitchinterval(before)


def goes_on_during(work):
    """Whether this thread runs while another one is in the middle of `work`."""
    begun, done = threading.Event(), threading.Event()

    def run():
        begun.set()
        work()
        done.set()

    thread = threading.Thread(target=run)
    thread.start()
    begun.wait()
    # The other thread holds the lock from `begun.set()` on: here is reached when `work` gives the lock back, or is done.
    inside = not done.is_set()
    thread.join()
    return inside


def test_other_threads_go_on_during_a_fleet_and_a_simulation(site, no_turns):
    rows = phones(20_000)
    largest = max(scenarios(), key=lambda path: path.stat().st_size).read_text()
    assert any(goes_on_during(lambda: trustlist.fleet(rows, **site)) for _ in range(ROUNDS))
    assert any(goes_on_during(lambda: trustlist.simulate(largest)) for _ in range(ROUNDS))
    assert not goes_on_during(lambda: sum(range(100_000))), "this test would not notice a lock that is kept"


def test_threads_that_ask_at_once_get_the_same_answers(site, read):
    rows = phones(2_000)
    texts = [path.read_text() for path in scenarios()[:6]]
    old, new = site["lists"]["old"], site["lists"]["new"]
    shared_list, shared_answer = trustlist.parse(old), trustlist.predict(installed_itl=old, offered_itl=new, model="8851", tvs={})

    def asked(number):
        fleet = trustlist.fleet(rows, **site)
        simulation = trustlist.simulate(texts[number % len(texts)])
        return (
            fleet[:],
            fleet.to_dict(),
            str(fleet),
            str(simulation),
            simulation.to_dict(),
            simulation.svg,
            trustlist.predict(installed_itl=old, offered_itl=new, model="8851").to_json(),
            trustlist.lint(old).to_dict(),
            trustlist.verify(new).to_dict(),
            # Answers that all threads share.
            shared_answer.to_json(),
            shared_answer.explained,
            shared_list.to_dict(),
            [(record.index, record.role, record.certificate) for record in shared_list],
        )

    expected = [asked(number) for number in range(len(texts))]
    barrier = threading.Barrier(THREADS)

    def together(number):
        barrier.wait()
        return number, asked(number)

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(together, range(THREADS * ROUNDS)))
    for number, answers in found:
        assert answers == expected[number % len(texts)]


def test_one_thread_that_fails_does_not_disturb_the_others(site):
    def asked(number):
        if number % 2:
            with pytest.raises(trustlist.ParseError) as caught:
                trustlist.predict(offered_itl=b"%PDF-1.7\n" + bytes(number))
            return caught.value.offset
        return trustlist.fleet(phones(50), **site)[:]

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(asked, range(THREADS * 10)))
    assert found == [asked(number) for number in range(2)] * (THREADS * 5)


def test_questions_go_on_beside_fleets(site):
    """8 threads ask 200 questions each while two others judge fleets."""
    rows, old, new = phones(5_000), site["lists"]["old"], site["lists"]["new"]

    def question():
        return trustlist.predict(installed_itl=old, offered_itl=new, model="8851", tvs={}).to_json()

    def fleet():
        return str(trustlist.fleet(rows, **site))

    expected, summary = question(), fleet()
    barrier = threading.Barrier(THREADS + 2)

    def together(number):
        barrier.wait()
        if number < THREADS:
            return all(question() == expected for _ in range(200))
        return all(fleet() == summary for _ in range(ROUNDS))

    with ThreadPoolExecutor(THREADS + 2) as pool:
        assert all(pool.map(together, range(THREADS + 2)))
