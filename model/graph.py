"""The graph of what was explored: who leads from which state to which, and in what way.

Rule 1: a state is a number here, counted in the order in which it was found. An arrow is its place in the arrays.
Rule 2: arrows stand in the order of the states that they lead from, and among those in the order in which they were
        generated. So the arrow of a state can be generated again, text and all, and only its label is kept.
Rule 3: a label is a task and a `Move`. Flat arrays: 17 bytes an arrow, for there may be millions.
"""

from array import array
from enum import Enum
from typing import NamedTuple, final


class Move(Enum):
    """What a step means for the call that it belongs to."""

    BEGINS = "begins"
    """A call begins. Nobody ever has to call."""
    WORKS = "works"
    """Something is done, and no call returns."""
    WAITS = "waits"
    """A call finds that it cannot go on, and falls asleep."""
    RETURNS = "returns"
    """A call returns: this is progress."""
    PASSES = "passes"
    """Time passes."""


class Step(NamedTuple):
    """What leads from one state to the next: who, and what."""

    actor: str
    text: str
    move: Move = Move.WORKS


@final
class Graph:
    """All arrows between the states that were found."""

    __slots__ = ("_numbers", "labels", "names", "sources", "targets")

    def __init__(self) -> None:
        self.sources = array("q")
        self.targets = array("q")
        self.labels = array("B")
        self.names: list[tuple[str, Move]] = []
        """What each label stands for."""
        self._numbers: dict[tuple[str, Move], int] = {}

    def add(self, source: int, step: Step, target: int) -> None:
        """Add an arrow; those of one source come together, and sources in order. `OverflowError` after 256 labels."""
        label = step.actor, step.move
        number = self._numbers.get(label)
        if number is None:
            number = self._numbers[label] = len(self.names)
            self.names.append(label)
        self.sources.append(source)
        self.targets.append(target)
        self.labels.append(number)

    def starts(self, count: int) -> "array[int]":
        """Return where the arrows of each of `count` states begin, and as the last item where they end."""
        starts = array("q", [0]) * (count + 1)
        for source in self.sources:
            starts[source + 1] += 1
        for k in range(count):
            starts[k + 1] += starts[k]
        return starts
