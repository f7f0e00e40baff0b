"""Our own ring between processes, on a simulated machine: each task is a process with handles of its own.

Rule 1: a task sees the ring through its own handles only, and finds the subscribers of others in the shared table.
Rule 2: a claim is its process's own: who finishes another one's does so with the handle of that process.
Rule 3: the events are objects. What the slots of real processes hold is tested with real memory.
"""

from collections.abc import Callable
from typing import Generic, TypeVar, final

from disruptor import Disruptor, Subscriber
from disruptor._home import Home
from disruptor._override import override
from disruptor._parts import Parts
from disruptor._slots import LocalSlots
from disruptor._sync import Runtime
from disruptor.shared._deaths import Policy
from disruptor.shared._layout import Layout
from disruptor.shared._roll import SharedRoll
from disruptor.shared._sequencer import SharedSequencer
from disruptor.waiting import ASLEEP, Waits
from stateful.adapters._word import Word
from stateful.adapters.threads import ByValue, InPlace, ThreadsRing
from stateful.scheduler._machine import Machine, SimKernel

E = TypeVar("E")

SUBSCRIBERS, WAITERS = 4, 6


@final
class Process(Generic[E]):
    """One process, and its handles."""

    def __init__(
        self, machine: Machine, layout: Layout, slots: LocalSlots[E], number: int, policy: Policy, waits: Waits
    ) -> None:
        self.number = number
        kernel = SimKernel(machine, number)
        runtime = machine.runtime
        self.sequencer = SharedSequencer(machine, layout, kernel, runtime, lambda: number, policy)
        rolls: list[SharedRoll[E]] = []

        def roll(ring: Home[Subscriber[E]]) -> SharedRoll[E]:
            rolls.append(SharedRoll(self.sequencer, slots, runtime, machine, kernel, ring))
            return rolls[0]

        self.ring: Disruptor[E] = Disruptor._of(Parts(self.sequencer, slots, runtime, roll), waits)
        self.roll = rolls[0]
        self.subscribers: dict[str, Subscriber[E]] = {}

    def subscriber(self, number: int, serial: int) -> Subscriber[E]:
        """Return the handle of a subscriber that some process has registered, whether it still is or not."""
        return self.roll._handle(self.sequencer.gate_table._row_of(number, serial))


class Simulated(Generic[E]):
    """All processes of one ring, made when they are first asked for."""

    def __init__(
        self,
        capacity: int,
        factory: Callable[[], E] | None,
        runtime: Runtime,
        policy: Policy,
        waits: Waits = ASLEEP,
    ) -> None:
        self._layout = Layout(capacity, SUBSCRIBERS, WAITERS, 0)
        self._slots: LocalSlots[E] = LocalSlots(capacity, factory, runtime)
        self._policy = policy
        self._waits = waits
        self.runtime = runtime
        self.machine = Machine(runtime, self._layout.events)
        self.processes: dict[int, Process[E]] = {}
        self.registered: dict[str, tuple[int, int]] = {}
        """Row and serial of each subscriber, by name."""
        first = self.current()
        first.sequencer.begin()

    def current(self) -> Process[E]:
        """Return the process of the current task."""
        ident = self.runtime.ident()
        if ident not in self.processes:
            number = len(self.processes) + 1
            self.processes[ident] = Process(self.machine, self._layout, self._slots, number, self._policy, self._waits)
        return self.processes[ident]

    def subscriber(self, name: str) -> Subscriber[E]:
        """Return the current process's handle of a subscriber."""
        process = self.current()
        if name not in process.subscribers:
            process.subscribers[name] = process.subscriber(*self.registered[name])
        return process.subscribers[name]

    def register(self, name: str, subscriber: Subscriber[E]) -> None:
        """Note what the current process has registered."""
        process = self.current()
        process.subscribers[name] = subscriber
        row = next(row for row in process.sequencer.gate_table.rows() if row.gate is subscriber._gate)
        self.registered[name] = row.number, row.serial


class ProcessesByValue(ByValue):
    """A ring between processes that holds words."""

    def __init__(self, capacity: int, runtime: Runtime) -> None:
        self._simulated: Simulated[str] = Simulated(capacity, None, runtime, Policy.REMOVE)
        ThreadsRing.__init__(self, self._simulated.current().ring, runtime)

    @property
    @override
    def ring(self) -> Disruptor[str]:
        return self._simulated.current().ring

    @override
    def subscriber(self, name: str) -> Subscriber[str]:
        return self._simulated.subscriber(name)

    @override
    def registered(self, name: str, joiner: Subscriber[str]) -> None:
        self._simulated.register(name, joiner)


class ProcessesInPlace(InPlace):
    """A ring between processes of events in place."""

    def __init__(self, capacity: int, runtime: Runtime) -> None:
        self._simulated: Simulated[Word] = Simulated(capacity, lambda: Word(runtime), runtime, Policy.REMOVE)
        ThreadsRing.__init__(self, self._simulated.current().ring, runtime)

    @property
    @override
    def ring(self) -> Disruptor[Word]:
        return self._simulated.current().ring

    @override
    def subscriber(self, name: str) -> Subscriber[Word]:
        return self._simulated.subscriber(name)

    @override
    def registered(self, name: str, joiner: Subscriber[Word]) -> None:
        self._simulated.register(name, joiner)
