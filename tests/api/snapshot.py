"""Everything that a ring shows, to say that a refused call has changed nothing."""

from typing import TypeVar

from disruptor import Disruptor

E = TypeVar("E")


def snapshot(ring: Disruptor[E]) -> tuple[object, ...]:
    """Return what `ring` shows, after it has checked itself."""
    ring._check()
    return (
        ring.cursor,
        ring.claimed,
        ring.remaining_capacity,
        ring.closed,
        ring.halted,
        tuple((s.name, s.sequence, s.lag, s.closed, s._gate.reader) for s in ring.subscribers),
        sorted(ring._sequencer.voids),
        [ring._slots.at(k) for k in range(ring.capacity)],
    )
