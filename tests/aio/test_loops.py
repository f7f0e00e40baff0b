"""A ring in a real event loop: reading, publishing, time-outs, cancelling, several loops at once, loops that are gone."""

import asyncio
import gc
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine
from contextlib import aclosing, suppress
from itertools import cycle
from typing import Any, TypeVar

import pytest

from disruptor import (
    Disruptor,
    DisruptorBroken,
    DisruptorClosed,
    InvalidType,
    InvalidValue,
    SequenceVoid,
    Subscriber,
    SubscriberBusy,
    SubscriberClosed,
    Unsupported,
)
from disruptor.aio import AsyncPublisher, AsyncSubscriber
from tests.limits import LIMIT

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    async def limited() -> T:
        async with asyncio.timeout(LIMIT):
            return await main

    return asyncio.run(limited())


def left_behind(ring: Disruptor[Any]) -> int:
    sequencer = ring._sequencer
    with sequencer.lock:
        counted = sequencer.news.sleepers.value + sequencer.room.sleepers.value
        return sequencer.news.asleep() + sequencer.room.asleep() + counted


def waiting(ring: Disruptor[Any]) -> Callable[[], bool]:
    return lambda: left_behind(ring) > 0


async def until(ready: Callable[[], bool]) -> None:
    while not ready():
        await asyncio.sleep(0)


# --- reading and publishing ----------------------------------------------------------------------------------


def test_a_loop_reads_what_threads_publish() -> None:
    ring: Disruptor[int] = Disruptor(8)

    async def main() -> list[int]:
        feed = ring.subscribe_async(name="feed")
        threading.Thread(target=produce).start()
        return [event async for event in feed]

    def produce() -> None:
        with ring:
            for number in range(1000):
                ring.publish(number)

    assert run(main()) == list(range(1000))
    assert left_behind(ring) == 0


def test_batches_are_all_there_is() -> None:
    ring: Disruptor[int] = Disruptor(8)

    async def main() -> list[list[int]]:
        async with ring.subscribe_async() as feed:
            ring.publish_many([0, 1, 2])
            ring.close()
            return [list(batch) async for batch in feed.batches(2)]

    assert run(main()) == [[0, 1], [2]]
    assert ring.subscribers == ()


def test_tasks_publish_and_read_through_a_ring_of_one() -> None:
    ring: Disruptor[int] = Disruptor(1)

    async def read(feed: AsyncSubscriber[int]) -> list[int]:
        return [event async for event in feed]

    async def main() -> list[int]:
        async with ring.subscribe_async() as feed, asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(read(feed))
            for number in range(20):
                assert await ring.publish_async(number) == number
            ring.close()
        return reading.result()

    assert run(main()) == list(range(20))


def test_every_way_to_publish() -> None:
    values: Disruptor[int] = Disruptor(4)
    places: Disruptor[list[int]] = Disruptor(4, list)

    async def main() -> None:
        assert await values.publish_many_async((1, 2)) == range(2)
        assert await values.publish_many_async([]) == range(0)
        async with values.claim_async(2) as claim:
            claim[0], claim[1] = 3, 4
        assert [values.get(sequence) for sequence in range(4)] == [1, 2, 3, 4]
        assert await places.publish_event_async(lambda event, sequence: event.append(sequence)) == 0
        with pytest.raises(ZeroDivisionError):
            await places.publish_event_async(lambda event, sequence: event.append(1 // 0))
        with pytest.raises(ZeroDivisionError):
            async with places.claim_async():
                raise ZeroDivisionError
        assert places.get(0) == [0]
        with pytest.raises(SequenceVoid):
            places.get(2)

    run(main())
    values._check()
    places._check()


def test_a_claim_that_has_to_wait_takes_all_at_once() -> None:
    ring: Disruptor[int] = Disruptor(2)

    async def main() -> range:
        async with ring.subscribe_async() as feed, asyncio.TaskGroup() as tasks:
            ring.publish(0)
            publishing = tasks.create_task(ring.publish_many_async([1, 2]))
            await until(waiting(ring))
            async with feed.read() as batch:
                assert list(batch) == [0]
            return await publishing

    assert run(main()) == range(1, 3)


def test_events_are_taken_as_they_are_when_one_asks() -> None:
    ring: Disruptor[int] = Disruptor(2)

    async def main() -> list[int]:
        async with ring.subscribe_async() as feed, asyncio.TaskGroup() as tasks:
            ring.publish(0)
            events = [1, 2]
            tasks.create_task(ring.publish_many_async(events))
            await until(waiting(ring))
            events.clear()
            async with feed.read():
                pass
            await feed.wait_for(2)
            async with feed.read() as batch:
                return list(batch)

    assert run(main()) == [1, 2]


def test_wrong_arguments_are_told_as_in_a_thread() -> None:
    ring: Disruptor[int] = Disruptor(2)
    places: Disruptor[list[int]] = Disruptor(2, list)

    async def main() -> None:
        with pytest.raises(InvalidValue, match="at most 2 events"):
            await ring.publish_many_async([1, 2, 3])
        with pytest.raises(InvalidType, match="sized iterable"):
            await ring.publish_many_async(iter([1]))  # type: ignore[arg-type]
        with pytest.raises(InvalidType, match="use publish"):
            await ring.publish_event_async(lambda event, sequence: None)
        with pytest.raises(InvalidValue, match="n must be in 1..2"):
            ring.claim_async(3)
        with pytest.raises(InvalidType, match="use claim"):
            await places.publish_many_async([[1]])
        with pytest.raises(InvalidValue, match="max_events"):
            ring.subscribe_async().batches(0)
        with pytest.raises(InvalidType, match="a Subscriber is needed"):
            AsyncSubscriber(ring)  # type: ignore[arg-type]
        with pytest.raises(InvalidType, match="a Disruptor is needed"):
            AsyncPublisher(None)  # type: ignore[arg-type]

    run(main())


# --- leaving a loop ------------------------------------------------------------------------------------------


def test_break_and_an_exception_do_not_mark_what_is_in_hand() -> None:
    ring: Disruptor[str] = Disruptor(4)
    ring.publish_many(["a", "b"])

    async def main() -> None:
        feed = ring.subscribe_async()
        async for event in feed:
            assert event == "a"
            break
        assert feed.sequence == -1
        with pytest.raises(ZeroDivisionError):
            async for event in feed:
                assert event == "a" or 1 // 0
        assert feed.sequence == 0
        async for batch in feed.batches():
            assert list(batch) == ["b"]
            break
        with suppress(ZeroDivisionError):
            async with feed.read() as batch:
                raise ZeroDivisionError
        assert feed.sequence == 0
        async with aclosing(aiter(feed)) as events:
            assert await anext(events) == "b"
        assert feed.sequence == 0
        async with feed.read() as batch:
            assert list(batch) == ["b"]
        assert feed.sequence == 1

    run(main())


def test_what_the_body_has_marked_is_not_handed_out() -> None:
    ring: Disruptor[int] = Disruptor(4)
    ring.publish_many([0, 1, 2])
    ring.close()

    async def main() -> list[int]:
        got = []
        async for event in (feed := ring.subscribe_async()):
            got.append(event)
            if event == 0:
                feed.subscriber.update_sequence(1)
        return got

    assert run(main()) == [0, 2]


def test_voids_are_walked_past() -> None:
    ring: Disruptor[int] = Disruptor(4)

    async def main() -> list[int]:
        feed = ring.subscribe_async()
        for number in range(3):
            with suppress(ZeroDivisionError), ring.claim() as claim:
                claim[0] = number
                if number != 1:
                    1 // 0  # noqa: B018
        ring.close()
        got = [event async for event in feed]
        assert feed.sequence == 2
        return got

    assert run(main()) == [1]


def test_a_subscription_that_nobody_has_holds_nobody_back() -> None:
    ring: Disruptor[int] = Disruptor(1)
    ring.publish(0)

    async def main() -> None:
        async for _ in ring.subscribe_async(name="once"):
            break
        await ring.publish_async(1)
        kept = ring.subscribe_async(name="kept")
        behind = ring.register_subscriber(after=kept.subscriber)
        del kept  # somebody is after it: that one has it
        assert [subscriber.name for subscriber in ring.subscribers] == ["kept", behind.name]

    run(main())


def test_a_subscriber_that_was_registered_otherwise_stays() -> None:
    ring: Disruptor[int] = Disruptor(1)
    subscriber = ring.register_subscriber()
    AsyncSubscriber(subscriber)
    gc.collect()
    assert ring.subscribers == (subscriber,)


def test_one_reads_at_a_time() -> None:
    ring: Disruptor[int] = Disruptor(1)

    async def main() -> None:
        feed = ring.subscribe_async()
        events = aiter(feed)
        async with asyncio.TaskGroup() as tasks:
            first = tasks.create_task(anext(events))
            await until(waiting(ring))
            with pytest.raises(SubscriberBusy, match="already"):
                await anext(events)
            with pytest.raises(SubscriberBusy, match="cannot be closed"):
                await events.aclose()
            with pytest.raises(SubscriberBusy):
                await anext(aiter(feed))
            with pytest.raises(SubscriberBusy), feed.subscriber.read():
                pass
            ring.publish(7)
        assert first.result() == 7
        assert "AsyncSubscriber of <Subscriber" in repr(feed)
        assert (feed.name, feed.lag, feed.closed) == (feed.subscriber.name, 1, False)

    run(main())


# --- time-outs and cancelling --------------------------------------------------------------------------------


def test_a_time_out_moves_nothing_and_leaves_nothing() -> None:
    ring: Disruptor[int] = Disruptor(1)

    async def main() -> None:
        feed = ring.subscribe_async()
        events = aiter(feed)
        for wait in (lambda: anext(events), lambda: feed.wait_for(0), lambda: enter(feed)):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.001):
                    await wait()
            assert (left_behind(ring), feed.sequence) == (0, -1)
        ring.publish(0)
        for attempt in (lambda: ring.publish_async(1), lambda: ring.publish_many_async([1]), lambda: claim(ring)):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.001):
                    await attempt()
            assert (left_behind(ring), ring.claimed) == (0, 0)
        assert await anext(events) == 0

    async def enter(feed: AsyncSubscriber[int]) -> None:
        async with feed.read():
            pass

    async def claim(ring: Disruptor[int]) -> None:
        async with ring.claim_async():
            pass

    run(main())
    ring._check()


def test_a_time_out_strikes_although_nobody_ever_waits() -> None:
    """L3: the loop has its turn even when there is always something to read, and always room."""
    ring: Disruptor[int] = Disruptor(2)

    async def both(feed: AsyncSubscriber[int]) -> None:
        async for event in feed:
            ring.publish(event + 1)

    async def publish() -> None:
        free: Disruptor[int] = Disruptor(2)
        while True:
            await free.publish_async(0)

    async def main() -> None:
        feed = ring.subscribe_async()
        ring.publish(0)
        for endless in (both(feed), publish()):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await endless

    run(main())


def test_many_are_cancelled_while_threads_publish() -> None:
    """Storm: reads are cancelled at chance moments; what comes is in order, once, and nothing is left behind."""
    ring: Disruptor[int] = Disruptor(4)
    got: list[int] = []

    async def main() -> None:
        feed = ring.subscribe_async()
        thread = threading.Thread(target=produce)
        thread.start()
        for turns in cycle(range(5)):
            reading = asyncio.create_task(read(feed))
            for _ in range(turns):
                await asyncio.sleep(0)
            reading.cancel()
            await asyncio.wait([reading])
            if not reading.cancelled() and reading.result():
                break
        thread.join()

    async def read(feed: AsyncSubscriber[int]) -> bool:
        try:
            async with feed.read(1) as batch:
                got.extend(batch)
        except DisruptorClosed:
            return True
        return False

    def produce() -> None:
        with ring:
            for number in range(500):
                ring.publish(number)

    run(main())
    assert got == list(range(500))
    assert left_behind(ring) == 0


# --- wake-ups ------------------------------------------------------------------------------------------------


def test_a_burst_costs_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand events while the loop is busy wake it once."""
    ring: Disruptor[int] = Disruptor(1024)

    async def main() -> tuple[int, int]:
        loop = asyncio.get_running_loop()
        calls: list[object] = []
        real = loop.call_soon_threadsafe

        def counted(callback: Callable[..., object], *arguments: Any, **more: Any) -> asyncio.Handle:
            calls.append(callback)
            return real(callback, *arguments, **more)

        monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
        feed = ring.subscribe_async()
        reading = asyncio.create_task(read(feed))
        await until(waiting(ring))
        busy = threading.Thread(target=lambda: [ring.publish(number) for number in range(1000)])
        busy.start()
        busy.join()  # the loop is held up
        return len(calls), await reading

    async def read(feed: AsyncSubscriber[int]) -> int:
        async with feed.read() as batch:
            return len(batch)

    assert run(main()) == (1, 1000)


def test_nobody_who_waits_has_a_thread() -> None:
    ring: Disruptor[int] = Disruptor(2)

    async def main() -> None:
        feeds = [ring.subscribe_async() for _ in range(100)]
        tasks = [asyncio.create_task(feed.wait_for(0)) for feed in feeds]
        await until(lambda: left_behind(ring) == 200)
        assert threading.active_count() == before
        ring.publish(0)
        await asyncio.gather(*tasks)

    before = threading.active_count()
    run(main())
    assert left_behind(ring) == 0


def test_several_loops_in_several_threads() -> None:
    ring: Disruptor[int] = Disruptor(4)
    got: dict[str, list[int]] = {"one": [], "other": []}

    async def read(name: str, feed: AsyncSubscriber[int]) -> None:
        async for event in feed:
            got[name].append(event)

    async def publish() -> None:
        for number in range(300):
            await ring.publish_async(number)

    feeds = {name: ring.subscribe_async(name=name) for name in got}
    threads = [threading.Thread(target=lambda n=name: run(read(n, feeds[n]))) for name in got]
    for thread in threads:
        thread.start()
    producers = [threading.Thread(target=lambda: run(publish())) for _ in range(2)]
    for thread in producers:
        thread.start()
    for thread in producers:
        thread.join()
    ring.close()
    for thread in threads:
        thread.join()
    assert got["one"] == got["other"]
    assert sorted(got["one"]) == sorted([*range(300), *range(300)])


def test_a_loop_that_is_gone_is_no_business_of_a_publisher() -> None:
    ring: Disruptor[int] = Disruptor(4)
    feed = ring.subscribe_async()
    loop = asyncio.new_event_loop()
    wait = feed.wait_for(0)
    task = loop.create_task(wait)
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert left_behind(ring) == 2
    loop.close()
    ring.publish(1)
    assert left_behind(ring) == 0
    wait.close()
    task._log_destroy_pending = False  # type: ignore[attr-defined]  # asyncio complains of what is done here on purpose
    assert run(feed.wait_for(0)) == 0


def test_a_wait_that_is_collected_leaves_nothing() -> None:
    ring: Disruptor[int] = Disruptor(4)
    feed = ring.subscribe_async()
    waits = [feed.wait_for(0)]

    async def main() -> None:
        waits[0].send(None)

    run(main())
    assert left_behind(ring) == 2
    waits.clear()
    assert left_behind(ring) == 0


# --- ends ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "error"),
    [
        (lambda ring, feed: ring.close(), DisruptorClosed),
        (lambda ring, feed: ring.halt(), DisruptorClosed),
        (lambda ring, feed: feed.close(), SubscriberClosed),
        (lambda ring, feed: ring.fail_subscriber(feed.subscriber, ValueError("x")), DisruptorBroken),
    ],
)
def test_who_waits_is_told_of_the_end(end: Callable[[Any, Any], object], error: type[Exception]) -> None:
    ring: Disruptor[int] = Disruptor(1)

    async def main() -> None:
        feed = ring.subscribe_async()
        waits = [asyncio.create_task(feed.wait_for(0)), asyncio.create_task(read(feed))]
        await until(lambda: left_behind(ring) == 4)
        end(ring, feed)
        for wait in waits:
            with pytest.raises(error):
                await wait

    async def read(feed: AsyncSubscriber[int]) -> None:
        async with feed.read():
            pass

    run(main())
    assert left_behind(ring) == 0


def test_a_producer_is_told_of_the_end() -> None:
    ring: Disruptor[int] = Disruptor(1)
    slow = ring.register_subscriber()
    ring.publish(0)

    async def main() -> None:
        waits = [asyncio.create_task(ring.publish_async(1)) for _ in range(2)]
        await until(lambda: left_behind(ring) == 4)
        ring.fail_subscriber(slow, ValueError("x"))
        for wait in waits:
            with pytest.raises(DisruptorBroken) as raised:
                await wait
            assert isinstance(raised.value.__cause__, ValueError)

    run(main())
    ring._check()


def test_a_halted_loop_raises_and_gives_its_turn_back() -> None:
    ring: Disruptor[int] = Disruptor(2)
    ring.publish_many([0, 1])

    async def main() -> None:
        feed = ring.subscribe_async()
        events = aiter(feed)
        assert await anext(events) == 0
        ring.halt()
        with pytest.raises(DisruptorClosed, match="halted"):
            await anext(events)
        ring.start()
        assert await anext(events) == 1

    run(main())


def test_a_ring_between_processes_says_that_it_cannot() -> None:
    ring: Disruptor[int] = Disruptor(2, multiproc=True)

    async def main() -> None:
        with pytest.raises(Unsupported, match="multiproc"):
            ring.subscribe_async()
        with pytest.raises(Unsupported, match="multiproc"):
            await ring.publish_async(1)
        with pytest.raises(Unsupported, match="multiproc"):
            ring._sequencer.news.watch(lambda: True, lambda: None)
        ring._sequencer.news.unwatch(lambda: None)

    assert ring.subscribers == ()
    run(main())
    ring.close()


def test_importing_the_library_does_not_import_asyncio() -> None:
    code = "import sys, disruptor; sys.exit('asyncio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_subscriber_is_the_ring_s() -> None:
    ring: Disruptor[int] = Disruptor(2)
    feed = ring.subscribe_async(name="feed")
    assert isinstance(feed.subscriber, Subscriber)
    assert ring.subscribers == (feed.subscriber,)
