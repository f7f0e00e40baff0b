"""Keeping no event longer than somebody has to read it: `clear=True`.

Rule 1: when the lowest gate moves on, or leaves others behind, the slots between where it was and where the lowest is now
        are emptied, and the gate moves, in one step under the ring's lock. Without it nobody claims beyond a limit that was
        found out under it, not even a single producer; so nobody can have claimed them meanwhile.
Rule 2: what is emptied is gone as if it were overwritten. `released` moves before a slot is emptied, so who tests it after
        reading (`Disruptor.get`) knows.
Rule 3: without subscribers nothing is released, nor by who joins: nobody has passed it.
Rule 4: what was released is handed to the caller, to be dropped unlocked: its finaliser is the user's code.
Rule 5: a step that is interrupted is done again: half done, events would be gone that somebody has yet to read.
"""

from collections.abc import Callable
from typing import Protocol, final

from disruptor._cell import Cell
from disruptor._gate import Gate
from disruptor._sequence import Sequence, oldest_kept
from disruptor._sync import Lock, News


class Cleared(Protocol):
    """The part of a sequencer that is looked at."""

    capacity: int
    claimed: Cell
    published: Cell
    lock: Lock
    room: News
    news: News
    clearing: "Clearing | None"

    @property
    def gates(self) -> tuple[Gate, ...]:
        """The gates of all registered subscribers."""


@final
class Clearing:
    """How far one ring between threads is emptied."""

    __slots__ = ("_empty", "_sequencer", "released")

    def __init__(self, sequencer: Cleared, released: Cell, empty: Callable[[int, int], object]) -> None:
        self._sequencer = sequencer
        self.released: Cell = released
        """The sequence up to which nothing is kept. Written under the ring's lock, only forward; read without it after
        reading a slot: to find it late is to have read what was there."""
        self._empty = empty
        """Empties the slots of so many sequences from the first on, and returns what they held."""

    def move(self, gate: Gate, sequence: int) -> object:
        """Let a gate go on to `sequence`, if it is not there; return what that releases. Takes the lock."""
        released: list[object] = []
        with self._sequencer.lock:
            try:
                self._move(gate, sequence, released)
            except BaseException:
                self._move(gate, sequence, released)  # Rule 5
                self._sequencer.room.wake()
                self._sequencer.news.wake()
                raise
        return released

    def leave(self, gate: Gate) -> object:
        """Return what the going of a gate releases, which still stands. The caller holds the lock, and does it again."""
        others = [other.position.value for other in self._sequencer.gates if other is not gate]
        if not others:
            return None  # Rule 3
        lowest = min(self._sequencer.published.value, *others)
        return self._release(min(lowest, gate.position.value), lowest)

    def _move(self, gate: Gate, sequence: int, released: list[object]) -> None:
        position, gates = gate.position.value, self._sequencer.gates
        if sequence <= position:
            return
        if gate in gates:  # else it was removed meanwhile
            others = (other.position.value for other in gates if other is not gate)
            lowest = min([self._sequencer.published.value, *others])
            released.append(self._release(min(lowest, position), min(lowest, sequence)))
        gate.position.value = sequence

    def _release(self, was: int, now: int) -> object:
        if now <= was:
            return None
        self.released.value = now
        return self._empty(was + 1, now - was)


def oldest_there(sequencer: Cleared) -> Sequence:
    """Return the oldest sequence that is kept; who has read one tests it afterwards, who holds the lock may rely on it."""
    oldest = oldest_kept(sequencer.claimed.value, sequencer.capacity)
    clearing = sequencer.clearing
    return oldest if clearing is None else max(oldest, Sequence(clearing.released.value + 1))
