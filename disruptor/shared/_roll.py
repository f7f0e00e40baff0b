"""The subscribers of a ring between processes, as one process sees them: a handle for each registered row.

Rule 1: a subscriber that another process has registered gets a handle here when somebody asks for it; it is always the same.
Rule 2: a subscriber belongs to the process that reads through it (`_turn.py`); its registrar owns it until then.
"""

from typing import Any, Generic, TypeVar, final
from weakref import WeakValueDictionary

from disruptor._cell import Cell
from disruptor._gate import Gate
from disruptor._home import Home
from disruptor._patience import Patience
from disruptor._slots import Slots
from disruptor._subscriber import Subscriber
from disruptor._sync import Runtime
from disruptor.shared._gates import Row
from disruptor.shared._kernel import Kernel, Memory
from disruptor.shared._layout import GATES, GateWord, State
from disruptor.shared._sequencer import SharedSequencer
from disruptor.shared._turn import OwnPosition, SharedTurn

E = TypeVar("E")


def before(subscriber: Subscriber[Any]) -> tuple[Gate, ...]:
    """Return the gates of all that go before a subscriber, also of those before these, each once."""
    found: list[Subscriber[Any]] = []
    left = [*subscriber.after]
    while left:
        upstream = left.pop()
        if upstream not in found:
            found.append(upstream)
            left += upstream.after
    return tuple(upstream._gate for upstream in found)


@final
class SharedRoll(Generic[E]):
    """The subscribers of one ring between processes."""

    __slots__ = ("_home", "_kernel", "_known", "_memory", "_names", "_runtime", "_sequencer", "_slots", "_turns")

    def __init__(
        self,
        sequencer: SharedSequencer,
        slots: Slots[E],
        runtime: Runtime,
        memory: Memory,
        kernel: Kernel,
        home: Home[Subscriber[E]],
    ) -> None:
        self._sequencer = sequencer
        self._slots = slots
        self._runtime = runtime
        self._memory = memory
        self._kernel = kernel
        self._home = home
        self._names: Cell = memory.cell(State.NAMES)
        self._known: WeakValueDictionary[int, Subscriber[E]] = WeakValueDictionary()
        self._turns: dict[int, SharedTurn] = {}

    def subscribers(self) -> tuple[Subscriber[E], ...]:
        """Return the registered ones of all processes, in order of registration; never waits."""
        return tuple(map(self._handle, self._sequencer.gate_table.rows()))

    def _handle(self, row: Row) -> Subscriber[E]:
        known = self._known.get(row.serial)
        if known is not None:
            return known
        after = tuple(map(self._handle, self._sequencer.gate_table.upstreams(row)))
        return self._known.setdefault(row.serial, self._new(row, after))

    def _new(self, row: Row, after: tuple[Subscriber[E], ...]) -> Subscriber[E]:
        sequencer = self._sequencer
        registered = {row.serial for row in sequencer.gate_table.rows()}
        for gone in {*self._turns} - registered:
            self._turns.pop(gone, None)
        # One for each row, in one step: a handle that is made anew, or by two threads at once, has the same.
        own = SharedTurn(self._memory, row, self._kernel, sequencer.lock, sequencer.me)
        turn = self._turns.setdefault(row.serial, own)
        word = GATES + row.number * GateWord.SIZE + GateWord.POSITION
        row.gate.position = OwnPosition(self._memory.fenced(word), turn, row.gate.name)
        made = Subscriber(sequencer, self._slots, self._runtime, row.gate, turn, after, self._home)
        made._barrier.patience = Patience(self._runtime, sequencer.news_behind(before(made)), sequencer.reader_wait)
        return made

    def make(self, position: int, after: tuple[Subscriber[E], ...], name: str) -> Subscriber[E]:
        """Make a subscriber that is not registered yet. Raises `InvalidValue` if the table is full."""
        table = self._sequencer.gate_table
        self._sequencer.make_room_for_gate()
        gates = [subscriber._gate for subscriber in after]
        upstreams = sum(1 << row.number for row in table.rows() if row.gate in gates)
        row = table.prepare(position, name, upstreams, self._sequencer.me())
        subscriber = self._known[row.serial] = self._new(row, after)
        return subscriber

    def name(self) -> str:
        """Return a name that was not made up before, in no process."""
        self._names.value += 1
        return f"subscriber-{self._names.value - 1}"

    def add(self, subscriber: Subscriber[E]) -> None:
        """Register one that gates already. Nothing is to be done: the table says it."""

    def drop(self, subscriber: Subscriber[E]) -> None:
        """Forget one that gates no more. Nothing is to be done: the table says it."""
