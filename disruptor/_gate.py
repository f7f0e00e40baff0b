"""A gate: what a subscriber shows to the others, who wait for it or must not overtake it.

Rule 1: producers do not claim what would overwrite something that a registered gate has yet to pass.
Rule 2: each field has one writer, or is written under the lock; who reads it without, and why an old value is safe, is said
        here, field by field.
"""

from typing import final

from disruptor._cell import Cell
from disruptor._errors import DisruptorBroken
from disruptor._sync import Runtime


@final
class Gate:
    """The shared numbers of one subscriber."""

    __slots__ = ("alive", "cause", "failed", "followers", "forsaken", "name", "position", "reader")

    def __init__(self, name: str, position: Cell, followers: Cell, alive: Cell, failed: Cell) -> None:
        self.name: str = name
        """For messages."""
        self.position: Cell = position
        """The highest sequence processed. Written by whoever has the subscriber's turn, only forward; read by producers
        and by the readers behind, whom an old value only makes more cautious."""
        self.followers: Cell = followers
        """How many subscribers are after this one. Written under the lock; read without it after each move: whoever joins
        later tests the position after it has been counted."""
        self.alive: Cell = alive
        """1 until the subscriber is removed, then 0 for ever. Written under the lock, before the gate goes; read without
        it: an old 1 is found out by the test that follows each copy."""
        self.failed: Cell = failed
        """1 from when it will not go on until the ring is started again. Written under the lock; read without it after
        copying, and under it by whoever waits: to find it late is to read what could be read before."""
        self.cause: BaseException | None = None
        """What went wrong, if it failed in this process. Written under the lock, before `failed`; for messages."""
        self.forsaken: bool = False
        """Whether nobody has the subscriber any more but those after it: it goes with the last of them. Written and read
        under the lock; only between threads."""
        self.reader: int | None = None
        """The thread that has the turn. Written by it; another thread only compares it with itself, and never finds
        itself."""


def broken_by(gate: Gate) -> DisruptorBroken:
    """Return the error that tells of a subscriber that has failed; it is to be raised from the gate's `cause`."""
    cause = (
        "" if gate.cause is None else f" ({type(gate.cause).__name__})"
    )  # no more of it: no user's code under the lock
    return DisruptorBroken(f"the ring is broken: subscriber {gate.name!r} has failed at {gate.position.value}{cause}")


def new_gate(position: int, name: str, runtime: Runtime) -> Gate:
    """Make a gate that stands at `position`."""
    return Gate(name, runtime.cell(position), runtime.cell(0), runtime.cell(1), runtime.cell(0))
