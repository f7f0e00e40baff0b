"""Publishing in an event loop: the producers' calls, with `await` before them.

Rule 1: everything is as in `_publishing.py`, whose methods do the work: each is tried without time, and where there is no
        room, this waits for some and tries again. A call that fails, or is cancelled, has published and held nothing.
Rule 2: whoever publishes much and never has to wait lets the others of the loop have their turn now and then.
"""

from collections.abc import Callable, Collection
from functools import partial
from types import TracebackType
from typing import Final, Generic, SupportsIndex, TypeVar, final

from disruptor._arguments import integer_between
from disruptor._claim import Claim
from disruptor._errors import InsufficientCapacity, InvalidType, InvalidValue
from disruptor._once import Once
from disruptor._publishing import Publishing
from disruptor._sequence import Sequence
from disruptor.aio._waiting import PASSED, checkpoint, news_of, require_watchable

E = TypeVar("E")
T = TypeVar("T")

TURN: Final = 8
"""Each 2 to the power of this many sequences, whoever claims them lets the others of the loop go first."""


@final
class AsyncPublisher(Generic[E]):
    """A ring that is published to in an event loop; the `..._async` methods of the ring are these.

    Where there is no room they wait for some, as long as `asyncio.timeout` allows. A call that raises has published nothing.
    """

    __slots__ = ("_ring",)

    def __init__(self, ring: Publishing[E]) -> None:
        if not isinstance(ring, Publishing):
            raise InvalidType(f"a Disruptor is needed, not {ring!r}")
        require_watchable(ring._sequencer)
        self._ring = ring

    async def publish(self, event: E) -> Sequence:
        """Publish one event by value; return its sequence. As `Disruptor.publish`."""
        return await self._when_there_is_room(1, partial(self._ring.publish, event, timeout=PASSED))

    async def publish_many(self, events: Collection[E]) -> range:
        """Publish several events by value, all or nothing, visible all at once. As `Disruptor.publish_many`."""
        if self._ring._slots.in_place:
            self._ring._refuse("publish_many", "claim")
        batch = self._ring._listed(events)
        return await self._when_there_is_room(len(batch), partial(self._ring.publish_many, batch, timeout=PASSED))

    async def publish_event(self, translate: Callable[[E, Sequence], object]) -> Sequence:
        """Fill one event in place by `translate(event, sequence)`, a plain function. As `Disruptor.publish_event`."""
        self._ring._require_translator(translate)
        return self._ring._filled(await self._claimed(1), translate)

    def claim(self, n: SupportsIndex = 1) -> "AsyncClaiming[E]":
        """Return an asynchronous context manager that takes `n` sequences; leaving it publishes. As `Disruptor.claim`."""
        return AsyncClaiming(self, integer_between("n", n, 1, self._ring._sequencer.capacity))

    async def _claimed(self, n: int) -> Claim[E]:
        return await self._when_there_is_room(n, partial(self._ring.claim, n, timeout=PASSED))

    async def _when_there_is_room(self, n: int, attempt: Callable[[], T]) -> T:
        sequencer = self._ring._sequencer
        claimed = sequencer.claimed.value
        if claimed >> TURN != (claimed + n) >> TURN:
            await checkpoint()

        def watch(wake: Callable[[], object]) -> bool:
            with sequencer.lock:
                return sequencer.room.watch(partial(sequencer._has_room, n), wake)

        while True:
            try:
                return attempt()
            except InsufficientCapacity as error:
                if error._of_user:
                    raise
            # outside of this block: what is raised here has nothing to do with it
            await news_of(sequencer, self._ring._runtime, sequencer.room, watch)


@final
class AsyncClaiming(Once, Generic[E]):
    """The asynchronous context manager that `AsyncPublisher.claim` returns; entering it waits, and gives the `Claim`.

    It has one claim at a time: entering it again before its block has ended is an `InvalidValue`.
    """

    __slots__ = ("_claim", "_entered", "_n", "_publisher")

    def __init__(self, publisher: AsyncPublisher[E], n: int) -> None:
        self._publisher = publisher
        self._n = n
        self._claim: Claim[E] | None = None
        self._entered = False

    async def __aenter__(self) -> Claim[E]:
        if self._entered:  # tasks that share it end their blocks in any order: whose claim that is would be a guess
            raise InvalidValue(
                f"a claim_async({self._n}) is entered already: it has one claim at a time; call claim_async for another"
            )
        self._entered = True
        try:
            claim = await self._publisher._claimed(self._n)
            self._claim = claim.__enter__()
        except BaseException:
            self._entered = False
            raise
        return claim

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        claim, self._claim = self._claim, None
        if claim is not None:
            self._entered = False
            claim.__exit__(kind, error, traceback)
