"""Our own ring between threads that lets go of what everybody has processed: `model/clearing.py` judges."""

from typing import ClassVar

from disruptor import Disruptor, Subscriber
from disruptor._override import override
from disruptor._slots import LocalSlots
from disruptor._sync import Runtime
from model.action import Action
from model.clearing import CLEARING, CLEARS
from model.single import SINGLE
from model.state import Call, Outcome
from stateful.adapters.single import name_role
from stateful.adapters.threads import ByValue, ThreadsRing


def kept(ring: Disruptor[str], promised: dict[str, int]) -> list[int]:
    """Return the sequences of slots that hold an event although every subscriber that had to has processed it."""
    slots = ring._slots
    gates = ring.subscribers
    if not gates or not isinstance(slots, LocalSlots):
        return []
    passed = min(ring.cursor, *(gate.sequence for gate in gates))
    first = max(min(promised[gate.name] for gate in gates), ring.claimed - ring.capacity + 1)
    return [sequence for sequence in range(first, passed + 1) if slots.at(sequence) is not None]


class ClearingByValue(ByValue):
    """A ring that holds words no longer than somebody has to read them."""

    actions: ClassVar[dict[str, Action]] = CLEARING
    producers = "multi"

    def __init__(self, capacity: int, runtime: Runtime) -> None:
        self.promised: dict[str, int] = {}
        ring = Disruptor[str](capacity, clear=True, producers=self.producers, runtime=runtime)
        ThreadsRing.__init__(self, ring, runtime)

    @override
    def registered(self, name: str, joiner: Subscriber[str]) -> None:
        """Note a new subscriber, and what it was promised."""
        super().registered(name, joiner)
        self.promised[name] = joiner.sequence + 1

    @override
    def check(self) -> None:
        """Ask the ring for its invariants, and look at what its slots hold."""
        super().check()
        left = kept(self.ring, self.promised)
        if left:
            raise AssertionError(f"the events of {left} are kept, although everybody has processed them")


class SingleClearingByValue(ClearingByValue):
    """The same with one producer at a time."""

    actions: ClassVar[dict[str, Action]] = {**SINGLE, **CLEARS}
    producers = "single"

    @override
    def perform(self, call: Call, timeout: float | None) -> Outcome:
        """Do one call."""
        name_role(self)
        return super().perform(call, timeout)
