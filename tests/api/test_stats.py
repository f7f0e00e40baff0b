"""Figures: what is counted, when a clock is read for it, and that nothing is done per event."""

import asyncio
from collections.abc import Callable
from dataclasses import FrozenInstanceError

import pytest

from disruptor import (
    Disruptor,
    DisruptorClosed,
    HandlerStats,
    InsufficientCapacity,
    RingStats,
    SubscriberStats,
    WaitStats,
    on_error,
    waiting,
)
from disruptor._override import override
from tests.api.scripted import NS, Scripted

NEVER = WaitStats(0, 0, 0.0)


class World(Scripted):
    """A world that counts how often its clock is read for figures."""

    def __init__(self) -> None:
        super().__init__()
        self.read = 0

    @override
    def stopwatch_ns(self) -> int:
        self.read += 1
        return self.now


def test_the_figures_of_a_ring_that_has_done_nothing() -> None:
    ring: Disruptor[str] = Disruptor(4, runtime=World())
    assert ring.stats() == RingStats(4, "open", 0, 0, 0, 4, NEVER, (), ())


def test_claims_publications_voids_and_room_are_counted() -> None:
    ring: Disruptor[str] = Disruptor(4, runtime=World())
    reader = ring.register_subscriber(name="reader")
    ring.publish("a")
    ring.claim(2).abandon()
    claim = ring.claim()
    stats = ring.stats()
    assert (stats.claimed, stats.published, stats.voids, stats.remaining_capacity) == (4, 3, 2, 0)
    assert stats.subscribers == (SubscriberStats("reader", reader.sequence, 3, False, NEVER),)
    claim[0] = "b"
    claim.publish()
    with reader.read() as batch:
        assert [*batch] == ["a", "b"]
    stats = ring.stats()
    assert (stats.claimed, stats.published, stats.voids, stats.remaining_capacity) == (4, 4, 2, 4)
    assert (stats.subscribers[0].position, stats.subscribers[0].lag) == (3, 0)


def test_voids_behind_an_open_claim_and_voids_of_a_claim_that_failed_count_once() -> None:
    ring: Disruptor[str] = Disruptor(4, runtime=World())
    claim = ring.claim()
    ring.claim().abandon()
    assert (ring.stats().published, ring.stats().voids) == (0, 1)
    claim.abandon()
    with pytest.raises(ZeroDivisionError), ring.claim(2):
        1 / 0  # noqa: B018
    assert (ring.stats().published, ring.stats().voids) == (4, 4)


def test_the_state_is_told() -> None:
    ring: Disruptor[str] = Disruptor(4)
    reader = ring.register_subscriber()
    assert ring.stats().state == "open"
    ring.close()
    assert ring.stats().state == "closed"
    ring.fail_subscriber(reader, ValueError())
    assert (ring.stats().state, ring.stats().subscribers[0].failed) == ("broken", True)
    ring.start()
    assert ring.stats().state == "open"
    ring.halt()
    assert ring.stats().state == "halted"


def test_a_wait_is_counted_from_when_it_begins_and_timed_when_it_ends() -> None:
    world = World()
    ring: Disruptor[str] = Disruptor(1, runtime=world)
    reader = ring.register_subscriber()
    seen: list[WaitStats] = []

    def look() -> None:
        world.now += NS
        seen.append(ring.stats().subscribers[0].waits)
        ring.publish("a")

    world.then(look, after=2.0)
    assert reader.wait_for(0) == 0
    assert seen == [WaitStats(1, 1, 3.0)]
    assert ring.stats().subscribers[0].waits == WaitStats(1, 0, 3.0)
    world.then(lambda: reader.update_sequence(0), after=0.5)
    ring.publish("b")
    assert ring.stats().producer_waits == WaitStats(1, 0, 0.5)
    assert ring.stats().subscribers[0].waits == WaitStats(1, 0, 3.0)


class Meanwhile(World):
    """A world in which something happens right after the clock was read."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[Callable[[], object]] = []

    @override
    def stopwatch_ns(self) -> int:
        now = super().stopwatch_ns()
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return now


def test_a_wait_that_ends_while_one_looks_is_not_told_longer_than_it_was() -> None:
    world = Meanwhile()
    ring: Disruptor[str] = Disruptor(1, runtime=world)
    patience = ring.register_subscriber()._barrier.patience
    patience._figures = (1, 1, -world.now)

    def ends() -> None:
        """End the wait, as another thread does, so long before the clock is read for the figures."""
        patience._figures = (1, 0, 0)

    world.now += NS
    world.meanwhile.append(ends)
    assert patience.stats() == WaitStats(1, 0, 0.0)


def test_how_long_calls_have_waited_never_goes_down() -> None:
    world = Meanwhile()
    ring: Disruptor[str] = Disruptor(1, runtime=world)
    reader = ring.register_subscriber()
    seen: list[float] = []

    def look() -> None:
        world.now += NS
        seen.append(ring.stats().subscribers[0].waits.seconds)

    def publish() -> None:
        ring.publish("a")
        world.meanwhile.append(look)  # when the wait has read the clock for the last time, and has not noted it

    world.then(publish, after=2.0)
    reader.wait_for(0)
    look()
    assert seen == [3.0, 3.0]
    world.then(lambda: ring.publish("b"), after=5.0)
    reader.update_sequence(0)
    reader.wait_for(1)
    look()
    assert seen == [3.0, 3.0, 7.0]


def test_waits_that_fail_are_counted_too() -> None:
    world = World()
    ring: Disruptor[str] = Disruptor(1, runtime=world)
    reader = ring.register_subscriber()
    ring.publish("a")
    with pytest.raises(InsufficientCapacity):
        ring.publish("b", timeout=0.25)
    world.then(ring.halt, after=0.5)
    with pytest.raises(DisruptorClosed):
        reader.wait_for(1)
    assert ring.stats().producer_waits == WaitStats(1, 0, 0.25)
    assert ring.stats().subscribers[0].waits == WaitStats(1, 0, 0.5)


def test_who_looks_again_and_again_waits_as_well() -> None:
    class Pausing(World):
        @override
        def pause(self, seconds: float | None, deadline: int | None) -> None:
            self.now += round((seconds or 0) * NS)

    world = Pausing()
    ring: Disruptor[str] = Disruptor(1, producer_wait=waiting.Sleeping(0.01), runtime=world)
    ring.register_subscriber()
    ring.publish("a")
    with pytest.raises(InsufficientCapacity):
        ring.publish("b", timeout=0.25)
    assert ring.stats().producer_waits == WaitStats(1, 0, 0.25)


def test_the_clock_is_read_for_nobody_who_does_not_wait() -> None:
    world = World()
    ring: Disruptor[int] = Disruptor(8, runtime=world)
    reader = ring.register_subscriber()
    for number in range(5):
        ring.publish(number)
    ring.publish_many(range(3))
    ring.close()
    assert [*reader] == [*range(5), *range(3)]
    assert world.read == 0


def test_figures_are_frozen() -> None:
    stats = Disruptor[str](4).stats()
    with pytest.raises(FrozenInstanceError):
        stats.capacity = 5  # type: ignore[misc]  # that is what is tested


def test_the_mean_batch_of_nothing_is_nothing() -> None:
    assert HandlerStats("a", "idle", 0, 0, 0, 0.0).mean_batch == 0.0
    assert HandlerStats("a", "idle", 2, 5, 0, 0.0).mean_batch == 2.5


def test_handlers_are_counted_by_batch() -> None:
    ring: Disruptor[str] = Disruptor(8)
    calls: list[object] = []

    def wrong(event: str, sequence: int, end: bool) -> None:
        calls.append(event)
        if event == "b":
            raise ValueError(event)

    ring.handle_events_with(wrong, name="one", on_error=on_error.skip)
    assert ring.stats().handlers == (HandlerStats("one", "idle", 0, 0, 0, 0.0),)
    ring.publish_many(["a", "b", "c"])
    with ring:
        pass
    (stats,) = ring.stats().handlers
    assert (stats.name, stats.state, stats.batches, stats.events, stats.errors) == ("one", "ended", 1, 3, 1)
    assert stats.busy_seconds > 0
    assert stats.mean_batch == 3.0


def test_workers_of_a_pool_are_counted_one_by_one() -> None:
    ring: Disruptor[str] = Disruptor(8)
    pool = ring.handle_events_with_pool(*[lambda event, sequence, end: None] * 2, name="pool")
    ring.publish_many("abc")
    with ring:
        pass
    assert [worker.name for worker in ring.stats().handlers] == ["pool-1", "pool-2"]
    assert sum(worker.events for worker in ring.stats().handlers) == 3
    assert all(bool(worker.events) == (worker.busy_seconds > 0) for worker in ring.stats().handlers)
    assert pool.subscribers[0].sequence == 2


def test_what_is_awaited_counts_as_a_wait_of_no_time_for_each_try() -> None:
    world = World()
    ring: Disruptor[str] = Disruptor(1, runtime=world)
    reader = ring.register_subscriber()
    ring.publish("a")
    with pytest.raises(InsufficientCapacity):
        ring.publish("b", timeout=0)
    assert ring.stats().producer_waits == WaitStats(1, 0, 0.0)

    async def main() -> None:
        waiting = asyncio.create_task(ring.publish_async("b"))
        while not ring._sequencer.room.sleepers.value:
            await asyncio.sleep(0)
        world.now += NS
        assert ring.stats().producer_waits == WaitStats(2, 0, 0.0)
        reader.update_sequence(0)
        await waiting

    asyncio.run(main())
    assert ring.stats().producer_waits == WaitStats(2, 0, 0.0)
