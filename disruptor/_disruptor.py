"""The ring as its users see it: wires sequencer, slots, barriers and subscribers together.

Rule 1: arguments are checked, and time-outs turned into deadlines, before the lock is taken.
Rule 2: no code of the user runs under the lock: not the factory, a translator, an iterable, nor a finaliser of a
        replaced event.
Rule 3: what only looks never waits and never changes anything.
"""

from collections.abc import Callable, Collection, Iterable
from types import TracebackType
from typing import Generic, SupportsIndex, TypeVar, final

from disruptor._arguments import integer_between, ring_capacity, sequence_number
from disruptor._barrier import Barrier
from disruptor._claim import Claim
from disruptor._errors import (
    DisruptorClosed,
    InvalidType,
    InvalidValue,
    OutdatedSequence,
    SequenceNotFound,
    SequenceVoid,
    SubscriberClosed,
    Unsupported,
)
from disruptor._override import override
from disruptor._sequence import Sequence, oldest_kept, room
from disruptor._sequencer import CLOSED, HALTED, OPEN, Sequencer
from disruptor._slots import Slots
from disruptor._start import Start
from disruptor._subscriber import Subscriber
from disruptor._sync import THREADS, Runtime, deadline_of

E = TypeVar("E")


@final
class Disruptor(Generic[E]):
    """A multi-producer, multi-subscriber, blocking ring buffer.

    `capacity` is a power of two. Without `event_factory`, slots hold the objects that are published (*by value*);
    with it, `event_factory()` makes one object a slot, which producers change (*in place*).
    `runtime` is the seam for tests: it replaces locks, threads and clock.

    Any number of threads may publish, and each subscriber sees every event, in one order. Producers wait for the
    slowest subscriber. Every call that can wait takes a `timeout` in seconds: `None` or `inf` waits for ever,
    `0` tries once. Raises `InvalidValue` (a `ValueError`) or `InvalidType` (a `TypeError`) for wrong arguments.

    >>> ring: Disruptor[str] = Disruptor(4)
    >>> subscriber = ring.register_subscriber()
    >>> with ring:
    ...     ring.publish("hello")
    ...     ring.publish("world")
    0
    1
    >>> list(subscriber)
    ['hello', 'world']
    >>> ring
    <Disruptor of 4, by value, closed: published 1, claimed 1, 1 subscriber>
    """

    __slots__ = (
        "__weakref__",
        "_barrier",
        "_names",
        "_runtime",
        "_sequencer",
        "_slots",
        "_subscribers",
    )

    def __init__(
        self,
        capacity: SupportsIndex,
        event_factory: Callable[[], E] | None = None,
        *,
        multiproc: bool = False,
        runtime: Runtime = THREADS,
    ) -> None:
        size = ring_capacity(capacity)
        if event_factory is not None and not callable(event_factory):
            raise InvalidType(f"event_factory must be callable, not {event_factory!r}")
        if multiproc:
            raise Unsupported("multiproc=True is not available in this version; rings between threads are")
        self._runtime = runtime
        self._sequencer = Sequencer(size, runtime)
        self._slots: Slots[E] = Slots(size, event_factory, runtime)
        self._barrier = Barrier(self._sequencer, runtime.cell(1))
        # Both are written under the lock. The tuple is replaced as a whole, so looking at it needs no lock.
        self._subscribers: tuple[Subscriber[E], ...] = ()
        self._names = 0

    # --- publishing ----------------------------------------------------------------------------------------

    def publish(self, event: E, *, timeout: float | None = None) -> Sequence:
        """Publish one event by value; return its sequence.

        Waits up to `timeout` seconds for room. Raises `InsufficientCapacity`, `DisruptorClosed`, `SelfDeadlock`;
        then nothing was published. (LMAX: `RingBuffer.publishEvent`.)
        """
        slots, sequencer = self._slots, self._sequencer
        if slots.in_place:
            self._refuse("publish", "publish_event or claim")
        deadline = None if timeout is None else deadline_of(self._runtime, timeout)
        with sequencer.lock:
            try:
                sequence = sequencer.take(1, deadline)
                replaced = slots.put(sequence, event)
                sequencer.publish(sequence, 1)
            except BaseException:
                sequencer.recover()
                raise
        del replaced  # Rule 2
        return sequence

    def publish_many(self, events: Collection[E], *, timeout: float | None = None) -> range:
        """Publish several events by value, all or nothing, visible all at once; return their sequences.

        `events` is any sized iterable of at most `capacity` events; none at all publishes nothing and returns an
        empty range. Otherwise as `publish`. This is the fast path: events are copied by slices.
        """
        slots, sequencer = self._slots, self._sequencer
        if slots.in_place:
            self._refuse("publish_many", "claim")
        if not hasattr(events, "__len__"):
            raise InvalidType(f"publish_many needs a sized iterable, not {events!r}; wrap it in a list")
        batch = list(events)
        n = len(batch)
        if n > sequencer.capacity:
            raise InvalidValue(f"publish_many takes at most {sequencer.capacity} events (the capacity), not {n}")
        deadline = deadline_of(self._runtime, timeout)
        if not n:
            return range(0)
        with sequencer.lock:
            try:
                first = sequencer.take(n, deadline)
                replaced = slots.put_many(first, batch)
                sequencer.publish(first, n)
            except BaseException:
                sequencer.recover()
                raise
        del replaced  # Rule 2
        return range(first, first + n)

    def publish_event(self, translate: Callable[[E, Sequence], object], *, timeout: float | None = None) -> Sequence:
        """Fill one event in place by `translate(event, sequence)`, publish it, and return its sequence.

        If `translate` raises, the sequence becomes void, the exception reaches the caller, and nobody is ever shown
        the half-filled event. Otherwise as `publish`. (LMAX: `EventTranslator`, which publishes what was left.)
        """
        if not self._slots.in_place:
            self._refuse("publish_event", "publish")
        if not callable(translate):
            raise InvalidType(f"translate must be callable, not {translate!r}")
        with self.claim(timeout=timeout) as claim:
            sequence = Sequence(claim.sequences.start)
            translate(claim[0], sequence)
        return sequence

    def claim(self, n: SupportsIndex = 1, *, timeout: float | None = None) -> Claim[E]:
        """Take `n` consecutive sequences and return them as a `Claim`, to be filled and then published.

        Use it in a `with` block: leaving it publishes, leaving it by an exception abandons. `n` is in `1..capacity`.
        Waits as `publish` does; a call that fails has held nothing. (LMAX: `RingBuffer.next(n)` and `publish`.)
        """
        size = integer_between("n", n, 1, self._sequencer.capacity)
        deadline = deadline_of(self._runtime, timeout)
        claim = Claim(size, self._sequencer, self._slots, self._runtime)
        claim._take(deadline)
        return claim

    def _refuse(self, verb: str, instead: str) -> None:
        kind = "in place: its events come from the factory" if self._slots.in_place else "by value"
        raise InvalidType(f"{verb} does not fit a ring {kind}; use {instead}")

    # --- subscribing ---------------------------------------------------------------------------------------

    def register_subscriber(
        self,
        *,
        start: Start | SupportsIndex = Start.EARLIEST,
        after: "Subscriber[E] | Iterable[Subscriber[E]]" = (),
        name: str | None = None,
    ) -> Subscriber[E]:
        """Add a subscriber; from the moment this returns it holds producers back, and gets every event from its start.

        `start`: `Start.EARLIEST`, `Start.LATEST`, or a sequence (`OutdatedSequence` if it is gone).
        `after`: subscribers that must have processed an event before this one reads it. `name`: unique in the ring.
        """
        upstreams = self._upstreams(after)
        if not isinstance(start, Start):
            start = sequence_number("start", start)
        if name is not None and not isinstance(name, str):
            raise InvalidType(f"name must be a str, not {name!r}")
        sequencer = self._sequencer
        with sequencer.lock:
            if sequencer.phase.value == HALTED:
                raise DisruptorClosed("the ring is halted: nobody can join")
            for upstream in upstreams:
                if upstream.closed:
                    raise SubscriberClosed(f"subscriber {upstream.name!r} was removed: nobody can be after it")
            first = self._first(start)
            subscriber = Subscriber(
                sequencer,
                self._slots,
                self._runtime,
                first - 1,
                upstreams,
                self._name(name),
                self.remove_subscriber,
            )
            sequencer.add_gate(subscriber)
            for upstream in upstreams:
                upstream.followers.value += 1
            self._subscribers = (*self._subscribers, subscriber)
        return subscriber

    def remove_subscriber(self, subscriber: Subscriber[E]) -> None:
        """Stop `subscriber` from gating, at once; a call that waits in it raises `SubscriberClosed`.

        Removing one that others are `after`, or one of another ring, is an `InvalidValue`; removing twice does nothing.
        """
        self._require_mine(subscriber)
        with self._sequencer.lock:
            if subscriber.closed:
                return
            behind = [other.name for other in self._subscribers if subscriber in other.after]
            if behind:
                raise InvalidValue(
                    f"{subscriber.name!r} cannot be removed before those after it: {', '.join(map(repr, behind))}"
                )
            self._subscribers = tuple(other for other in self._subscribers if other is not subscriber)
            subscriber._retire()

    def _first(self, start: Start | int) -> int:
        """Return the first sequence of a joiner. The caller holds the lock, so nothing is claimed meanwhile."""
        oldest = oldest_kept(self._sequencer.claimed.value, self._sequencer.capacity)
        if start is Start.EARLIEST:
            return oldest
        if start is Start.LATEST:
            return self._sequencer.published.value + 1
        if start < oldest:
            raise OutdatedSequence(f"start {start} may have been overwritten; the oldest kept is {oldest}")
        return start

    def _name(self, name: str | None) -> str:
        taken = {subscriber.name for subscriber in self._subscribers}
        if name is not None:
            if name in taken:
                raise InvalidValue(f"a subscriber named {name!r} is already registered")
            return name
        while (made_up := f"subscriber-{self._names}") in taken:
            self._names += 1
        self._names += 1
        return made_up

    def _upstreams(self, after: "Subscriber[E] | Iterable[Subscriber[E]]") -> tuple[Subscriber[E], ...]:
        # A subscriber is itself an iterable, of events: it must not be iterated here.
        upstreams = (after,) if isinstance(after, Subscriber) else tuple(after)
        for upstream in upstreams:
            self._require_mine(upstream)
        return upstreams

    def _require_mine(self, subscriber: Subscriber[E]) -> None:
        if not isinstance(subscriber, Subscriber):
            raise InvalidType(f"a Subscriber is needed, not {subscriber!r}")
        if subscriber._sequencer is not self._sequencer:
            raise InvalidValue(f"{subscriber!r} belongs to another ring than {self!r}")

    # --- reading without a subscriber ----------------------------------------------------------------------

    def wait_for(self, sequence: SupportsIndex, timeout: float | None = None) -> Sequence:
        """Wait until `sequence` is published or void, and return it.

        Raises `WaitTimeout` after `timeout` seconds, `DisruptorClosed` if it can never come or the ring is halted.
        """
        wanted = Sequence(sequence_number("sequence", sequence))
        self._barrier.wait_for(wanted, deadline_of(self._runtime, timeout))
        return wanted

    def get(self, sequence: SupportsIndex) -> E:
        """Return the event of `sequence`; never waits.

        Raises `SequenceNotFound` if it is not yet published, `OutdatedSequence` if it may have been overwritten (tested
        after the event was read), `SequenceVoid` if it was abandoned; all are `LookupError`s.
        """
        wanted = sequence_number("sequence", sequence)
        sequencer = self._sequencer
        published = sequencer.published.value
        if wanted > published:
            raise SequenceNotFound(f"sequence {wanted} is not published yet; the cursor is at {published}")
        event = self._slots.at(wanted)
        void = wanted in sequencer.voids
        # `claimed` moves before a slot is written: if it is still low, what was read is what was published.
        oldest = oldest_kept(sequencer.claimed.value, sequencer.capacity)
        if wanted < oldest:
            raise OutdatedSequence(f"sequence {wanted} may have been overwritten; the oldest kept is {oldest}")
        if void:
            raise SequenceVoid(f"sequence {wanted} is void: its claim was abandoned")
        return event

    # --- closing -------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Refuse new claims and wake producers that wait for room; closing twice is fine.

        Claims already held may still be finished. Subscribers go on until they have everything; then their iteration
        ends and their waits raise `DisruptorClosed`.
        """
        with self._sequencer.lock:
            self._sequencer.close(CLOSED)

    def halt(self) -> None:
        """Close, and make every wait raise `DisruptorClosed` at once, whatever is still unread."""
        with self._sequencer.lock:
            self._sequencer.close(HALTED)

    def __enter__(self) -> "Disruptor[E]":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.halt()

    # --- looking -------------------------------------------------------------------------------------------

    @property
    def capacity(self) -> int:
        """The number of slots."""
        return self._sequencer.capacity

    @property
    def cursor(self) -> Sequence:
        """The highest sequence up to which everything is published or void; -1 for none."""
        return Sequence(self._sequencer.published.value)

    @property
    def claimed(self) -> Sequence:
        """The highest sequence handed to any producer; -1 for none."""
        return Sequence(self._sequencer.claimed.value)

    @property
    def remaining_capacity(self) -> int:
        """How many sequences could be claimed at this moment without waiting, in `0..capacity`."""
        sequencer = self._sequencer
        return room(sequencer.capacity, sequencer.claimed.value, sequencer.lowest())

    def has_available_capacity(self, n: SupportsIndex = 1) -> bool:
        """Tell whether `n` sequences (`1..capacity`) could be claimed at this moment without waiting."""
        return integer_between("n", n, 1, self.capacity) <= self.remaining_capacity

    @property
    def subscribers(self) -> tuple[Subscriber[E], ...]:
        """The registered subscribers, in order of registration."""
        return self._subscribers

    @property
    def closed(self) -> bool:
        """Whether new claims are refused: the ring was closed or halted."""
        return self._sequencer.phase.value != OPEN

    @property
    def halted(self) -> bool:
        """Whether every wait is refused."""
        return self._sequencer.phase.value == HALTED

    @override
    def __repr__(self) -> str:
        kind = "in place" if self._slots.in_place else "by value"
        phase = {OPEN: "open", CLOSED: "closed", HALTED: "halted"}[self._sequencer.phase.value]
        count = len(self._subscribers)
        return (
            f"<Disruptor of {self.capacity}, {kind}, {phase}: published {self.cursor}, claimed {self.claimed}, "
            f"{count} subscriber{'' if count == 1 else 's'}>"
        )

    def _check(self) -> None:
        """Raise `AssertionError`, with all fields, if an invariant does not hold. For tests."""
        self._sequencer.check()

    # --- the spelling of the first version -----------------------------------------------------------------

    registerSubscriber = register_subscriber
    removeSubscriber = remove_subscriber
    waitFor = wait_for

    def getCursor(self) -> Sequence:
        """Return `cursor`."""
        return self.cursor
