"""Handlers: who is called with events, in which order, and from when to when.

Rule 1: a handler is a subscriber with a thread of its own: it holds producers back from the moment it is registered, whether
        or not it was started, so what is published before the start is delivered.
Rule 2: `then` means: after all of the group. A handler that fails or is slow holds back who comes after it, and producers,
        and nobody else.
"""

from itertools import count
from types import MethodType
from typing import Generic, Literal, SupportsIndex, TypedDict, TypeVar, Unpack, final

from disruptor._arguments import integer_between
from disruptor._deadline import check_timeout
from disruptor._errors import InvalidType, InvalidValue
from disruptor._looking import Looking
from disruptor._override import override
from disruptor._start import Start
from disruptor._subscriber import Subscriber
from disruptor._sync import deadline_of
from disruptor.handlers._batched import Batched, inner
from disruptor.handlers._consumers import Consumers, Executor, Threads
from disruptor.handlers._handler import EventHandler, Handler, HandlerFunction, hooks, name_of
from disruptor.handlers._pool import Pool
from disruptor.handlers._processor import BatchEventProcessor, Manner
from disruptor.handlers._worker import PoolOptions, WorkProcessor, checked, event_function
from disruptor.on_error import Policy, stop

E = TypeVar("E")

Worker = HandlerFunction[E] | EventHandler[E]
"""What can be a worker of a pool."""


class HandlerOptions(TypedDict, total=False):
    """How handlers are to be called."""

    name: str
    """Of the subscriber and of the thread; for one handler only. Otherwise it is that of the function or class."""
    max_batch_size: SupportsIndex
    """Events in a batch, at most, in `1..capacity`; the capacity, if not given."""
    progress: Literal["batch", "event"]
    """Whether what a handler has done is marked batch by batch (the default) or event by event: then producers and those who
    come after never wait for the rest of a batch, and each event costs a wake-up of theirs."""
    on_error: Policy
    """What is done when the handler raises: see `disruptor.on_error`; `stop`, if not given."""
    timeout: float
    """Seconds without an event after which `on_timeout` is called, again and again; never, if not given."""
    start: "Start | SupportsIndex"
    """The first event that it is given: as in `register_subscriber`."""


class Handling(Looking[E], Generic[E]):
    """The handlers of a ring; a part of `Disruptor`."""

    __slots__ = ("_consumers",)

    _consumers: Consumers[E]

    def handle_events_with(
        self, *handlers: Handler[E] | Batched[E], **options: Unpack[HandlerOptions]
    ) -> "EventHandlerGroup[E]":
        """Register handlers, each of which will get every event, in a thread of its own; return them as a group.

        A handler is a function `(event, sequence, end_of_batch)`, or an `EventHandler` or a `BatchHandler`. It runs from
        `start` on; if the ring was started, at once. For `options` see `HandlerOptions`. (LMAX: `handleEventsWith`.)
        """
        return self._handle((), handlers, options)

    def handle_events_with_pool(self, *workers: Worker[E], **options: Unpack[PoolOptions[E]]) -> "WorkerPool[E]":
        """Register a pool: each event goes to exactly one of its workers, each of which has a thread of its own.

        To the others the pool is one subscriber, whose position is the highest sequence up to which all is done. A worker is
        a function `(event, sequence, end_of_batch)`, or has `on_event`. For `options` see `PoolOptions`. (LMAX 3:
        `handleEventsWithWorkerPool`.)
        """
        return self._pool((), workers, options)

    def after(
        self, *handlers: "Handler[E] | Batched[E] | Subscriber[E] | EventHandlerGroup[E] | WorkerPool[E]"
    ) -> "EventHandlerGroup[E]":
        """Return a group of handlers, subscribers, groups or pools that there are, to go on from with `then`.

        Handlers are found by identity. Raises `InvalidValue` for one that is none of this ring's. (LMAX: `after`.)
        """
        found: dict[Subscriber[E], None] = {}
        for handler in handlers:
            if isinstance(handler, (EventHandlerGroup, WorkerPool)):
                mine = list(handler.subscribers)
            elif isinstance(handler, Subscriber):
                mine = [handler]
            else:
                mine = [one.subscriber for one in self._consumers.processors() if _same(one.handler, handler)]
            if not mine:
                raise InvalidValue(f"{handler!r} is no handler of {self!r}")
            for subscriber in mine:
                self._require_mine(subscriber)
                found[subscriber] = None
        return EventHandlerGroup(self, tuple(found))

    def start(self, *, daemon: bool = False, executor: Executor | None = None, timeout: float | None = None) -> None:
        """Start the handlers that do not run, each in a thread of its own; open the ring if it was halted or is broken.

        Everybody goes on where it stopped: what was published and not yet processed comes again. A ring that was closed, and
        nothing else, stays closed. Whoever has yet to end because of a halt or a failure is waited for, `timeout` seconds at
        most (`WaitTimeout`). `daemon`: threads that do not keep the interpreter from ending. `executor` is called with a
        function for each handler, to run it in a thread that is free; a handler whose turn never comes holds up the ring.
        Starting twice is fine. Raises `SelfDeadlock` in a handler of a ring that was halted or is broken.
        """
        if executor is not None and not callable(executor):
            raise InvalidType(f"executor must be callable, not {executor!r}; of a pool, its submit")
        self._consumers.start(Threads(daemon, executor), deadline_of(self._runtime, timeout))

    def _handle(
        self,
        upstreams: tuple[Subscriber[E], ...],
        handlers: tuple[Handler[E] | Batched[E], ...],
        options: HandlerOptions,
    ) -> "EventHandlerGroup[E]":
        if not handlers:
            raise InvalidValue("at least one handler is needed")
        unknown = options.keys() - HandlerOptions.__optional_keys__
        if unknown:
            raise InvalidType(f"there are no options {', '.join(map(repr, sorted(unknown)))} of a handler")
        if "name" in options and len(handlers) > 1:
            raise InvalidValue(f"one name is for one handler, not {len(handlers)}")
        progress = options.get("progress", "batch")
        if progress not in ("batch", "event"):
            raise InvalidValue(f"progress must be 'batch' or 'event', not {progress!r}")
        policy = options.get("on_error", stop)
        if not callable(policy):
            raise InvalidType(f"on_error must be callable, not {policy!r}; see disruptor.on_error")
        timeout = check_timeout(options.get("timeout"))
        most = integer_between("max_batch_size", options.get("max_batch_size", self.capacity), 1, self.capacity)
        manner = Manner(most, progress == "event", policy, timeout)
        methods = [hooks(inner(handler)) for handler in handlers]
        manners = [one.manner(manner, self.capacity) if isinstance(one, Batched) else manner for one in handlers]
        processors: list[BatchEventProcessor[E]] = []
        try:
            for handler, called, mine in zip(handlers, methods, manners, strict=True):
                subscriber = self._join(inner(handler), upstreams, options)
                processors.append(BatchEventProcessor(handler, called, mine, subscriber, self._runtime))
        except BaseException:
            for processor in processors:
                processor.subscriber.close()  # all or none
            raise
        self._consumers.add(processors)
        return EventHandlerGroup(self, tuple(processor.subscriber for processor in processors))

    def _pool(
        self, upstreams: tuple[Subscriber[E], ...], workers: tuple[Worker[E], ...], options: PoolOptions[E]
    ) -> "WorkerPool[E]":
        if not workers:
            raise InvalidValue("at least one worker is needed")
        key, manner = checked(options)
        joining: HandlerOptions = {"start": options.get("start", Start.EARLIEST)}
        if "name" in options:
            joining["name"] = options["name"]
        for worker in workers:
            event_function(worker, hooks(worker))
        pool = WorkerPool(self, Pool(self._join(workers[0], upstreams, joining), key, self._runtime), manner)
        pool.add(*workers)
        return pool

    def _join(
        self, handler: Handler[E], upstreams: tuple[Subscriber[E], ...], options: HandlerOptions
    ) -> Subscriber[E]:
        start = options.get("start", Start.EARLIEST)
        if "name" in options:
            return self.register_subscriber(start=start, after=upstreams, name=options["name"])
        own = name_of(handler)
        taken = {subscriber.name for subscriber in self.subscribers}
        name = own if own not in taken else next(n for k in count(2) if (n := f"{own}-{k}") not in taken)
        return self.register_subscriber(start=start, after=upstreams, name=name)


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

    def __init__(self, ring: Handling[E], subscribers: tuple[Subscriber[E], ...]) -> None:
        self._ring = ring
        self.subscribers = subscribers
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

    def __init__(self, ring: Handling[E], pool: Pool[E], manner: Manner) -> None:
        self._ring = ring
        self._pool = pool
        self._manner = manner
        self._count = count(1)
        self.subscribers = (pool.subscriber,)
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
        name, runtime = self._pool.subscriber.name, self._ring._runtime
        added = [
            WorkProcessor(worker, hooks(worker), manner, self._pool, f"{name}-{next(self._count)}", runtime)
            for worker in workers
        ]
        self._pool.add(added)
        self._ring._consumers.add(added)
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


def _same(one: object, other: object) -> bool:
    """Tell whether two handlers are the same: methods are made anew whenever one asks for them."""
    return one is other or (isinstance(one, MethodType) and isinstance(other, MethodType) and one == other)
