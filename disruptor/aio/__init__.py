"""The face of a ring in an event loop of `asyncio`: nothing blocks the loop, and nobody who waits needs a thread.

`Disruptor.subscribe_async`, `publish_async` and their like are made of these:

>>> import asyncio
>>> from disruptor import Disruptor
>>> async def main() -> list[str]:
...     ring: Disruptor[str] = Disruptor(2)
...     async with ring.subscribe_async(name="reader") as events:
...         async with asyncio.TaskGroup() as tasks:
...             reading = tasks.create_task(read(events))
...             for word in ("one", "two", "three"):
...                 await ring.publish_async(word)  # waits for room
...             ring.close()
...         return reading.result()
>>> async def read(events: AsyncSubscriber[str]) -> list[str]:
...     return [event async for event in events]
>>> asyncio.run(main())
['one', 'two', 'three']
"""

from disruptor.aio._publishing import AsyncClaiming as AsyncClaiming
from disruptor.aio._publishing import AsyncPublisher as AsyncPublisher
from disruptor.aio._reading import AsyncBatches as AsyncBatches
from disruptor.aio._reading import AsyncEvents as AsyncEvents
from disruptor.aio._reading import AsyncReading as AsyncReading
from disruptor.aio._reading import AsyncSubscriber as AsyncSubscriber

__all__ = ["AsyncBatches", "AsyncClaiming", "AsyncEvents", "AsyncPublisher", "AsyncReading", "AsyncSubscriber"]
