"""Reading in an event loop: the loops and batches of a `Subscriber`, with `async` before them.

Rule 1: everything is as in `_subscriber.py`, whose methods do the work: this waits where those would sleep.
Rule 2: a loop has the subscriber's turn from its first event until it ends, is left, or its wait is broken off. Such a wait
        can be made again.
Rule 3: what nobody can reach any more gives back what it has: a loop its turn, a subscription its place in the ring.
Rule 4: after each batch, the others of the loop have their turn.
Rule 5: a loop that waits, or lets the others go on, keeps nothing of what is processed (`clear=True`).
"""

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Generic, SupportsIndex, TypeVar, final

from disruptor._arguments import at_most, sequence_number
from disruptor._batch import Batch
from disruptor._errors import DisruptorClosed, InvalidType, SubscriberBusy, WaitTimeout
from disruptor._in_hand import InHand
from disruptor._once import Once
from disruptor._override import override
from disruptor._sequence import Sequence
from disruptor._subscriber import Subscriber
from disruptor._turn import Turn
from disruptor.aio._waiting import PASSED, checkpoint, handed_over, news_of, require_watchable

E = TypeVar("E")
T = TypeVar("T")


@final
class AsyncSubscriber(Once, Generic[E]):
    """A subscriber that is read in an event loop: `async for event in ...`, `.batches()`, `async with ....read()`.

    `Disruptor.subscribe_async` returns one; of another `subscriber`, `AsyncSubscriber(subscriber)` makes one.
    Time-outs are those of `asyncio.timeout`. Whatever breaks a wait off moves no position; it may be made again.
    As an `async with` block, it removes the subscriber at the end. One that `subscribe_async` has made also removes it when
    nobody has it any more, nor a loop over it, nor somebody who is after it: it would hold producers back for ever.
    """

    __slots__ = ("__weakref__", "_own", "subscriber")

    def __init__(self, subscriber: Subscriber[E]) -> None:
        self._own = False
        if not isinstance(subscriber, Subscriber):
            raise InvalidType(f"a Subscriber is needed, not {subscriber!r}")
        require_watchable(subscriber._sequencer)
        self.subscriber: Subscriber[E] = subscriber
        """The subscriber itself: to look at, to be `after`, to be read in a thread."""

    @classmethod
    def _owning(cls, subscriber: Subscriber[E]) -> "AsyncSubscriber[E]":
        mine = cls(subscriber)
        mine._own = True
        return mine

    @property
    def name(self) -> str:
        """The name of the subscriber."""
        return self.subscriber.name

    @property
    def sequence(self) -> Sequence:
        """The highest sequence that it has processed; -1 for none. Never waits."""
        return self.subscriber.sequence

    @property
    def lag(self) -> int:
        """How many published events it has yet to process. Never waits."""
        return self.subscriber.lag

    @property
    def closed(self) -> bool:
        """Whether it was removed from its ring."""
        return self.subscriber.closed

    async def wait_for(self, sequence: SupportsIndex) -> Sequence:
        """Wait until `sequence` may be read; return the highest that may. As `Subscriber.wait_for`."""
        wanted = sequence_number("sequence", sequence)
        return await when_readable(
            self.subscriber, lambda: wanted, partial(self.subscriber._barrier.wait_for, wanted, PASSED)
        )

    def read(self, max_events: SupportsIndex | None = None) -> "AsyncReading[E]":
        """Return an asynchronous context manager over the next batch; as `Subscriber.read`."""
        return AsyncReading(self, at_most("max_events", max_events, self.subscriber._sequencer.capacity))

    def __aiter__(self) -> "AsyncEvents[E]":
        """Iterate over the events; as over a `Subscriber`: one is processed when the next is asked for."""
        return AsyncEvents(self, self.subscriber._sequencer.capacity)

    def batches(self, max_events: SupportsIndex | None = None) -> "AsyncBatches[E]":
        """Iterate over batches, each of `max_events` at most; as `Subscriber.batches`."""
        return AsyncBatches(self, at_most("max_events", max_events, self.subscriber._sequencer.capacity))

    def close(self) -> None:
        """Remove the subscriber from its ring; see `Disruptor.remove_subscriber`."""
        self.subscriber.close()

    async def aclose(self) -> None:
        """Do as `close`."""
        self.close()

    async def __aenter__(self) -> "AsyncSubscriber[E]":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_own", False) and not self.closed:
            subscriber = self.subscriber
            forsake = partial(subscriber._home._forsake, subscriber)
            handed_over(subscriber._sequencer, subscriber._runtime, forsake)

    @override
    def __repr__(self) -> str:
        return f"<AsyncSubscriber of {self.subscriber!r}>"


class _Loop(Once, Generic[E]):
    """What loops over events and over batches have in common: the turn, and the batch in hand."""

    __slots__ = ("__weakref__", "_batch", "_feed", "_most", "_turn", "_waits")

    def __init__(self, feed: AsyncSubscriber[E], most: int) -> None:
        self._turn: Turn | None = None
        self._waits = False
        self._feed = feed
        self._most = most
        self._batch: Batch[E] | None = None

    async def aclose(self) -> None:
        """End the loop: what is in hand is not marked, it comes again."""
        if self._waits:
            raise SubscriberBusy(f"a loop over {self._feed.name!r} is waiting for its next, and cannot be closed")
        self._end()

    def _begin(self) -> None:
        if self._waits:
            raise SubscriberBusy(f"a loop over {self._feed.name!r} is waiting for its next already")
        if self._turn is None:
            self._turn = self._feed.subscriber._begin()

    def _end(self) -> None:
        self._batch = None
        if self._turn is not None:
            self._turn.give()
            self._turn = None

    async def _following(self) -> Batch[E]:
        """Wait for the next batch, and have it in hand; `StopAsyncIteration` at the end of all."""
        subscriber = self._feed.subscriber
        self._waits = True
        try:
            batch = await when_readable(
                subscriber,
                lambda: subscriber._gate.position.value + 1,
                partial(subscriber._next_or_end, self._most, PASSED),
            )
        finally:
            self._waits = False
        if batch is None:
            raise StopAsyncIteration
        self._batch = batch
        return batch

    async def _after(self) -> None:
        """Let the others have their turn (Rule 4)."""
        self._waits = True
        try:
            await checkpoint()
        finally:
            self._waits = False


@final
class AsyncBatches(_Loop[E], AsyncIterator[Batch[E]]):
    """A loop over batches; what `AsyncSubscriber.batches` returns."""

    __slots__ = ()

    @override
    async def __anext__(self) -> Batch[E]:
        self._begin()
        try:
            if self._batch is not None:
                done, self._batch = self._batch, None
                self._feed.subscriber._move(done.end)
                self._feed.subscriber._sign()
                del done  # Rule 5
                await self._after()
            return await self._following()
        except BaseException:
            self._end()
            raise


@final
class AsyncEvents(_Loop[E], AsyncIterator[E]):
    """A loop over events; what `async for` makes of an `AsyncSubscriber`."""

    __slots__ = ("_at",)

    _at: int

    @override
    async def __anext__(self) -> E:
        self._begin()
        try:
            batch = self._batch
            if batch is not None and self._marked(batch):
                return batch[self._at]
            if batch is not None:
                self._batch = batch = None  # Rule 5
                await self._after()
            self._at = 0
            return (await self._following())[0]
        except BaseException:
            self._end()
            raise

    def _marked(self, batch: Batch[E]) -> bool:
        """Mark the event in hand; tell whether there is another one in the batch."""
        subscriber, sequence = self._feed.subscriber, batch.sequences[self._at]
        subscriber._move(sequence)
        subscriber._sign()
        subscriber._barrier.confirm()
        self._at += 1
        if subscriber._gate.position.value > sequence:
            return False  # the loop's body has marked more: what it has marked is not handed out
        if self._at == len(batch):
            subscriber._move(batch.end)
        return self._at < len(batch)


@final
class AsyncReading(Once, InHand[E]):
    """The asynchronous context manager that `AsyncSubscriber.read` returns; entering it waits, and gives the `Batch`."""

    __slots__ = ("_feed", "_most")

    def __init__(self, feed: AsyncSubscriber[E], most: int) -> None:
        self._feed = feed
        self._most = most
        super().__init__()

    async def __aenter__(self) -> Batch[E]:
        subscriber = self._feed.subscriber
        turn = subscriber._begin()
        try:
            batch = await when_readable(
                subscriber,
                lambda: subscriber._gate.position.value + 1,
                partial(subscriber._next, self._most, PASSED),
            )
            return self._hold(turn, batch)
        except BaseException:
            turn.give()
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._let_go(self._feed.subscriber, processed=kind is None)


async def when_readable(subscriber: Subscriber[E], first: Callable[[], int], attempt: Callable[[], T]) -> T:
    """Make an attempt that is given no time, again and again, until it is not too early; `first()` is what it needs."""
    while True:
        with suppress(WaitTimeout):
            return attempt()
        sequencer = subscriber._sequencer
        with suppress(DisruptorClosed):  # the attempt knows what that means
            await news_of(sequencer, subscriber._runtime, sequencer.news, partial(subscriber._barrier.watch, first()))
