"""Are long histories of real threads judged: accepted as they are, and rejected when one thing in them is changed?"""

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from disruptor._sync import THREADS
from model import calls
from model.events import Called, Returned
from model.history import History, Kind, check
from stateful.adapters.threads import ByValue
from stateful.history import Recorder

CAPACITY = 8


@pytest.fixture(autouse=True)
def _switch_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def recorded(producers: int, readers: int, events: int) -> History:
    """Let threads publish and read, one reader of two and one publication of three with a time-out, until all is read."""
    recorder = Recorder(ByValue(CAPACITY, THREADS))
    for k in range(readers):
        recorder.do("setup", calls.register_subscriber(f"S{k}"))

    def publishes(k: int) -> None:
        for number in range(events):
            recorder.do(f"P{k}", calls.publish(f"{k}.{number}"), None if number % 3 else 0.001)

    def reads(k: int) -> None:
        while True:
            outcome = recorder.do(f"C{k}", calls.read(f"S{k}"), 0.001 if k % 2 else None)
            if outcome.kind == "DisruptorClosed":
                return
            if outcome.kind == "ok":
                recorder.do(f"C{k}", calls.release(f"S{k}"))

    writing = [threading.Thread(target=publishes, args=(k,)) for k in range(producers)]
    reading = [threading.Thread(target=reads, args=(k,)) for k in range(readers)]
    for thread in (*writing, *reading):
        thread.start()
    for thread in writing:
        thread.join()
    recorder.do("X", calls.close())
    for thread in reading:
        thread.join()
    return recorder.history()


def test_a_long_history_is_accepted() -> None:
    history = recorded(2, 2, 200)
    assert sum(isinstance(event, Called) for event in history.events) > 500
    verdict = check(history, CAPACITY)
    assert verdict, str(verdict)


def test_one_wrong_sequence_in_a_long_history_is_found() -> None:
    events = list(recorded(2, 2, 100).events)
    place = next(
        k
        for k, event in enumerate(events)
        if k > len(events) // 2 and isinstance(event, Returned) and event.outcome.sequences
    )
    event = events[place]
    assert isinstance(event, Returned)
    wrong = event.outcome._replace(sequences=tuple(s + 1 for s in event.outcome.sequences))
    events[place] = replace(event, outcome=wrong)
    assert check(History(tuple(events)), CAPACITY).kind is not Kind.LINEARIZABLE


@pytest.mark.deep
def test_thousands_of_calls_are_accepted_deep() -> None:
    for _ in range(10):
        verdict = check(recorded(4, 4, 500), CAPACITY)
        assert verdict, str(verdict)
