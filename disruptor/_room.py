"""Room for a claim, as it is seen from outside: whether there may be some by now, and what is said if there was none.

Rule 1: what is seen without the lock is only a reason to test under it.
Rule 2: whoever holds a producer back is named: the slowest subscribers, or an unfinished claim.
"""

from collections.abc import Callable
from typing import Protocol

from disruptor._cell import Cell
from disruptor._gate import Gate
from disruptor._sequence import claim_end, limit_of


class Order(Protocol):
    """The part of a sequencer that is looked at."""

    capacity: int
    claimed: Cell
    published: Cell
    phase: Cell

    @property
    def gates(self) -> tuple[Gate, ...]:
        """The gates of all registered subscribers."""

    def lowest(self) -> int:
        """Return the lowest of `published` and all gates."""


def stirring(order: Order, n: int) -> Callable[[], bool]:
    """Return what tells, without the lock, whether a claim of `n` that waits has anything to find out under it.

    To be made under the lock. A claim of somebody else is news, too: it may make it certain that one waits for oneself.
    """
    seen = order.claimed.value

    def stirred() -> bool:
        nonlocal seen
        before, seen = seen, order.claimed.value
        if seen != before or order.phase.value:
            return True
        return claim_end(seen, n) <= limit_of(order.lowest(), order.capacity)

    return stirred


def shortage(order: Order, n: int) -> str:
    """Say why there was no room for `n`. The caller holds the lock."""
    claimed, lowest = order.claimed.value, order.lowest()
    behind = lowest < order.published.value  # else it is not a subscriber that holds the producer back
    slow = [gate.name for gate in order.gates if behind and gate.position.value == lowest]
    cause = f"subscriber {', '.join(map(repr, slow))}" if slow else "an unfinished claim"
    free = order.capacity - (claimed - lowest)
    return f"no room for {n} within the time-out: {free} of {order.capacity} slots are free; {cause} is at {lowest}"
