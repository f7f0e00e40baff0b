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
from disruptor.handlers._consumers import Consumers, Executor, Threads
from disruptor.handlers._handler import Handler, hooks, name_of
from disruptor.handlers._processor import BatchEventProcessor, Manner
from disruptor.on_error import Policy, stop

E = TypeVar("E")


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

    def handle_events_with(self, *handlers: Handler[E], **options: Unpack[HandlerOptions]) -> "EventHandlerGroup[E]":
        """Register handlers, each of which will get every event, in a thread of its own; return them as a group.

        A handler is a function `(event, sequence, end_of_batch)`, or an `EventHandler` or a `BatchHandler`. It runs from
        `start` on; if the ring was started, at once. For `options` see `HandlerOptions`. (LMAX: `handleEventsWith`.)
        """
        return self._handle((), handlers, options)

    def after(self, *handlers: "Handler[E] | Subscriber[E] | EventHandlerGroup[E]") -> "EventHandlerGroup[E]":
        """Return a group of handlers, subscribers or groups that there are, to go on from with `then`.

        Handlers are found by identity. Raises `InvalidValue` for one that is none of this ring's. (LMAX: `after`.)
        """
        if not handlers:
            raise InvalidValue("at least one handler, subscriber or group is needed to be after")
        found: dict[Subscriber[E], None] = {}
        for handler in handlers:
            if isinstance(handler, EventHandlerGroup):
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
        self, upstreams: tuple[Subscriber[E], ...], handlers: tuple[Handler[E], ...], options: HandlerOptions
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
        methods = [hooks(handler) for handler in handlers]
        processors: list[BatchEventProcessor[E]] = []
        try:
            for handler, called in zip(handlers, methods, strict=True):
                subscriber = self._join(handler, upstreams, options)
                processors.append(BatchEventProcessor(handler, called, manner, subscriber, self._runtime))
            self._consumers.add(processors)
        except BaseException:
            for processor in processors:
                processor.subscriber.close()  # all or none
            raise
        return EventHandlerGroup(self, tuple(processor.subscriber for processor in processors))

    def _join(
        self, handler: Handler[E], upstreams: tuple[Subscriber[E], ...], options: HandlerOptions
    ) -> Subscriber[E]:
        start = options.get("start", Start.EARLIEST)
        if "name" in options:
            return self.register_subscriber(start=start, after=upstreams, name=options["name"])
        own = name_of(handler)
        while True:
            taken = {subscriber.name for subscriber in self.subscribers}
            name = own if own not in taken else next(n for k in count(2) if (n := f"{own}-{k}") not in taken)
            try:
                return self.register_subscriber(start=start, after=upstreams, name=name)
            except InvalidValue:
                if name not in {subscriber.name for subscriber in self.subscribers}:
                    raise
                # Somebody else was quicker to take that name.


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
        self.subscribers: tuple[Subscriber[E], ...] = subscribers
        """The subscribers through which they read: to look at, to remove, to be `after`."""

    def then(self, *handlers: Handler[E], **options: Unpack[HandlerOptions]) -> "EventHandlerGroup[E]":
        """Register handlers that get an event when all of this group are done with it; return these as a group.

        As `Disruptor.handle_events_with`. (LMAX: `then`.)
        """
        return self._ring._handle(self.subscribers, handlers, options)

    def and_(self, *others: "EventHandlerGroup[E]") -> "EventHandlerGroup[E]":
        """Return this group and others as one: so branches join again. (LMAX: `and`.)"""
        return self._ring.after(self, *others)

    @override
    def __repr__(self) -> str:
        return f"<EventHandlerGroup {', '.join(repr(subscriber.name) for subscriber in self.subscribers)}>"


def _same(one: object, other: object) -> bool:
    """Tell whether two handlers are the same: methods are made anew whenever one asks for them."""
    return one is other or (isinstance(one, MethodType) and isinstance(other, MethodType) and one == other)
