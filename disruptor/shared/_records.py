"""Batches that are slices of a NumPy array.

Rule 1: a batch is the array itself, one slice or two: nothing is copied. It is only promised until it is processed.
Rule 2: NumPy is not imported here.
"""

from collections.abc import Iterator
from collections.abc import Sequence as AbstractSequence
from typing import TYPE_CHECKING, Any, SupportsIndex, final, overload

from disruptor._override import override

if TYPE_CHECKING:
    import numpy

    Record = numpy.void
    Array = numpy.ndarray[tuple[int], numpy.dtype[Any]]


@final
class Records(AbstractSequence["Record"]):
    """The records of some slices, one after the other."""

    __slots__ = ("arrays",)

    def __init__(self, arrays: "tuple[Array, ...]") -> None:
        self.arrays = arrays

    @override
    def __len__(self) -> int:
        return sum(map(len, self.arrays))

    @overload
    @override
    def __getitem__(self, index: SupportsIndex) -> "Record": ...
    @overload
    def __getitem__(self, index: slice) -> "list[Record]": ...
    def __getitem__(self, index: "SupportsIndex | slice") -> "Record | list[Record]":
        if isinstance(index, slice):
            return [self[k] for k in range(len(self))[index]]
        k = range(len(self))[index]
        for array in self.arrays:
            if k < len(array):
                found: Record = array[k]
                return found
            k -= len(array)
        raise IndexError(index)  # pragma: no cover - indexing the range has raised it before

    @override
    def __iter__(self) -> "Iterator[Record]":
        for array in self.arrays:
            yield from array

    def picked(self, indices: list[int]) -> "Records":
        """Return some of them, in rising order, as slices of neighbours."""
        found: list[Array] = []
        begin = 0
        for array in self.arrays:
            inside = [k - begin for k in indices if begin <= k < begin + len(array)]
            run = 0
            for k, place in enumerate(inside):
                if k + 1 == len(inside) or inside[k + 1] != place + 1:
                    found.append(array[inside[run] : place + 1])
                    run = k + 1
            begin += len(array)
        return Records(tuple(found))
