"""The ring in an event loop: what `disruptor.aio` does, as methods.

Rule 1: `asyncio` is imported when one of these is called, and not before.
"""

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Generic, SupportsIndex, TypeVar

from disruptor._sequence import Sequence
from disruptor._start import Start
from disruptor._subscriber import Subscriber
from disruptor.handlers._handling import Handling

if TYPE_CHECKING:
    from disruptor.aio._publishing import AsyncClaiming, AsyncPublisher
    from disruptor.aio._reading import AsyncSubscriber

E = TypeVar("E")


class Awaiting(Handling[E], Generic[E]):
    """What an event loop does with a ring; a part of `Disruptor`."""

    __slots__ = ()

    def subscribe_async(
        self,
        *,
        start: Start | SupportsIndex = Start.EARLIEST,
        after: "Subscriber[E] | Iterable[Subscriber[E]]" = (),
        name: str | None = None,
    ) -> "AsyncSubscriber[E]":
        """Add a subscriber, as `register_subscriber` does, that is read in an event loop: `async for event in ...`.

        It is removed at the end of an `async with` block, by its `close`, or when nobody has it any more.
        Raises `Unsupported` with `multiproc=True`.
        """
        from disruptor.aio._reading import AsyncSubscriber

        self._publisher()  # or it is unsupported
        return AsyncSubscriber._owning(self.register_subscriber(start=start, after=after, name=name))

    async def publish_async(self, event: E) -> Sequence:
        """Do as `publish`, in an event loop: wait for room without blocking it, as long as `asyncio.timeout` allows."""
        return await self._publisher().publish(event)

    async def publish_many_async(self, events: Collection[E]) -> range:
        """Do as `publish_many`, in an event loop."""
        return await self._publisher().publish_many(events)

    async def publish_event_async(self, translate: Callable[[E, Sequence], object]) -> Sequence:
        """Do as `publish_event`, in an event loop; `translate` is a plain function."""
        return await self._publisher().publish_event(translate)

    def claim_async(self, n: SupportsIndex = 1) -> "AsyncClaiming[E]":
        """Return an asynchronous context manager that does as `claim`: `async with ring.claim_async(2) as claim`."""
        return self._publisher().claim(n)

    def _publisher(self) -> "AsyncPublisher[E]":
        from disruptor.aio._publishing import AsyncPublisher

        return AsyncPublisher(self)
