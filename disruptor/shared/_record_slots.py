"""Slots that are records of one NumPy array, which lies in the memory that all processes share.

Rule 1: an event in place is stale if the claim of its slot before was voided: it is zeros again for the next one.
Rule 2: NumPy is imported when the first such ring is made, and not before.
"""

from collections.abc import Sequence as AbstractSequence
from typing import TYPE_CHECKING, Any, Final, final

from disruptor._sequence import slot_of, split
from disruptor.shared._records import Records
from disruptor.shared._slots import Stale

if TYPE_CHECKING:
    import numpy

    from disruptor.shared._records import Array, Record


@final
class RecordSlots:
    """Slots that are records of one array."""

    __slots__ = ("_array", "_capacity", "_memory", "_size", "_stale")

    in_place: Final = True
    encodes: Final = False
    copies: Final = False

    def __init__(
        self, capacity: int, slot_size: int, memory: memoryview, dtype: "numpy.dtype[Any]", stale: Stale
    ) -> None:
        import numpy as np

        self._array: Array = np.ndarray((capacity,), dtype, memory, strides=(slot_size,))
        self._capacity = capacity
        self._memory = memory
        self._size = slot_size
        self._stale = stale

    def encode(self, event: "Record") -> "Record":
        """Return `event` itself: it lies in its slot."""
        return event

    def decode(self, stored: "AbstractSequence[Record]") -> "AbstractSequence[Record]":
        """Return `stored` itself."""
        return stored

    def at(self, sequence: int) -> "Record":
        """Return a copy: nothing protects the slot."""
        found: Record = self._array[slot_of(self._capacity - 1, sequence)].copy()
        return found

    def put(self, sequence: int, stored: "Record") -> None:
        """Do nothing: the event lies in its slot."""

    def put_many(self, first: int, stored: "list[Record]") -> None:
        """Do nothing: the events lie in their slots."""

    def read(self, first: int, count: int) -> Records:
        """Return the records themselves, as one slice or two."""
        start, head, tail = split(self._capacity - 1, first, count)
        arrays = (self._array[start : start + head], self._array[:tail])
        return Records(arrays if tail else arrays[:1])

    filling = read

    def spoil(self, first: int, count: int) -> None:
        """Do nothing: that they are void says that they are stale."""

    def freshen(self, first: int, count: int) -> None:
        """Fill the stale slots of a new claim with zeros, as those of a new ring: bytes, which any dtype has."""
        for sequence in range(first, first + count):
            if sequence >= self._capacity and self._stale(sequence - self._capacity):
                begin = slot_of(self._capacity - 1, sequence) * self._size
                self._memory[begin : begin + self._size] = bytes(self._size)
