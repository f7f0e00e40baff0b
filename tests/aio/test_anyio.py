"""Structured use through anyio, on asyncio: task groups, scopes that cancel, time-outs."""

import pytest

from disruptor import Disruptor
from disruptor.aio import AsyncSubscriber

anyio = pytest.importorskip("anyio", reason="anyio is not installed", exc_type=ImportError)


def test_a_task_group_reads_and_publishes() -> None:
    ring: Disruptor[int] = Disruptor(2)
    got: dict[str, list[int]] = {"a": [], "b": []}

    async def read(feed: AsyncSubscriber[int]) -> None:
        async for event in feed:
            got[feed.name].append(event)

    async def main() -> None:
        with anyio.fail_after(60):
            async with anyio.create_task_group() as tasks:
                for name in got:
                    tasks.start_soon(read, ring.subscribe_async(name=name))
                for number in range(100):
                    await ring.publish_async(number)
                ring.close()

    anyio.run(main, backend="asyncio")
    assert got == {"a": [*range(100)], "b": [*range(100)]}


def test_a_scope_that_is_cancelled_leaves_nothing() -> None:
    ring: Disruptor[int] = Disruptor(1)

    async def main() -> None:
        feed = ring.subscribe_async()
        with anyio.move_on_after(0.001) as scope:
            await anext(aiter(feed))
        assert scope.cancelled_caught
        ring.publish(0)
        with anyio.move_on_after(0.001) as scope:
            await ring.publish_async(1)
        assert scope.cancelled_caught
        assert ring._sequencer.news.asleep() == ring._sequencer.room.asleep() == 0
        async with feed.read() as batch:
            assert list(batch) == [0]
        assert await ring.publish_async(1) == 1

    anyio.run(main, backend="asyncio")
