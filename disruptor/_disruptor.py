"""The ring as its users see it: how it is made, waiting, closing; publishing, joining and looking are inherited.

Rule 1: a ring between processes is one object in each of them, as long as anybody holds it.
Rule 2: closing is done again when it is interrupted: half closed, some would sleep for ever.
"""

from collections.abc import Callable
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Generic, SupportsIndex, TypeVar, cast, final

from disruptor._arguments import ring_capacity, sequence_number
from disruptor._awaiting import Awaiting
from disruptor._barrier import Barrier
from disruptor._errors import (
    InvalidType,
    InvalidValue,
    SubscriberClosed,
    Unsupported,
)
from disruptor._gate import new_gate
from disruptor._override import override
from disruptor._parts import Parts, local_parts, one_at_a_time, require_clearable
from disruptor._sequence import INITIAL, Sequence
from disruptor._sequencer import CLOSED, HALTED, OPEN
from disruptor._subscriber import Subscriber
from disruptor._sync import THREADS, Runtime, deadline_of
from disruptor.handlers._consumers import Consumers
from disruptor.shared._codec import Codec
from disruptor.shared._formats import Events
from disruptor.shared._gates import serial_of
from disruptor.waiting import ASLEEP, BLOCKING, Waits, WaitStrategy, check_strategy

if TYPE_CHECKING:
    from disruptor.shared._ring import Link

E = TypeVar("E")


@final
class Disruptor(Awaiting[E], Generic[E]):
    """A multi-producer, multi-subscriber, blocking ring buffer.

    `capacity` is a power of two. Without `event_factory`, slots hold the objects that are published (*by value*);
    with it, `event_factory()` makes one object a slot, which producers change (*in place*).
    `runtime` is the seam for tests: it replaces locks, threads and clock.
    `producers="single"` promises that calls which publish or claim follow one another: then publishing takes no lock, and a
    call that overlaps another raises `SecondProducer`.
    `clear=True`, by value: an event is let go of when the last subscriber has processed it, and not only when it is
    overwritten; then `get` and late joiners find it no more, and subscribers take the lock to move on.

    With `multiproc=True` the ring lies in shared memory, and it and its subscribers may be handed to other processes; a
    stranger opens it by its `name` (`attach`). `event_factory` may be a `ctypes.Structure` or a `numpy.dtype` then: such
    events lie in the memory themselves. All others are stored as the bytes that `codec` makes of them (pickle, if none is
    given), `slot_size` bytes at most (256, if not given); producers are handed a copy of theirs to fill.
    `on_subscriber_death` is `"remove"` or `"raise"`: what becomes of a subscriber whose process has died while others wait
    for it. There may be `max_subscribers` at a time.

    `wait` and `producer_wait` say how readers and producers wait (`disruptor.waiting`): asleep, if nothing is said. They
    hold for this process; a ring that is handed to another one takes them along.

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

    __slots__ = ("_barrier", "_link", "_waits")

    def __init__(
        self,
        capacity: SupportsIndex,
        event_factory: Callable[[], E] | None = None,
        *,
        multiproc: bool = False,
        slot_size: SupportsIndex | None = None,
        codec: Codec[E] | None = None,
        on_subscriber_death: str | None = None,
        max_subscribers: SupportsIndex | None = None,
        wait: WaitStrategy = BLOCKING,
        producer_wait: WaitStrategy = BLOCKING,
        producers: str = "multi",
        clear: bool = False,
        runtime: Runtime = THREADS,
    ) -> None:
        waits = Waits(check_strategy("wait", wait), check_strategy("producer_wait", producer_wait))
        size = ring_capacity(capacity)
        require_clearable(clear, multiproc or event_factory is not None)
        single = one_at_a_time(producers, multiproc=multiproc)
        if multiproc:
            _require_sharing()
            from disruptor.shared._ring import made

            events = Events(event_factory, slot_size, codec)
            self._share(*made(size, events, on_subscriber_death, max_subscribers), waits)
            return
        if event_factory is not None and not callable(event_factory):
            raise InvalidType(f"event_factory must be callable, not {event_factory!r}")
        if any(option is not None for option in (slot_size, codec, on_subscriber_death, max_subscribers)):
            raise InvalidValue(
                "slot_size, codec, on_subscriber_death and max_subscribers are for rings between processes: multiproc=True"
            )
        self._assemble(local_parts(size, event_factory, runtime, single=single, clear=clear), waits)

    @classmethod
    def attach(
        cls,
        name: str,
        event_factory: Callable[[], E] | None = None,
        *,
        codec: Codec[E] | None = None,
        wait: WaitStrategy = BLOCKING,
        producer_wait: WaitStrategy = BLOCKING,
    ) -> "Disruptor[E]":
        """Open a ring between processes by its `name`; in one process, one name is one ring.

        So `wait` and `producer_wait` count when it is opened in this process for the first time. `event_factory` and `codec`
        must be as they were when the ring was made. Raises `RingNotFound`, or `RingMismatch` if events are held in another
        way, or what is there is not a ring of this version.
        """
        waits = Waits(check_strategy("wait", wait), check_strategy("producer_wait", producer_wait))
        _require_sharing()
        from disruptor.shared._ring import opened

        parts, link = opened(name, Events(event_factory, None, codec))
        ring: Disruptor[E] = cls.__new__(cls)
        return ring._share(parts, link, waits)

    def _share(self, parts: Parts[E], link: "Link[E]", waits: Waits) -> "Disruptor[E]":
        """Become the one ring of this segment, unless there is one: return that."""
        known = link.segment.kept
        if known is not None:
            return cast("Disruptor[E]", known)
        self._assemble(parts, waits, link)
        return link.segment.keep(self)

    @classmethod
    def _of(cls, parts: Parts[E], waits: Waits = ASLEEP) -> "Disruptor[E]":
        """Return a ring of these parts: for rings between processes, and for tests."""
        ring: Disruptor[E] = cls.__new__(cls)
        ring._assemble(parts, waits)
        return ring

    def _assemble(self, parts: Parts[E], waits: Waits, link: "Link[E] | None" = None) -> None:
        self._link = link
        self._waits = waits
        parts.sequencer.reader_wait = waits.readers
        parts.sequencer.patience.strategy = waits.producers
        super().__init__(parts.sequencer, parts.slots, parts.runtime)
        self._roll = parts.roll(self)
        self._consumers = Consumers(parts.sequencer, parts.runtime, self.fail_subscriber, local=link is None)
        # A gate that nobody waits for and that never ends: it is needed for its name only.
        self._barrier = Barrier(parts.sequencer, new_gate(INITIAL, "the ring", parts.runtime))

    # --- reading without a subscriber ----------------------------------------------------------------------

    def wait_for(self, sequence: SupportsIndex, timeout: float | None = None) -> Sequence:
        """Wait until `sequence` is published or void, and return it.

        Raises `WaitTimeout` after `timeout` seconds, `DisruptorClosed` if it can never come or the ring is halted.
        """
        wanted = Sequence(sequence_number("sequence", sequence))
        self._barrier.wait_for(wanted, deadline_of(self._runtime, timeout))
        return wanted

    # --- closing -------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Refuse new claims and wake producers that wait for room; closing twice is fine.

        Claims already held may still be finished. Subscribers go on until they have everything; then their iteration
        ends and their waits raise `DisruptorClosed`.
        """
        self._end(CLOSED)

    def halt(self) -> None:
        """Close, and make every wait raise `DisruptorClosed` at once, whatever is still unread."""
        self._end(HALTED)

    def shutdown(self, timeout: float | None = None) -> None:
        """Close the ring, and wait until every handler has had every event, and has ended.

        Handlers that were never started are started for that. Waits `timeout` seconds at most (`WaitTimeout`; nothing is
        halted then). Raises what has ended handlers before their time as an `ExceptionGroup` (a `BaseExceptionGroup`, if
        one of them is no `Exception`). In a handler it closes the ring: it neither waits there nor tells of errors.
        """
        deadline = deadline_of(self._runtime, timeout)
        if not self._consumers.join(self._consumers.drain(self.close), deadline):
            return
        errors = self._consumers.errors()
        if errors:
            raise BaseExceptionGroup(f"{len(errors)} error{'s' * (len(errors) > 1)} in handlers of {self!r}", errors)

    def _end(self, phase: int) -> None:
        with self._sequencer.lock:
            try:
                self._sequencer.close(phase)
            except BaseException:
                self._sequencer.close(phase)  # half closed, some would sleep for ever
                raise

    def __enter__(self) -> "Disruptor[E]":
        if not self.closed:
            self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.shutdown()
        else:
            self._consumers.join(self._consumers.drain(self.halt), None)

    # --- going to other processes --------------------------------------------------------------------------

    @property
    def name(self) -> str | None:
        """The name under which other processes can open this ring; None for a ring between threads."""
        return None if self._link is None else self._link.segment.name

    def _forked(self) -> None:
        """Begin anew, in a child: called before anything else runs there."""
        self._consumers.forked()

    @override
    def __reduce__(self) -> tuple[object, ...]:
        if self._link is None:
            raise InvalidType(
                f"{self!r} lives in one process, and once: it can be neither copied nor pickled. "
                "With multiproc=True it can be handed to other processes."
            )
        events = self._link.events
        return _attached, (self.name, events.factory, events.codec, self._waits)

    def _reduce_subscriber(self, subscriber: Subscriber[E]) -> tuple[object, ...]:
        if self._link is None:
            raise InvalidType(f"{subscriber!r} lives in one process, and once: it can be neither copied nor pickled")
        return _subscribed, (self, serial_of(subscriber._gate), subscriber.name)

    @override
    def __repr__(self) -> str:
        kind = "in place" if self._slots.in_place else "by value"
        phase = {OPEN: "open", CLOSED: "closed", HALTED: "halted"}[self._sequencer.phase.value]
        if self.closed and any(gate.failed.value for gate in self._sequencer.gates):
            phase = "broken"
        count = len(self.subscribers)
        return (
            f"<Disruptor of {self.capacity}, {kind}, {phase}: published {self.cursor}, claimed {self.claimed}, "
            f"{count} subscriber{'' if count == 1 else 's'}>"
        )

    def _check(self) -> None:
        """Raise `AssertionError`, with all fields, if an invariant does not hold. For tests."""
        self._sequencer.check()

    # --- the spelling of the first version -----------------------------------------------------------------

    waitFor = wait_for

    def getCursor(self) -> Sequence:
        """Return `cursor`."""
        return self.cursor


def _require_sharing() -> None:
    """Raise `Unsupported` where the system has no record locks."""
    if find_spec("fcntl") is None:
        raise Unsupported(
            "multiproc=True needs record locks, pipes with names and mapped files, as Linux and macOS have them; rings "
            "between threads work here"
        )


def _attached(name: str, event_factory: Callable[[], E] | None, codec: Codec[E] | None, waits: Waits) -> Disruptor[E]:
    """Open a ring again, where it was unpickled."""
    return Disruptor.attach(name, event_factory, codec=codec, wait=waits.readers, producer_wait=waits.producers)


def _subscribed(ring: Disruptor[E], serial: int, name: str) -> Subscriber[E]:
    """Find a subscriber again, where it was unpickled."""
    for subscriber in ring.subscribers:
        if serial_of(subscriber._gate) == serial:
            return subscriber
    raise SubscriberClosed(f"subscriber {name!r} was removed from its ring on its way to this process")
