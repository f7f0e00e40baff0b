"""What a step does that another task can notice, and which of two such things may change places.

Rule 1: an access is a place and a kind. Two accesses conflict if they are to the same place, unless both are of one kind
        that commutes with itself (two loads, two beginnings of calls, two ends of calls).
Rule 2: two steps that do not conflict and follow one another lead to the same state in either order; so a reduced
        exploration runs one of the two (`_reduce.py`).
Rule 3: calls that begin and end are accesses too, to one place, `HISTORY`: that one call ended before another began is what
        linearizability is about, so their order counts. The end of a time-out is a beginning: from then on a call may fail.
Rule 4: the clock is a place: a task that looks at it, or begins or ends to wait with a time-out, loads it; it stores.
"""

from collections.abc import Hashable, Iterable
from enum import Enum
from typing import Final, NamedTuple


class Kind(Enum):
    """What is done to a place."""

    LOAD = "load"
    STORE = "store"
    TAKE = "take"
    """Takes a lock, having waited until it is free."""
    TRY = "try"
    """Takes a lock if it is free: what follows if it is not free is another way to go on."""
    GIVE = "give"
    """Gives a lock back."""
    BEGIN = "begin"
    """A call begins, or is late from now on."""
    END = "end"
    """A call has ended."""


COMMUTE: Final = frozenset({Kind.LOAD, Kind.BEGIN, Kind.END})
"""Kinds of which two do not conflict."""

TAKES: Final = frozenset({Kind.TAKE, Kind.TRY})
"""Kinds that may begin to hold a lock."""

Place = Hashable
HISTORY: Final[Place] = "history"
TIME: Final[Place] = "time"


class Access(NamedTuple):
    """Something is done to a place."""

    place: Place
    kind: Kind


def conflict(one: Access, other: Access) -> bool:
    """Tell whether the order of two accesses may matter.

    >>> load, store = Access("x", Kind.LOAD), Access("x", Kind.STORE)
    >>> conflict(load, load), conflict(load, store), conflict(load, Access("y", Kind.STORE))
    (False, True, False)
    """
    return one.place == other.place and not (one.kind is other.kind and one.kind in COMMUTE)


def conflicts(one: Iterable[Access], others: Iterable[Access]) -> bool:
    """Tell whether any access of one step conflicts with any of another."""
    others = tuple(others)
    return any(conflict(access, other) for access in one for other in others)


class Step(NamedTuple):
    """What one task did between two scheduling points."""

    task: str
    decision: int
    """The number of the decision that chose it; -1 if there was no choice."""
    accesses: list[Access]
