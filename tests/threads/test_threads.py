"""The ring on real threads, with the switch interval turned down: exact accounting of content and order."""

import random
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from disruptor import Disruptor, DisruptorClosed, InsufficientCapacity, Start, Subscriber, WaitTimeout
from tests.limits import LIMIT

Event = tuple[int, int]
"""Producer and number."""


@pytest.fixture(autouse=True)
def _switch_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def run(*bodies: Callable[[], None]) -> None:
    """Run each body in a thread; fail if one raises or does not end."""
    errors: list[BaseException] = []

    def guarded(body: Callable[[], None]) -> None:
        try:
            body()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(body,), daemon=True) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert not errors, errors
    assert not [thread for thread in threads if thread.is_alive()], "a thread is stuck"


def producer(ring: Disruptor[Event], number: int, count: int, seed: int) -> Callable[[], None]:
    """Return a body that publishes `count` events, one by one, in batches and through claims."""

    def body() -> None:
        rng = random.Random(seed + number)
        sent = 0
        while sent < count:
            size = min(rng.choice((1, 1, 2, 5, 16)), ring.capacity, count - sent)
            events = [(number, sent + k) for k in range(size)]
            kind = rng.random()
            if size == 1:
                ring.publish(events[0])
            elif kind < 0.8:
                ring.publish_many(events)
            else:
                with ring.claim(size) as claim:
                    for k, event in enumerate(events):
                        claim[k] = event
            if kind < 0.02:
                ring.claim().abandon()
            sent += size

    return body


def reader(subscriber: Subscriber[Event], received: list[Event], seed: int) -> Callable[[], None]:
    """Return a body that reads until the end, in one of three ways."""

    def body() -> None:
        rng = random.Random(seed)
        kind = rng.randrange(3)
        if kind == 0:
            received.extend(subscriber)
        elif kind == 1:
            for batch in subscriber.batches(rng.choice((None, 1, 7))):
                received.extend(batch)
        else:
            while True:
                try:
                    with subscriber.read(timeout=0.05) as batch:
                        received.extend(batch)
                except WaitTimeout:
                    continue
                except DisruptorClosed:
                    return

    return body


def accounting(producers: int, readers: int, each: int, capacity: int, seed: int) -> None:
    ring: Disruptor[Event] = Disruptor(capacity)
    subscribers = [ring.register_subscriber() for _ in range(readers - 1)]
    subscribers.append(ring.register_subscriber(after=subscribers[:1]))
    received: list[list[Event]] = [[] for _ in subscribers]
    bodies = [producer(ring, number, each, seed) for number in range(producers)]
    left = threading.Semaphore(0)

    def then_tell(body: Callable[[], None]) -> Callable[[], None]:
        def both() -> None:
            body()
            left.release()

        return both

    def closer() -> None:
        for _ in bodies:
            left.acquire()
        ring.close()

    run(
        *map(then_tell, bodies),
        *(reader(s, events, seed + k) for k, (s, events) in enumerate(zip(subscribers, received, strict=True))),
        closer,
    )
    ring._check()
    assert len(received[0]) == producers * each
    for number in range(producers):
        assert [k for who, k in received[0] if who == number] == list(range(each))
    assert all(events == received[0] for events in received)


@pytest.mark.parametrize(("capacity", "each"), [(1, 500), (2, 1_000), (16, 5_000), (1024, 25_000)])
def test_four_producers_and_four_subscribers_lose_nothing(capacity: int, each: int) -> None:
    accounting(4, 4, each, capacity, seed=capacity)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(3))
def test_a_million_events_and_nothing_is_lost(seed: int) -> None:
    accounting(4, 4, 250_000, 1024, seed)


def test_events_in_place_are_never_seen_half_written() -> None:
    ring: Disruptor[list[int]] = Disruptor(4, lambda: [0, 0, 0])
    subscribers = [ring.register_subscriber() for _ in range(2)]
    torn: list[list[int]] = []
    counts = [0, 0]
    left = threading.Semaphore(0)

    def write(number: int) -> Callable[[], None]:
        def fill(event: list[int], sequence: int) -> None:
            for k in range(3):
                event[k] = sequence

        def body() -> None:
            for _ in range(2_000):
                ring.publish_event(fill)
            left.release()

        return body

    def look(index: int) -> Callable[[], None]:
        def body() -> None:
            for event in subscribers[index]:
                counts[index] += 1
                if len(set(event)) > 1:
                    torn.append(list(event))

        return body

    def closer() -> None:
        for _ in range(2):
            left.acquire()
        ring.close()

    run(write(0), write(1), look(0), look(1), closer)
    assert (torn, counts) == ([], [4_000, 4_000])


def test_joiners_and_leavers_at_any_moment_hold_nobody_up() -> None:
    ring: Disruptor[Event] = Disruptor(8)
    steady = ring.register_subscriber(name="steady")
    received: list[Event] = []
    gaps: list[tuple[int, int]] = []
    done = threading.Event()

    def visitor(seed: int) -> Callable[[], None]:
        def body() -> None:
            rng = random.Random(seed)
            while not done.is_set():
                start = rng.choice((Start.EARLIEST, Start.LATEST))
                with ring.register_subscriber(start=start) as guest:
                    expected = guest.sequence + 1
                    for _ in range(rng.randrange(4)):
                        try:
                            with guest.read(timeout=0.01) as batch:
                                if batch.sequences[0] != expected:
                                    gaps.append((batch.sequences[0], expected))
                                expected = batch.end + 1
                        except (WaitTimeout, DisruptorClosed):
                            break

        return body

    def publisher() -> None:
        for k in range(5_000):
            ring.publish((0, k))
        ring.close()

    def listen() -> None:
        received.extend(steady)
        done.set()

    run(publisher, listen, visitor(1), visitor(2))
    assert received == [(0, k) for k in range(5_000)]
    assert gaps == []
    assert ring.subscribers == (steady,)


def test_close_wakes_everybody_who_waits() -> None:
    ring: Disruptor[Event] = Disruptor(1)
    ring.register_subscriber()
    ring.publish((0, 0))
    idle = ring.register_subscriber(start=Start.LATEST)
    ended: list[str] = []

    def waits(call: Callable[[], object]) -> Callable[[], None]:
        def body() -> None:
            try:
                call()
            except DisruptorClosed:
                ended.append("closed")

        return body

    def close_when_all_wait() -> None:
        sequencer = ring._sequencer
        while sequencer.room.sleepers.value < 3 or sequencer.news.sleepers.value < 2:
            threading.Event().wait(0.001)
        ring.close()

    run(
        *(waits(lambda: ring.publish((1, 1))) for _ in range(3)),
        waits(lambda: ring.wait_for(5)),
        waits(lambda: idle.wait_for(5)),
        close_when_all_wait,
    )
    assert ended == ["closed"] * 5


def test_time_outs_fire_on_the_real_clock() -> None:
    ring: Disruptor[Event] = Disruptor(1)
    first = ring.register_subscriber(name="first")
    second = ring.register_subscriber(name="second", after=first)
    ring.publish((0, 0))
    with pytest.raises(InsufficientCapacity):
        ring.publish((0, 1), timeout=0.01)
    with pytest.raises(WaitTimeout):
        second.read(timeout=0.01).__enter__()
    with pytest.raises(WaitTimeout):
        ring.wait_for(1, timeout=0.01)


def test_a_claim_that_is_collected_while_the_lock_is_held_is_abandoned_later() -> None:
    ring: Disruptor[Event] = Disruptor(4)
    claim = ring.claim()
    ring.publish((0, 1))
    with ring._sequencer.lock:
        del claim  # its finaliser cannot have the lock: a thread does it
        assert ring.cursor == -1
    assert ring.wait_for(1, timeout=LIMIT) == 1


def test_reading_from_a_second_thread_is_refused() -> None:
    from disruptor import SubscriberBusy

    ring: Disruptor[Event] = Disruptor(4)
    subscriber = ring.register_subscriber()
    ring.publish((0, 0))
    refused: list[str] = []

    def intrude() -> None:
        for call in (
            lambda: subscriber.read().__enter__(),
            lambda: next(iter(subscriber)),
            lambda: subscriber.update_sequence(0),
        ):
            try:
                call()
            except SubscriberBusy as error:
                refused.append(str(error))

    with subscriber.read():
        run(intrude)
        assert subscriber.sequence == -1
    assert len(refused) == 3
    assert subscriber.sequence == 0
