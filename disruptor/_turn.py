"""Whose turn it is to read through a subscriber.

Rule 1: one at a time has the turn; trying to take it never waits.
Rule 2: the turn is held by an object, and given back when that goes, at the latest: so an interrupt at any step of a read
        leaves it taken only as long as its traceback, or what was interrupted, is kept. To take it and to note that it
        was taken is a single call of C code, within which no interrupt is raised; so is to give it back.
Rule 3: who has it is named in the gate, for whoever asks whether it waits for itself; the name goes before the turn does.
"""

from operator import call
from typing import final

from disruptor._gate import Gate
from disruptor._sync import Lock

_AT_ONCE = (False,)


@final
class Turn:
    """One try to take the turn of a subscriber, and the turn, if it was taken."""

    __slots__ = ("__weakref__", "_gate", "_lock", "_taken")

    def __init__(self, lock: Lock, gate: Gate) -> None:
        self._lock = lock
        self._gate = gate
        self._taken: list[bool | None] = []  # [True] while the turn is held; changed only by who made this

    def take(self) -> bool:
        """Take the turn, unless somebody has it; tell whether it was taken."""
        self._taken.extend(map(self._lock.acquire, _AT_ONCE))
        return self._taken == [True]

    def give(self) -> None:
        """Give the turn back, if it is held; doing it again is fine."""
        if self._taken == [True]:
            self._gate.reader = None
            self._taken[:] = map(call, (self._lock.release,))

    def __del__(self) -> None:
        if hasattr(self, "_taken"):  # else it was interrupted before it had tried
            self.give()
