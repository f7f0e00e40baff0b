"""What there is to go on from when handlers are registered: groups of them, and pools of workers.

Rule 1: what comes after a group comes after all of it; what comes after a pool, after all that the pool has done in order.
"""

from itertools import count
from typing import Generic, Protocol, TypeVar, Unpack, final

from disruptor._errors import InvalidType
from disruptor._override import override
from disruptor._subscriber import Subscriber
from disruptor._sync import Runtime
from disruptor.handlers._batched import Batched
from disruptor.handlers._consumers import Consumers
from disruptor.handlers._handler import Handler, HandlerOptions, Manner, Worker, hooks
from disruptor.handlers._pool import Pool
from disruptor.handlers._worker import PoolOptions, WorkProcessor
from disruptor.on_error import Policy

E = TypeVar("E")


class Graph(Protocol[E]):
    """What of a ring is needed here."""

    _consumers: Consumers[E]
    _runtime: Runtime

    def after(
        self, *handlers: "Handler[E] | Batched[E] | Subscriber[E] | EventHandlerGroup[E] | WorkerPool[E]"
    ) -> "EventHandlerGroup[E]":
        """Return a group of what there is."""

    def _handle(
        self,
        upstreams: tuple[Subscriber[E], ...],
        handlers: tuple[Handler[E] | Batched[E], ...],
        options: HandlerOptions,
    ) -> "EventHandlerGroup[E]": ...

    def _pool(
        self, upstreams: tuple[Subscriber[E], ...], workers: tuple[Worker[E], ...], options: PoolOptions[E]
    ) -> "WorkerPool[E]": ...


@final
class EventHandlerGroup(Generic[E]):
    """Some handlers of one ring, to say what comes after all of them. (LMAX: `EventHandlerGroup`.)

    >>> from disruptor import Disruptor
    >>> seen: list[str] = []
    >>> ring: Disruptor[str] = Disruptor(8)
    >>> first = ring.handle_events_with(lambda event, sequence, end: seen.append(event), name="first")
    >>> last = first.then(lambda event, sequence, end: seen.append(event.upper()), name="last")
    >>> with ring:
    ...     ring.publish("a")
    0
    >>> seen, last
    (['a', 'A'], <EventHandlerGroup 'last'>)
    """

    __slots__ = ("_ring", "subscribers")

    def __init__(self, ring: Graph[E], subscribers: tuple[Subscriber[E], ...]) -> None:
        self._ring = ring
        self.subscribers: tuple[Subscriber[E], ...] = subscribers
        """The subscribers through which they read: to look at, to remove, to be `after`."""

    def then(self, *handlers: Handler[E] | Batched[E], **options: Unpack[HandlerOptions]) -> "EventHandlerGroup[E]":
        """Register handlers that get an event when all of this group are done with it; return these as a group.

        As `Disruptor.handle_events_with`. (LMAX: `then`.)
        """
        return self._ring._handle(self.subscribers, handlers, options)

    def then_pool(self, *workers: Worker[E], **options: Unpack[PoolOptions[E]]) -> "WorkerPool[E]":
        """Register a pool that gets an event when all of this group are done with it: as `handle_events_with_pool`."""
        return self._ring._pool(self.subscribers, workers, options)

    def and_(self, *others: "EventHandlerGroup[E] | WorkerPool[E]") -> "EventHandlerGroup[E]":
        """Return this group and others as one: so branches join again. (LMAX: `and`.)"""
        return self._ring.after(self, *others)

    @override
    def __repr__(self) -> str:
        return f"<EventHandlerGroup {', '.join(repr(subscriber.name) for subscriber in self.subscribers)}>"


@final
class WorkerPool(Generic[E]):
    """Some workers, each event to one of them; workers come and go at any moment.

    >>> from disruptor import Disruptor
    >>> seen: list[str] = []
    >>> def work(event: str, sequence: int, end_of_batch: bool) -> None:
    ...     seen.append(event)
    >>> ring: Disruptor[str] = Disruptor(8)
    >>> pool = ring.handle_events_with_pool(work, work)
    >>> with ring:
    ...     ring.publish_many(["a", "b", "c"])
    range(0, 3)
    >>> sorted(seen), pool
    (['a', 'b', 'c'], <WorkerPool 'work' of 2>)
    """

    __slots__ = ("_count", "_manner", "_pool", "_ring", "subscribers")

    def __init__(self, ring: Graph[E], pool: Pool[E], manner: Manner) -> None:
        self._ring = ring
        self._pool = pool
        self._manner = manner
        self._count = count(1)
        self.subscribers: tuple[Subscriber[E], ...] = (pool.subscriber,)
        """The one subscriber through which all workers read: to look at, to remove with the whole pool, to be `after`."""

    @property
    def workers(self) -> tuple[str, ...]:
        """The names of the workers."""
        return tuple(worker.name for worker in self._pool.workers)

    def add(self, *workers: Worker[E], on_error: Policy | None = None) -> tuple[str, ...]:
        """Add workers, and return their names; if the ring was started, they begin at once.

        `on_error` is their policy, if not the pool's. Raises `SubscriberClosed` if the pool was removed.
        """
        self._pool.subscriber._barrier.registered()
        if on_error is not None and not callable(on_error):
            raise InvalidType(f"on_error must be callable, not {on_error!r}; see disruptor.on_error")
        manner = self._manner if on_error is None else self._manner._replace(policy=on_error)
        runtime, taken = self._ring._runtime, self._ring._consumers.names()
        names = (n for k in self._count if (n := f"{self._pool.subscriber.name}-{k}") not in taken)
        added = [WorkProcessor(worker, hooks(worker), manner, self._pool, next(names), runtime) for worker in workers]
        try:
            self._ring._consumers.add(added)
            self._pool.add(added)  # now: nobody is removed for the sake of one that does not begin
        except BaseException:
            self._pool.dismiss(added)  # all or none
            raise
        return tuple(worker.name for worker in added)

    def remove(self, name: str) -> None:
        """Let a worker take nothing more: it ends after the event that it may have in hand.

        Returns at once. Raises `InvalidValue` if there is no such worker, or no other: what is left would reach nobody. The
        whole pool is removed with its subscriber.
        """
        self._pool.remove(name)

    def then(self, *handlers: Handler[E] | Batched[E], **options: Unpack[HandlerOptions]) -> EventHandlerGroup[E]:
        """Register handlers that get an event when it, and all before it, are done here. As `EventHandlerGroup.then`."""
        return self._ring._handle(self.subscribers, handlers, options)

    def then_pool(self, *workers: Worker[E], **options: Unpack[PoolOptions[E]]) -> "WorkerPool[E]":
        """Register a pool that gets an event when it, and all before it, are done here."""
        return self._ring._pool(self.subscribers, workers, options)

    def and_(self, *others: "EventHandlerGroup[E] | WorkerPool[E]") -> EventHandlerGroup[E]:
        """Return this pool and others as one group."""
        return self._ring.after(self, *others)

    @override
    def __repr__(self) -> str:
        return f"<WorkerPool {self._pool.subscriber.name!r} of {len(self.workers)}>"
