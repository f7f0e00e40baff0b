"""A claim on its way in: sequences that somebody holds and has yet to finish.

Rule 1: a claim is finished once, by `publish` or by `abandon`. Leaving its block publishes, an exception abandons.
Rule 2: by value, events are collected here and copied into the ring when the claim is published; in place, the
        claim gives the ring's own objects. A finished claim keeps none that it has collected.
Rule 3: a claim that is lost (its thread died, it was forgotten) is abandoned when Python collects it. A finaliser
        can run in the middle of anything, so it never waits for the ring's lock: it tries, and else hands over.
"""

import operator
from collections.abc import Iterator
from collections.abc import Sequence as AbstractSequence
from itertools import repeat
from types import TracebackType
from typing import TYPE_CHECKING, Final, Generic, SupportsIndex, TypeVar, cast, final, overload

from disruptor._arguments import integer
from disruptor._batch import arrays_of
from disruptor._errors import ClaimClosed, InvalidType, InvalidValue, of_user
from disruptor._held import Held
from disruptor._once import Once
from disruptor._override import override
from disruptor._sequencer import Sequencer
from disruptor._slots import Slots
from disruptor._sync import Runtime

if TYPE_CHECKING:
    from disruptor.shared._records import Array

E = TypeVar("E")


@final
class _Unset:
    @override
    def __repr__(self) -> str:
        return "<not set>"


_UNSET: Final = _Unset()


@final
class Claim(Once, AbstractSequence[E], Generic[E]):
    """The `n` events of a claim: a sequence, and a context manager that publishes.

    By value, events are set by index and all must be set before the claim is published. In place, the items are
    the ring's own objects, to be changed. Indexing out of range is an `IndexError`.

    >>> from disruptor import Disruptor
    >>> ring: Disruptor[str] = Disruptor(4)
    >>> with ring.claim(2) as claim:
    ...     claim[0], claim[1] = "a", "b"
    >>> ring.cursor, ring.get(1)
    (1, 'b')
    """

    __slots__ = (
        "__weakref__",
        "_events",
        "_first",
        "_held",
        "_open",
        "_runtime",
        "_sequencer",
        "_slots",
    )

    def __init__(self, n: int, sequencer: Sequencer, slots: Slots[E], runtime: Runtime) -> None:
        self._open = False
        self._first = 0
        self._held: Held | None = None
        self._events: list[E | _Unset] = [_UNSET] * n
        self._sequencer = sequencer
        self._slots = slots
        self._runtime = runtime

    def _take(self, deadline: int | None) -> None:
        """Wait for room and become an open claim; nothing is held if this raises."""
        n = len(self._events)
        sequencer = self._sequencer
        first: int | None = None
        with sequencer.lock:
            try:
                first = self._first = sequencer.take(n, deadline)
                self._held = sequencer.hold(first, n)
                self._open = True
            except BaseException:
                self._open = False
                sequencer.recover(first)
                raise
        try:
            if self._slots.in_place:
                self._slots.freshen(self._first, n)
                self._events = cast("list[E | _Unset]", self._slots.filling(self._first, n))
        except BaseException as error:
            self.abandon()
            of_user(error)
            raise

    @property
    def sequences(self) -> range:
        """The sequences of this claim."""
        return range(self._first, self._first + len(self._events))

    @property
    def arrays(self) -> "tuple[Array, ...]":
        """The events as one or two slices of the ring's own array, to be filled; as `Batch.arrays`."""
        self._require_open()
        return arrays_of(self._events)

    @property
    def open(self) -> bool:
        """Whether the claim has yet to be published or abandoned."""
        return self._open

    def publish(self) -> range:
        """Show the events, all at once, as soon as everything claimed before is finished; return the sequences.

        Raises `ClaimClosed` if the claim is already finished, and `InvalidValue`, abandoning the claim, if an event
        by value was not set.
        """
        events = self._events  # before it is found open: another thread may finish it, which lets go of them
        self._require_open()
        sequencer, slots, first = self._sequencer, self._slots, self._first
        # Counted here, not kept: threads that fill one claim together would lose each other's counts.
        unset = 0 if slots.in_place else sum(map(operator.is_, events, repeat(_UNSET)))
        if unset:
            self.abandon()
            raise InvalidValue(
                f"a claim of {len(events)} was to be published with {unset} of its events not set; it is abandoned"
            )
        stored = cast("list[E]", events)
        if slots.encodes:
            try:
                stored = [slots.encode(event) for event in stored]
            except BaseException:
                self.abandon()
                raise
        replaced: object = None
        with sequencer.lock:
            self._require_open()
            self._open = False
            try:
                if slots.copies:
                    replaced = slots.put_many(first, stored)
                sequencer.publish(first, len(events))
            except BaseException:
                sequencer.recover(first)
                raise
        del replaced  # its finalisers are the user's code: they run without the lock
        self._let_go()
        return self.sequences

    def abandon(self) -> None:
        """Make the sequences void: nobody is ever shown them. Abandoning a finished claim does nothing."""
        sequencer, first = self._sequencer, self._first
        with sequencer.lock:
            self._abandon(sequencer, first)
        if not self._open:
            self._let_go()

    def _let_go(self) -> None:
        """Keep no event of a finished claim, but how many they were. Without the lock: their finalisers run here."""
        if not self._slots.in_place:
            self._events = [_UNSET] * len(self._events)

    def _abandon(self, sequencer: Sequencer, first: int) -> None:
        if self._open and self._mine:
            self._open = False
            try:
                self._slots.spoil(first, len(self._events))
                sequencer.void(first, len(self._events))
            except BaseException:
                sequencer.recover(first)
                raise

    @property
    def _mine(self) -> bool:
        """Whether this process holds the claim: a child that was forked meanwhile has a copy of it, and does not."""
        return self._held is None or self._held.mine

    def _require_open(self) -> None:
        if not self._open:
            raise ClaimClosed(f"{self!r} is already finished")
        if not self._mine:
            raise ClaimClosed(f"{self!r} belongs to the process that this one was forked from")

    def __enter__(self) -> "Claim[E]":
        self._require_open()
        if self._held is not None:  # pragma: no branch - a claim that is open is held
            self._held.owner = self._runtime.ident()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.abandon()
        elif self._open:  # published or abandoned within the block is fine
            self.publish()

    def __del__(self) -> None:
        if not getattr(
            self, "_open", False
        ):  # not even that is there if an interrupt struck on the way into `__init__`
            return
        if not self._mine:
            return
        lock = self._sequencer.lock
        if lock.acquire(False):
            try:
                self._abandon(self._sequencer, self._first)
            finally:
                lock.release()
        else:
            self._runtime.spawn(self.abandon)

    @override
    def __len__(self) -> int:
        return len(self._events)

    @overload
    @override
    def __getitem__(self, index: SupportsIndex) -> E: ...
    @overload
    def __getitem__(self, index: slice) -> AbstractSequence[E]: ...
    def __getitem__(self, index: SupportsIndex | slice) -> E | AbstractSequence[E]:
        events = self._events  # as in `publish`
        self._require_open()
        if isinstance(index, slice):
            return [self[k] for k in range(len(events))[index]]
        event = events[index]
        if isinstance(event, _Unset):
            raise InvalidValue(f"event {operator.index(index)} of this claim is not set yet")
        return event

    def __setitem__(self, index: SupportsIndex, event: E) -> None:
        if self._slots.in_place:
            raise InvalidType("the events of this ring are in place: change claim[index], do not replace it")
        self._require_open()
        self._events[integer("an index of a claim", index)] = event

    @override
    def __iter__(self) -> Iterator[E]:
        for k in range(len(self._events)):
            yield self[k]

    @override
    def __repr__(self) -> str:
        first, last = self._first, self._first + len(self._events) - 1
        return f"<Claim of {first}..{last}, {'open' if self._open else 'finished'}>"
