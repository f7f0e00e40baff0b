"""What a ring is put together from: between threads here, between processes in `shared/_ring.py`."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from disruptor._home import Home
from disruptor._roll import LocalRoll, Roll
from disruptor._sequencer import Sequencer
from disruptor._slots import LocalSlots, Slots
from disruptor._subscriber import Subscriber
from disruptor._sync import Runtime

E = TypeVar("E")


class Parts(NamedTuple, Generic[E]):
    """The parts of one ring, as one process has them."""

    sequencer: Sequencer
    slots: Slots[E]
    runtime: Runtime
    roll: Callable[[Home[Subscriber[E]]], Roll[E]]
    """Makes the roll for the ring that its subscribers belong to."""


def local_parts(capacity: int, event_factory: Callable[[], E] | None, runtime: Runtime) -> Parts[E]:
    """Return the parts of a ring between threads."""
    sequencer = Sequencer(capacity, runtime)
    slots = LocalSlots(capacity, event_factory, runtime)
    return Parts(sequencer, slots, runtime, lambda home: LocalRoll(sequencer, slots, runtime, home))
