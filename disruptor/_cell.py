"""One integer that several threads may look at while somebody changes it.

Rule 1: every number that is read or written without the ring's lock lives in a cell; nothing else does.
Rule 2: a cell has one writer, or is written under the ring's lock. Its owner says which, who reads it,
        and why a stale value is safe.
Rule 3: loads and stores are single steps and keep their order. Between threads the interpreter gives
        that; another kind of cell (shared memory, simulation) has to give the same.

Cells come from the runtime (`_sync.py`), so that a simulation can stand in for them.
"""

from typing import Protocol, final

from disruptor._override import override


class Cell(Protocol):
    """One integer, loaded and stored as `.value`."""

    value: int


@final
class PlainCell:
    """The cell between threads: an attribute of a plain object.

    >>> cell = PlainCell(-1)
    >>> cell.value = 7
    >>> cell
    PlainCell(7)
    """

    __slots__ = ("value",)

    def __init__(self, value: int) -> None:
        self.value = value

    @override
    def __repr__(self) -> str:
        return f"PlainCell({self.value})"
