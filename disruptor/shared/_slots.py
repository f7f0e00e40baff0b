"""The slots of a ring between processes: bytes of a codec, or C structures that lie in the memory itself.

Rule 1: as in `_slots.py`: a slot is written by whoever holds its claim, and read by those whose gates protect it.
Rule 2: bytes are copied out, and decoded only when it is known that they were protected while they were copied. Until then
        nothing of them is believed, not even their length.
Rule 3: an event in place is stale if the claim of its slot before was voided: it is made anew for the next one. That is seen
        from the voids, which all processes share.
"""

import ctypes
from collections.abc import Callable
from collections.abc import Sequence as AbstractSequence
from typing import Final, Generic, TypeVar, cast, final

from disruptor._errors import InvalidType, InvalidValue, RingMismatch, of_user
from disruptor._sequence import slot_of
from disruptor.shared._codec import Codec
from disruptor.shared._formats import LENGTH_BYTES

E = TypeVar("E")
S = TypeVar("S", bound=ctypes.Structure)

Stale = Callable[[int], bool]
"""Tells whether a sequence is void."""


@final
class ByteSlots(Generic[E]):
    """Slots of bytes with their length in front; by value, or in place if there is a factory."""

    __slots__ = ("_capacity", "_codec", "_factory", "_lengths", "_memory", "_most", "_size", "_stale", "_words")

    encodes: Final = True
    copies: Final = True

    def __init__(
        self,
        capacity: int,
        slot_size: int,
        memory: memoryview,
        codec: Codec[E],
        factory: Callable[[], E] | None,
        stale: Stale,
    ) -> None:
        self._capacity = capacity
        self._size = slot_size
        self._most = slot_size - LENGTH_BYTES
        self._words = slot_size // LENGTH_BYTES
        self._memory = memory
        self._lengths = memory.cast("q")  # the first word of each slot
        self._codec = codec
        self._factory = factory
        self._stale = stale

    @property
    def in_place(self) -> bool:
        """Whether producers are handed events to fill."""
        return self._factory is not None

    def encode(self, event: E) -> E:
        """Return the bytes of an event; `InvalidValue` if they are too many for a slot, `InvalidType` if they are none."""
        try:
            stored: object = self._codec.encode(event)
        except BaseException as error:
            of_user(error)
            raise
        if not isinstance(stored, bytes):
            if not isinstance(stored, bytearray | memoryview):  # of which `bytes` may make some
                raise InvalidType(f"encode of a codec must return bytes, not {stored!r}")
            stored = bytes(stored)
        if len(stored) > self._most:
            raise InvalidValue(
                f"an event of {len(stored)} bytes does not fit into a slot of {self._most}; make the ring with "
                f"slot_size={len(stored)} or more"
            )
        return cast("E", stored)

    def decode(self, stored: AbstractSequence[E]) -> AbstractSequence[E]:
        """Return the events of what was read."""
        events = []
        for raw in cast("AbstractSequence[bytes | None]", stored):
            if raw is None:
                raise RingMismatch(
                    f"a slot says that its event has more than {self._most} bytes: its memory was damaged"
                )
            events.append(self._codec.decode(raw))
        return events

    def _read(self, sequence: int) -> bytes | None:
        slot = slot_of(self._capacity - 1, sequence)
        length = self._lengths[slot * self._words]
        begin = slot * self._size + LENGTH_BYTES
        return bytes(self._memory[begin : begin + length]) if 0 <= length <= self._most else None

    def at(self, sequence: int) -> E:
        """Return the bytes of a slot."""
        return cast("E", self._read(sequence))

    def put(self, sequence: int, stored: E) -> None:
        """Store bytes."""
        raw = cast("bytes", stored)
        slot = slot_of(self._capacity - 1, sequence)
        begin = slot * self._size + LENGTH_BYTES
        self._memory[begin : begin + len(raw)] = raw
        self._lengths[slot * self._words] = len(raw)

    def put_many(self, first: int, stored: list[E]) -> None:
        """Store the bytes of several events."""
        for sequence, raw in enumerate(stored, first):
            self.put(sequence, raw)

    def read(self, first: int, count: int) -> list[E]:
        """Return copies of the bytes of several events."""
        return cast("list[E]", [self._read(sequence) for sequence in range(first, first + count)])

    def filling(self, first: int, n: int) -> list[E]:
        """Return an event for each slot of a claim: the one that was last published there, or a new one."""
        return [self._event(sequence) for sequence in range(first, first + n)]

    def _event(self, sequence: int) -> E:
        before = sequence - self._capacity
        if self._factory is not None and (before < 0 or self._stale(before)):
            return self._factory()
        return self.decode([self.at(sequence)])[0]

    def spoil(self, first: int, count: int) -> None:
        """Do nothing: what was filled was not stored."""

    def freshen(self, first: int, count: int) -> None:
        """Do nothing: `filling` makes new events."""


@final
class StructureSlots(Generic[S]):
    """Slots that are C structures: a producer fills them where they lie, a reader reads them there."""

    __slots__ = ("_capacity", "_factory", "_memory", "_size", "_stale", "_views")

    in_place: Final = True
    encodes: Final = False
    copies: Final = False

    def __init__(self, capacity: int, slot_size: int, memory: memoryview, factory: type[S], stale: Stale) -> None:
        self._capacity = capacity
        self._size = slot_size
        self._memory = memory
        self._factory = factory
        self._stale = stale
        self._views: dict[int, S] = {}

    def begin(self) -> None:
        """Fill the slots of a new ring: with what the structure's own `__init__` gives."""
        for slot in range(self._capacity):
            self._renew(slot)

    def _renew(self, slot: int) -> None:
        raw = bytes(self._factory())
        self._memory[slot * self._size : slot * self._size + len(raw)] = raw

    def _view(self, sequence: int) -> S:
        slot = slot_of(self._capacity - 1, sequence)
        view = self._views.get(slot)
        if view is None:
            view = self._views.setdefault(slot, self._factory.from_buffer(self._memory, slot * self._size))
        return view

    def encode(self, event: S) -> S:
        """Return `event` itself: it lies in its slot."""
        return event

    def decode(self, stored: AbstractSequence[S]) -> AbstractSequence[S]:
        """Return `stored` itself."""
        return stored

    def at(self, sequence: int) -> S:
        """Return a copy: nothing protects the slot."""
        return type(self._view(sequence)).from_buffer_copy(self._view(sequence))

    def put(self, sequence: int, stored: S) -> None:
        """Do nothing: the event lies in its slot."""

    def put_many(self, first: int, stored: list[S]) -> None:
        """Do nothing: the events lie in their slots."""

    def read(self, first: int, count: int) -> list[S]:
        """Return the structures themselves."""
        return [self._view(sequence) for sequence in range(first, first + count)]

    filling = read

    def spoil(self, first: int, count: int) -> None:
        """Do nothing: that they are void says that they are stale."""

    def freshen(self, first: int, count: int) -> None:
        """Make the stale slots of a new claim anew."""
        for sequence in range(first, first + count):
            if sequence >= self._capacity and self._stale(sequence - self._capacity):
                self._renew(slot_of(self._capacity - 1, sequence))
