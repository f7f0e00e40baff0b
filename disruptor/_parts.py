"""What a ring is put together from: between threads here, between processes in `shared/_ring.py`."""

import sys
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from disruptor._arguments import one_of
from disruptor._clearing import Clearing
from disruptor._errors import InvalidValue
from disruptor._home import Home
from disruptor._roll import LocalRoll, Roll
from disruptor._sequence import INITIAL
from disruptor._sequencer import Sequencer
from disruptor._single import SingleSequencer
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


def one_at_a_time(producers: str, *, multiproc: bool) -> bool:
    """Tell whether one producer at a time is asked for, and can be relied on; `InvalidValue` for what cannot be asked."""
    single = one_of("producers", producers, ("multi", "single")) == "single"
    if single and multiproc:
        raise InvalidValue(
            'producers="single" is for rings between threads: between processes, publishing without the lock would need a '
            'fence that costs as much as the lock; leave it at "multi"'
        )
    # Without the interpreter's lock, stores and loads need not keep their order: then many producers are right for one, too.
    return single and getattr(sys, "_is_gil_enabled", lambda: True)()


def require_clearable(clear: bool, kept: bool) -> None:
    """Raise `InvalidValue` if a ring is to clear whose slots are kept as long as the ring."""
    if clear and kept:
        raise InvalidValue(
            f"clear={clear!r} is for rings by value between threads; elsewhere the slots themselves stay as long as the "
            "ring, and hold nothing else of yours"
        )


def local_parts(
    capacity: int, event_factory: Callable[[], E] | None, runtime: Runtime, *, single: bool, clear: bool = False
) -> Parts[E]:
    """Return the parts of a ring between threads."""
    slots = LocalSlots(capacity, event_factory, runtime)
    sequencer = SingleSequencer(capacity, runtime, slots.items) if single else Sequencer(capacity, runtime)
    if clear:
        sequencer.clearing = Clearing(sequencer, runtime.cell(INITIAL), slots.empty)
    return Parts(sequencer, slots, runtime, lambda home: LocalRoll(sequencer, slots, runtime, home))
