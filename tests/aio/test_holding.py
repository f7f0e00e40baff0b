"""What the objects of an event loop hold: nobody takes it from them, nothing of it is lost, nothing is kept too long."""

import asyncio
import copy
import pickle
import weakref
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from disruptor import Claim, Disruptor, InvalidType, InvalidValue, Subscriber
from disruptor.aio import AsyncSubscriber
from tests.aio.test_loops import run, until, waiting

# --- claims --------------------------------------------------------------------------------------------------


def test_a_claim_that_is_entered_again_within_its_block_is_refused_and_loses_nothing() -> None:
    ring: Disruptor[str] = Disruptor(4)

    async def main() -> None:
        claiming = ring.claim_async()
        async with claiming as claim:
            with pytest.raises(InvalidValue, match=r"a claim_async\(1\) is entered already"):
                async with claiming:
                    pass  # pragma: no cover - it is refused
            claim[0] = "a"
        async with claiming as claim:  # it is free again
            claim[0] = "b"

    run(main())
    assert [ring.get(0), ring.get(1), ring.claimed] == ["a", "b", 1]


def test_a_claim_that_is_entered_while_somebody_waits_in_it_is_refused() -> None:
    ring: Disruptor[str] = Disruptor(1)
    reader = ring.register_subscriber()
    ring.publish("a")

    async def main() -> None:
        claiming = ring.claim_async()

        async def publish() -> None:
            async with claiming as claim:
                claim[0] = "b"

        first = asyncio.create_task(publish())
        await until(waiting(ring))
        with pytest.raises(InvalidValue, match="entered already"):
            await publish()
        reader.update_sequence(0)
        await first

    run(main())
    assert ring.get(1) == "b"


def test_a_claim_whose_wait_was_broken_off_may_be_entered_again() -> None:
    ring: Disruptor[str] = Disruptor(1)
    reader = ring.register_subscriber()
    ring.publish("a")

    async def main() -> None:
        claiming = ring.claim_async()

        async def enter() -> Claim[str]:
            return await claiming.__aenter__()

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await enter()
        reader.update_sequence(0)
        claim = await enter()
        claim[0] = "b"
        await claiming.__aexit__(None, None, None)

    run(main())
    assert ring.get(1) == "b"


# --- copies --------------------------------------------------------------------------------------------------


def a_subscriber(ring: Disruptor[int]) -> object:
    return ring.subscribe_async()


def a_loop_over_events(ring: Disruptor[int]) -> object:
    return aiter(ring.subscribe_async())


def a_loop_over_batches(ring: Disruptor[int]) -> object:
    return ring.subscribe_async().batches()


def a_reading(ring: Disruptor[int]) -> object:
    return ring.subscribe_async().read()


def a_claim(ring: Disruptor[int]) -> object:
    return ring.claim_async()


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, pickle.dumps])
@pytest.mark.parametrize("make", [a_subscriber, a_loop_over_events, a_loop_over_batches, a_reading, a_claim])
def test_what_holds_something_can_be_neither_copied_nor_pickled(
    make: Callable[[Disruptor[int]], object], how: Callable[[object], object]
) -> None:
    ring: Disruptor[int] = Disruptor(4)
    holder = make(ring)
    there = ring.subscribers
    with pytest.raises(InvalidType, match="lives in one process, and once: it can be neither copied nor pickled"):
        how(holder)
    assert ring.subscribers == there


def test_a_copy_takes_nobody_s_turn() -> None:
    ring: Disruptor[int] = Disruptor(4)
    ring.publish_many([0, 1])

    async def main() -> list[int]:
        events: Any = aiter(AsyncSubscriber(ring.register_subscriber()))
        first = await anext(events)
        with pytest.raises(TypeError):
            copy.copy(events)
        return [first, await anext(events)]

    assert run(main()) == [0, 1]


# --- subscriptions that nobody has ---------------------------------------------------------------------------


def test_a_pipeline_that_nobody_has_holds_nobody_back() -> None:
    ring: Disruptor[int] = Disruptor(1)

    def dropped() -> None:
        first = ring.subscribe_async(name="first")
        second = ring.subscribe_async(name="second", after=first.subscriber)
        third = ring.subscribe_async(name="third", after=first.subscriber)
        last = ring.subscribe_async(name="last", after=[second.subscriber, third.subscriber])
        del first, second, third, last  # from the front: the others are still after it

    dropped()
    assert ring.subscribers == ()
    assert [ring.publish(0, timeout=0), ring.publish(1, timeout=0)] == [0, 1]
    ring._check()


def test_a_subscription_that_nobody_has_stays_as_long_as_somebody_is_after_it() -> None:
    ring: Disruptor[int] = Disruptor(4)
    kept = ring.subscribe_async(name="kept")
    dropped = ring.subscribe_async(name="dropped", after=kept.subscriber)
    behind = [ring.register_subscriber(after=dropped.subscriber) for _ in range(2)]
    del dropped
    behind[0].close()
    assert [subscriber.name for subscriber in ring.subscribers] == ["kept", "dropped", behind[1].name]
    behind[1].close()
    assert ring.subscribers == (kept.subscriber,)  # somebody has that one


def test_what_a_pipeline_that_nobody_has_was_held_for_is_let_go_of() -> None:
    ring: Disruptor[object] = Disruptor(4, clear=True)
    reader = ring.register_subscriber()
    dropped = ring.subscribe_async()
    behind = ring.register_subscriber(after=dropped.subscriber)
    kept = weakref.WeakSet[object]()

    class Event:
        pass

    ring.publish(event := Event())
    kept.add(event)
    reader.update_sequence(0)
    del dropped, event
    assert len(kept) == 1
    behind.close()
    assert len(kept) == 0
    ring._check()


def test_an_interrupt_while_the_last_one_leaves_keeps_nobody_back(monkeypatch: pytest.MonkeyPatch) -> None:
    ring: Disruptor[int] = Disruptor(4)
    dropped = ring.subscribe_async()
    behind = ring.register_subscriber(after=dropped.subscriber)
    del dropped
    proceed, struck = Disruptor._drop, list[str]()

    def drop(self: Disruptor[int], subscriber: Subscriber[int], released: list[object] | None = None) -> None:
        proceed(self, subscriber, released)
        struck.append(subscriber.name)
        if len(struck) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(Disruptor, "_drop", drop)
    with pytest.raises(KeyboardInterrupt):
        behind.close()
    assert ring.subscribers == ()
    ring._check()


# --- events that are processed -------------------------------------------------------------------------------


class Event:
    """Something that can be watched."""


def some_events() -> tuple[list[Event], "weakref.WeakSet[Event]"]:
    events = [Event() for _ in range(3)]
    return events, weakref.WeakSet(events)


async def by_event(subscriber: AsyncSubscriber[Event]) -> None:
    async for event in subscriber:
        del event


async def by_batch(subscriber: AsyncSubscriber[Event]) -> None:
    async for batch in subscriber.batches():
        del batch


async def by_reading(subscriber: AsyncSubscriber[Event]) -> None:
    while True:
        async with subscriber.read() as batch:
            del batch


@pytest.mark.parametrize("read", [by_event, by_batch, by_reading])
def test_a_loop_that_waits_keeps_nothing_of_what_is_processed(
    read: Callable[[AsyncSubscriber[Event]], Coroutine[Any, Any, None]],
) -> None:
    ring: Disruptor[Event] = Disruptor(4, clear=True)

    async def main() -> None:
        feed = ring.subscribe_async()
        reading = asyncio.create_task(read(feed))
        await until(waiting(ring))
        events, there = some_events()
        ring.publish_many(events)
        del events
        await until(lambda: feed.lag == 0 and waiting(ring)())
        assert len(there) == 0
        reading.cancel()

    run(main())
