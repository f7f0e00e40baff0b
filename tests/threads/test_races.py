"""Joining, leaving, closing and halting at any moment, on real threads: whoever stays gets everything, and nobody is stuck.

A seed, which stands in the name of a failing test, decides what is done; the interpreter decides when.
"""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from disruptor import (
    Disruptor,
    DisruptorClosed,
    InvalidValue,
    OutdatedSequence,
    Start,
    Subscriber,
    SubscriberClosed,
    WaitTimeout,
)
from tests.limits import LIMIT
from tests.threads.accounting import ByValue, Entry, consume, produce, settle
from tests.threads.together import Running, switching_often, together

SEEDS = range(12)
DEEP_SEEDS = range(1_000, 2_000)


@pytest.fixture(autouse=True)
def _switch_often() -> Iterator[None]:
    with switching_often():
        yield


def entries_of(running: Running) -> list[Entry]:
    result = running.result()
    assert isinstance(result, list)
    return result


# --- closing -------------------------------------------------------------------------------------------------


def close_at_any_moment(seed: int) -> None:
    """What `publish` returned for is received by all; what it raised for, by nobody."""
    rng = random.Random(seed)
    ring: Disruptor[Entry] = Disruptor(rng.choice((1, 2, 8)))
    readers = [ring.register_subscriber() for _ in range(3)]
    witness = ring.register_subscriber(after=readers[0])
    last = rng.randrange(1, 200)
    producing = [Running(lambda who=who: produce(ByValue(), ring, who, 10**6, seed + who)) for who in range(3)]  # type: ignore[misc]  # a default
    reading = [Running(lambda r=r, k=k: consume(ByValue(), r, seed + k)) for k, r in enumerate(readers)]  # type: ignore[misc]  # as above

    def watch() -> list[Entry]:
        received = []
        for event in witness:
            received.append(event)
            if len(received) == last:
                ring.close()
        return received

    watching = Running(watch)
    sent = {who: one.result() for who, one in enumerate(producing)}
    settle(sent, [entries_of(one) for one in (*reading, watching)])  # type: ignore[arg-type]  # what `produce` returned
    ring._check()


def halt_at_any_moment(seed: int) -> None:
    """Everybody ends, with nothing out of order."""
    rng = random.Random(seed)
    ring: Disruptor[Entry] = Disruptor(rng.choice((1, 2, 8)))
    readers = [ring.register_subscriber() for _ in range(3)]
    last = rng.randrange(1, 200)
    received: list[list[Entry]] = [[] for _ in readers]

    def read(index: int) -> None:
        with pytest.raises(DisruptorClosed, match="halted"):
            for event in readers[index]:
                received[index].append(event)
                if index == 0 and len(received[0]) == last:
                    ring.halt()

    together(
        *(lambda who=who: produce(ByValue(), ring, who, 10**6, seed + who) for who in range(3)),
        *(lambda index=index: read(index) for index in range(3)),
    )
    longest = max(received, key=len)
    for entries in received:
        assert entries == longest[: len(entries)]
    for who in range(3):
        numbers = [number for maker, number in longest if maker == who]
        assert numbers == [*range(len(numbers))]
    ring._check()


# --- joining and leaving -------------------------------------------------------------------------------------


def join_and_leave_at_any_moment(seed: int) -> None:
    """A guest gets every sequence from its start on, also one that comes after another guest; whoever stays gets all."""
    ring: Disruptor[int] = Disruptor(4)
    steady = ring.register_subscriber(name="steady")
    count, done = 800, threading.Event()

    def visit(who: int) -> int:
        rng = random.Random(seed * 10 + who)
        visits = 0
        while not done.is_set():
            start: Start | int = rng.choice((Start.EARLIEST, Start.LATEST, max(0, ring.cursor - rng.randrange(-2, 5))))
            after = [other for other in ring.subscribers if rng.random() < 0.3]
            try:
                guest = ring.register_subscriber(start=start, after=after)
            except (OutdatedSequence, SubscriberClosed):
                continue
            following = guest.sequence + 1
            assert not isinstance(start, int) or following == start
            for _ in range(rng.randrange(4)):
                try:
                    with guest.read(rng.choice((None, 1)), timeout=0.001) as batch:
                        assert [*batch] == [*batch.sequences] == [*range(following, batch.end + 1)]
                        following = batch.end + 1
                except (WaitTimeout, DisruptorClosed):
                    break
            leave(guest)
            visits += 1
        return visits

    def leave(guest: Subscriber[int]) -> None:
        while not guest.closed:
            try:
                guest.close()
            except InvalidValue:  # somebody is after it: that one will leave
                with suppress(WaitTimeout, DisruptorClosed):
                    guest.update_sequence(guest.wait_for(guest.sequence + 1, timeout=0.001))

    def publish() -> None:
        rng = random.Random(seed)
        sent = 0
        while sent < count:
            size = min(rng.choice((1, 1, 2, 4)), count - sent)
            assert ring.publish_many(range(sent, sent + size), timeout=LIMIT) == range(sent, sent + size)
            sent += size
        ring.close()

    def listen() -> list[int]:
        try:
            return list(steady)
        finally:
            done.set()

    received, *_ = together(listen, publish, lambda: visit(1), lambda: visit(2))
    assert received == [*range(count)]
    assert ring.subscribers == (steady,)
    assert steady._gate.followers.value == 0
    ring._check()


def remove_readers_that_sleep_or_read(seed: int) -> None:
    """A reader that is removed in the middle of anything is told, and has been shown nothing but what was next."""
    rng = random.Random(seed)
    ring: Disruptor[int] = Disruptor(2)
    readers = [ring.register_subscriber() for _ in range(3)]
    shown: list[list[int]] = [[] for _ in readers]

    def read(index: int) -> None:
        with pytest.raises((SubscriberClosed, DisruptorClosed)):
            while True:
                with readers[index].read() as batch:
                    assert [*batch] == [*batch.sequences]
                    shown[index].extend(batch)

    def publish() -> None:
        for k in range(100):
            ring.publish(k, timeout=LIMIT)
            if rng.random() < 0.05 and ring.subscribers:
                ring.remove_subscriber(rng.choice(ring.subscribers))
        ring.close()

    together(publish, *(lambda index=index: read(index) for index in range(3)))
    for reader, numbers in zip(readers, shown, strict=True):
        assert numbers == [*range(len(numbers))]
        assert reader.closed or len(numbers) == 100
    ring._check()


RACES = [close_at_any_moment, halt_at_any_moment, join_and_leave_at_any_moment, remove_readers_that_sleep_or_read]


@pytest.mark.parametrize("race", RACES)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_race_ends_well(race: Callable[[int], None], seed: int) -> None:
    race(seed)


@pytest.mark.deep
@pytest.mark.parametrize("race", RACES)
@pytest.mark.parametrize("seed", DEEP_SEEDS)
def test_a_race_ends_well_deep(race: Callable[[int], None], seed: int) -> None:
    race(seed)
