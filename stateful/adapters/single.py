"""Our own ring between threads with one producer at a time, who publishes without the lock.

What is shown as claimed may be announced only, and a call that overlaps another may be refused: `model/single.py` judges.
"""

from disruptor import Disruptor
from disruptor._override import override
from disruptor._single import SingleSequencer
from disruptor._sync import Runtime
from model.single import SINGLE
from model.state import Call, Outcome
from stateful.adapters._word import Word
from stateful.adapters.threads import ByValue, InPlace, ThreadsRing, named


def name_role(ring: ThreadsRing[str] | ThreadsRing[Word]) -> None:
    """Name the cells of the present role; the next producer may have another."""
    sequencer = ring.ring._sequencer
    if isinstance(sequencer, SingleSequencer):
        named(sequencer.role.limit, "limit")
        named(sequencer.role.busy, "busy")


class SingleByValue(ByValue):
    """A ring that holds words, with one producer at a time."""

    actions = SINGLE

    def __init__(self, capacity: int, runtime: Runtime) -> None:
        ThreadsRing.__init__(self, Disruptor(capacity, producers="single", runtime=runtime), runtime)

    @override
    def perform(self, call: Call, timeout: float | None) -> Outcome:
        """Do one call."""
        name_role(self)
        return super().perform(call, timeout)


class SingleInPlace(InPlace):
    """A ring of events in place, with one producer at a time."""

    actions = SINGLE

    def __init__(self, capacity: int, runtime: Runtime) -> None:
        ThreadsRing.__init__(
            self, Disruptor(capacity, lambda: Word(runtime), producers="single", runtime=runtime), runtime
        )

    @override
    def perform(self, call: Call, timeout: float | None) -> Outcome:
        """Do one call."""
        name_role(self)
        return super().perform(call, timeout)
