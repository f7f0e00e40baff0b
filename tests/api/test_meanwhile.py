"""Somebody else is quicker, between two steps of a call: each such moment, made to happen.

Rule: no thread is raced; what another one would do then is done where the first one takes the lock, or tests again.
"""

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest

from disruptor import Disruptor, DisruptorBroken, DisruptorClosed, Poll, SequenceVoid, Subscriber, waiting
from disruptor._override import override
from disruptor._sync import Lock
from disruptor.aio import AsyncPublisher
from disruptor.aio._waiting import handed_over
from tests.api.scripted import Scripted
from tests.api.test_strategies import Told, World, ring_of
from tests.limits import LIMIT


class Meanwhile:
    """A lock; something happens once before it is taken."""

    def __init__(self, inner: Lock, act: Callable[[], object]) -> None:
        self._inner = inner
        self._acts = [act]

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        while self._acts:
            self._acts.pop()()
        return self._inner.acquire(blocking, timeout)

    def release(self) -> None:
        self._inner.release()

    def locked(self) -> bool:
        return self._inner.locked()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *exception: object) -> None:
        self._inner.release()


# --- reading ---------------------------------------------------------------------------------------------------


def test_what_is_published_before_the_lock_is_taken_is_found_by_who_polls() -> None:
    ring: Disruptor[str] = Disruptor(4)
    subscriber = ring.register_subscriber()
    claim = ring.claim()
    claim[0] = "a"
    ring.close()
    sequencer = ring._sequencer
    sequencer.lock = Meanwhile(sequencer.lock, claim.publish)
    with subscriber.poll() as found:
        assert not isinstance(found, Poll)
        assert [*found] == ["a"]


def test_a_loop_goes_on_in_a_ring_that_was_started_again_before_it_looked_why_it_had_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ring: Disruptor[str] = Disruptor(4)
    subscriber = ring.register_subscriber()
    ring.publish("a")
    proceed = Subscriber._next

    def late(self: Subscriber[str], most: int, deadline: int | None) -> object:
        monkeypatch.setattr(Subscriber, "_next", proceed)
        raise DisruptorClosed("the ring is halted")  # and started again before anybody looks

    monkeypatch.setattr(Subscriber, "_next", late)
    assert next(iter(subscriber)) == "a"


def test_a_loop_behind_one_that_has_failed_is_told() -> None:
    ring: Disruptor[str] = Disruptor(4)
    first = ring.register_subscriber()
    second = ring.register_subscriber(after=first)
    ring.publish("a")
    ring.fail_subscriber(first, ValueError())
    with pytest.raises(DisruptorBroken):
        next(iter(second))


# --- publishing ------------------------------------------------------------------------------------------------


def test_that_there_is_room_again_is_logged_by_one_of_two(caplog: pytest.LogCaptureFixture) -> None:
    ring: Disruptor[str] = Disruptor(1)
    subscriber = ring.register_subscriber()
    publisher = ring.publisher(overflow="drop")
    publisher.publish("a")
    publisher.publish("b")
    subscriber.update_sequence(0)

    def other() -> None:
        subscriber_at = ring.cursor
        subscriber.update_sequence(subscriber_at)
        publisher.publish("d")

    publisher._lock = Meanwhile(publisher._lock, other)
    caplog.clear()
    publisher.publish("c")
    assert [record.message for record in caplog.records] == ["there is room again: 1 events were dropped"]


def test_who_looks_for_room_tests_under_the_lock_when_somebody_claims_or_closes() -> None:
    world, told = World(), Told([0.001] * 9)
    ring = ring_of(world, producers=told)
    ring.register_subscriber()
    ring.publish("a")
    world.deeds[1] = lambda: setattr(ring._sequencer.claimed, "value", 1)  # as if somebody had claimed
    world.deeds[2] = lambda: setattr(ring._sequencer.claimed, "value", 0)
    world.deeds[4] = ring.close
    with pytest.raises(DisruptorClosed):
        ring.publish("b")
    assert told.asked == 1  # it goes on where it was
    assert len(world.pauses) == 5


def test_a_claim_that_is_lost_while_somebody_holds_the_lock_is_abandoned_afterwards() -> None:
    ring: Disruptor[str] = Disruptor(4)
    claim = ring.claim()
    with ring._sequencer.lock:
        del claim
        gc.collect()
        assert ring.cursor == -1
    assert ring.wait_for(0, timeout=LIMIT) == 0
    with pytest.raises(SequenceVoid):
        ring.get(0)


# --- in an event loop ------------------------------------------------------------------------------------------


def test_a_loop_that_is_dropped_while_somebody_holds_the_lock_leaves_afterwards() -> None:
    ring: Disruptor[str] = Disruptor(4)

    async def main() -> None:
        feed = ring.subscribe_async()
        with ring._sequencer.lock:
            del feed
            gc.collect()
        async with asyncio.timeout(LIMIT):
            while ring.subscribers:
                await asyncio.sleep(0)

    asyncio.run(main())


def test_what_cannot_be_undone_at_once_is_undone_by_a_thread_under_the_lock() -> None:
    spawned = list[Callable[[], None]]()

    class Spawns(Scripted):
        @override
        def spawn(self, function: Callable[[], None]) -> None:
            spawned.append(function)

    world = Spawns()
    ring: Disruptor[str] = Disruptor(4, runtime=world)
    undone: list[bool] = []
    lock = ring._sequencer.lock
    with lock:
        handed_over(ring._sequencer, world, lambda: undone.append(lock.locked()))
        assert undone == []
    [later] = spawned
    later()
    assert undone == [True]
    assert not lock.locked()


def test_a_subscriber_of_a_loop_is_closed_as_its_likes_are() -> None:
    ring: Disruptor[str] = Disruptor(4)

    async def main() -> None:
        await ring.subscribe_async().aclose()

    asyncio.run(main())
    assert ring.subscribers == ()


def test_a_block_that_was_never_entered_may_be_left() -> None:
    ring: Disruptor[str] = Disruptor(4)

    async def main() -> None:
        claiming: Any = AsyncPublisher(ring).claim()
        await claiming.__aexit__(None, None, None)
        loop: Any = aiter(ring.subscribe_async())
        await loop.aclose()

    asyncio.run(main())
    assert ring.claimed == -1


# --- strategies ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strategy", "pauses"),
    [
        (waiting.Blocking(), []),
        (waiting.Sleeping(0.05), [0.05] * 6),
        (waiting.Yielding(2), [None, None, 0.0, 0.0, 0.0, 0.0]),
        (waiting.BusySpin(), [None] * 6),
        (waiting.PhasedBackoff(1, 2, 1, 0.05), [None, 0.0, 0.0, 0.05]),
    ],
    ids=repr,
)
def test_the_pauses_of_a_strategy(strategy: waiting.WaitStrategy, pauses: list[float | None]) -> None:
    assert [pause for pause, _ in zip(strategy.pauses(), range(6), strict=False)] == pauses
