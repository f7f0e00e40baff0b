"""Handlers: who is called with events, in which order, and from when to when.

Rule 1: a handler is a subscriber with a thread of its own: it holds producers back from the moment it is registered, whether
        or not it was started, so what is published before the start is delivered.
Rule 2: `then` means: after all of the group. A handler that fails or is slow holds back who comes after it, and producers,
        and nobody else.
"""

from itertools import count
from types import MethodType
from typing import Generic, TypeVar, Unpack

from disruptor._arguments import integer_between
from disruptor._deadline import check_timeout
from disruptor._errors import InvalidType, InvalidValue
from disruptor._looking import Looking
from disruptor._sequencer import HALTED, OPEN
from disruptor._start import Start
from disruptor._subscriber import Subscriber
from disruptor._sync import deadline_of
from disruptor.handlers._batched import Batched, inner
from disruptor.handlers._consumers import Consumers, Executor, Threads
from disruptor.handlers._groups import EventHandlerGroup, WorkerPool
from disruptor.handlers._handler import Handler, HandlerOptions, Manner, Worker, hooks, name_of, numbered
from disruptor.handlers._pool import Pool
from disruptor.handlers._processor import BatchEventProcessor
from disruptor.handlers._worker import PoolOptions, checked, event_function
from disruptor.on_error import stop
from disruptor.stats import RingStats, SubscriberStats

E = TypeVar("E")


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
        if not handlers:
            raise InvalidValue("at least one handler, subscriber or group is needed to be after")
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

    def stats(self) -> RingStats:
        """Return figures of this ring, its subscribers and its handlers; never waits.

        Of a ring between processes, waits and handlers are those of this process: see `disruptor.stats`.
        """
        sequencer = self._sequencer
        voids, published = sequencer.voided.value, sequencer.published.value + 1
        claimed, phase = sequencer.claimed.value + 1, sequencer.phase.value
        broken = any(gate.failed.value for gate in sequencer.gates)
        return RingStats(
            self.capacity,
            "broken" if broken else "open" if phase == OPEN else "halted" if phase == HALTED else "closed",
            claimed,
            published,
            voids,
            self.remaining_capacity,
            sequencer.patience.stats(),
            tuple(map(_figures, self.subscribers)),
            self._consumers.stats(),
        )

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
            self._consumers.add(processors)
        except BaseException:
            for processor in processors:
                processor.subscriber.close()  # all or none
            raise
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
        if "wait" in options:
            joining["wait"] = options["wait"]
        for worker in workers:
            event_function(worker, hooks(worker))
        pool = WorkerPool(self, Pool(self._join(workers[0], upstreams, joining), key, self._runtime), manner)
        try:
            pool.add(*workers)
        except BaseException:
            pool.subscribers[0].close()  # all or none
            raise
        return pool

    def _join(
        self, handler: Handler[E], upstreams: tuple[Subscriber[E], ...], options: HandlerOptions
    ) -> Subscriber[E]:
        start, wait = options.get("start", Start.EARLIEST), options.get("wait")
        if "name" in options:
            if options["name"] in self._consumers.names():  # of a worker, perhaps, which is no subscriber
                raise InvalidValue(f"a handler named {options['name']!r} is already registered")
            return self.register_subscriber(start=start, after=upstreams, name=options["name"], wait=wait)
        own = name_of(handler)
        while True:
            taken = {*(subscriber.name for subscriber in self.subscribers), *self._consumers.names()}
            name = None if own is None else next(n for k in count(1) if (n := numbered(own, k)) not in taken)
            try:
                return self.register_subscriber(start=start, after=upstreams, name=name, wait=wait)
            except InvalidValue:
                if name not in {subscriber.name for subscriber in self.subscribers}:
                    raise
                # Somebody else was quicker to take that name.


def _figures(subscriber: Subscriber[E]) -> SubscriberStats:
    gate, waits = subscriber._gate, subscriber._barrier.patience.stats()
    return SubscriberStats(subscriber.name, subscriber.sequence, subscriber.lag, bool(gate.failed.value), waits)


def _same(one: object, other: object) -> bool:
    """Tell whether two handlers are the same: methods are made anew whenever one asks for them."""
    return one is other or (isinstance(one, MethodType) and isinstance(other, MethodType) and one == other)
