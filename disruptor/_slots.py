"""What the slots of a ring hold: objects by value, or objects in place.

Rule 1: the slot of a sequence is written by whoever holds the claim of that sequence, after `claimed` has moved
        and before `published` does. So it has one writer at a time, and a reader that tests `claimed` after
        reading (`Disruptor.get`) knows whether it may have been overwritten.
Rule 2: a reader looks only at slots whose sequences are published and which its gate protects, or tests afterwards.
Rule 3: many events move by one or two list slices, never by a loop.
Rule 4: the object in an in-place slot whose filling failed is *stale*: nobody is shown it (its sequence is void),
        and the next claim of that slot gets a fresh one from the factory.
"""

from collections.abc import Callable
from collections.abc import Sequence as AbstractSequence
from typing import Final, Generic, Protocol, TypeVar, cast, final

from disruptor._sequence import slot_of, split
from disruptor._sync import Runtime

E = TypeVar("E")


class Slots(Protocol[E]):
    """The slots of one ring: `capacity` places for events.

    What a slot holds instead of an event (bytes, say) is *stored*; its type is said to be that of the event, although it
    is not, if `encodes`. `encode` and `decode` are the user's code: they are called without the ring's lock.
    """

    @property
    def in_place(self) -> bool:
        """Whether events are made once, by a factory, and filled by producers."""

    @property
    def copies(self) -> bool:
        """Whether what is published has to be put into the slots; otherwise it is there."""

    @property
    def encodes(self) -> bool:
        """Whether the slots hold something else than the events."""

    def encode(self, event: E) -> E:
        """Return what is stored for `event`. Raises `InvalidValue` if it does not fit."""

    def decode(self, stored: AbstractSequence[E]) -> AbstractSequence[E]:
        """Return the events of what was read. The caller has made sure that it was not overwritten meanwhile."""

    def at(self, sequence: int) -> E:
        """Return what the slot of `sequence` holds, to be decoded."""

    def put(self, sequence: int, stored: E) -> object:
        """Store one; return what it replaces, for the caller to drop unlocked: its finaliser is the user's code."""

    def put_many(self, first: int, stored: list[E]) -> object:
        """Store several from sequence `first` on; return the replaced ones, for the caller to drop unlocked."""

    def read(self, first: int, count: int) -> AbstractSequence[E]:
        """Return the `count` stored from sequence `first` on, to be decoded."""

    def filling(self, first: int, n: int) -> AbstractSequence[E]:
        """Return the events in place of a new claim, to be filled."""

    def spoil(self, first: int, count: int) -> None:
        """Take note that the events in place of an abandoned claim may be half filled."""

    def freshen(self, first: int, count: int) -> None:
        """Make the half-filled events in place of a new claim anew. What the factory raises passes through."""


@final
class LocalSlots(Generic[E]):
    """The slots of a ring between threads: a list of objects.

    `_items`: one object a slot. Written under Rule 1, read under Rule 2.
    `_stale`: slots to be freshened. Added to by an abandoning claim before it gives its slots up, taken from by
    the next claim of the slot; each slot has one claim at a time, and single set operations are indivisible.
    """

    __slots__ = ("_factory", "_items", "_mask", "_stale", "copies", "in_place")

    def __init__(self, capacity: int, factory: Callable[[], E] | None, runtime: Runtime) -> None:
        self._factory = factory
        self.in_place = factory is not None
        """Whether events are made once, by a factory, and filled by producers."""
        self.copies = factory is None
        """Whether what is published has to be put into the slots; otherwise it is there."""
        self._mask = capacity - 1
        self._stale: set[int] = set()
        nothing = cast("list[E]", [None] * capacity)  # by value: never shown, for nothing is published yet
        self._items = runtime.array(nothing if factory is None else [factory() for _ in nothing])

    encodes: Final = False

    def encode(self, event: E) -> E:
        """Return `event` itself."""
        return event

    def decode(self, stored: AbstractSequence[E]) -> AbstractSequence[E]:
        """Return `stored` itself."""
        return stored

    def filling(self, first: int, n: int) -> list[E]:
        """Return the events in place of a new claim, to be filled."""
        return self.read(first, n)

    def at(self, sequence: int) -> E:
        """Return what the slot of `sequence` holds."""
        return self._items[slot_of(self._mask, sequence)]

    @property
    def items(self) -> list[object]:
        """The slots themselves, for a single producer."""
        return cast("list[object]", self._items)

    def put(self, sequence: int, event: E) -> E:
        """Store one event; return the one that it replaces.

        The caller drops that one after it has released the lock: its finaliser is the user's code.
        """
        items, slot = self._items, self._mask & sequence
        replaced = items[slot]
        items[slot] = event
        return replaced

    def put_many(self, first: int, events: list[E]) -> list[E]:
        """Store `events` from sequence `first` on; return the replaced ones, for the caller to drop unlocked."""
        start, head, tail = split(self._mask, first, len(events))
        items = self._items
        replaced = items[start : start + head]
        items[start : start + head] = events if tail == 0 else events[:head]
        if tail:
            replaced += items[:tail]
            items[:tail] = events[head:]
        return replaced

    def empty(self, first: int, count: int) -> list[E]:
        """Let go of the `count` events from sequence `first` on; return them, for the caller to drop unlocked."""
        return self.put_many(first, cast("list[E]", [None] * count))

    def read(self, first: int, count: int) -> list[E]:
        """Return the `count` events from sequence `first` on, as a new list."""
        start, head, tail = split(self._mask, first, count)
        events = self._items[start : start + head]
        if tail:
            events += self._items[:tail]
        return events

    def spoil(self, first: int, count: int) -> None:
        """Mark the objects of an abandoned claim stale (Rule 4)."""
        if self._factory is not None:
            self._stale.update(slot_of(self._mask, first + k) for k in range(count))

    def freshen(self, first: int, count: int) -> None:
        """Replace the stale objects of a new claim. What the factory raises passes through."""
        if self._factory is None or not self._stale:
            return
        for sequence in range(first, first + count):
            slot = slot_of(self._mask, sequence)
            if slot in self._stale:
                self._items[slot] = self._factory()
                self._stale.discard(slot)
