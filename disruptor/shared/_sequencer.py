"""The sequencer between processes: the same code, over words that all processes see.

Rule 1: what `Sequencer` keeps in fields of its own lies in words here. Its methods are inherited as they are.
Rule 2: each of them may be cut off between any two stores by the death of its process. Whoever takes the lock next calls
        `repair`: the claim that was being taken is void, what is finished is counted and shown, everybody is woken.
Rule 3: a claim that is held by a dead participant is voided by whoever waits in vain (`_deaths.py`). Dead subscribers are
        the business of those whom they hold back: producers, and readers behind them (`news_behind`).
"""

from collections.abc import Callable, Collection
from functools import partial
from typing import Final

from disruptor._cell import Cell
from disruptor._gate import Gate
from disruptor._held import Held
from disruptor._override import override
from disruptor._patience import Patience
from disruptor._sequence import INITIAL, limit_of
from disruptor._sequencer import CLOSED, OPEN, Sequencer
from disruptor._sync import Runtime
from disruptor.shared._claims import ClaimTable, DoneClaims, HeldClaims, SharedVoids
from disruptor.shared._deaths import Deaths, Policy
from disruptor.shared._gates import GateTable
from disruptor.shared._kernel import Kernel, Memory
from disruptor.shared._layout import ClaimWord, Layout, State, WaiterWord
from disruptor.shared._lock import SharedLock
from disruptor.shared._signal import SharedSignal
from disruptor.waiting import BLOCKING, WaitStrategy

ROOM: Final = 1
NEWS: Final = 2


class SharedSequencer(Sequencer):
    """The order of claims and publications in a ring between processes, as one process sees it."""

    __slots__ = ("_deaths", "_finished", "_limit_word", "_signals", "_starting", "_taking_word", "gate_table", "me")

    def __init__(
        self,
        memory: Memory,
        layout: Layout,
        kernel: Kernel,
        runtime: Runtime,
        me: Callable[[], int],
        policy: Policy,
    ) -> None:
        self._runtime = runtime
        self.me = me
        """Returns the number of this participant."""
        self.capacity = layout.capacity
        self.claimed = memory.cell(State.CLAIMED)
        self.published = memory.cell(State.PUBLISHED)
        self.phase = memory.cell(State.PHASE)
        self.clearing = None
        self._limit_word: Cell = memory.cell(State.LIMIT)
        self._taking_word: Cell = memory.cell(State.TAKING)
        self._starting: Cell = memory.cell(State.STARTING)
        self.lock = SharedLock(kernel, memory.cell(State.BUSY), me, runtime.ident, self.repair)
        waiters = memory.words(layout.waiters, layout.max_waiters * WaiterWord.SIZE)

        def signal(kind: int, sleepers: int) -> SharedSignal:
            fenced = memory.fenced(sleepers)
            return SharedSignal(kind, fenced, waiters, kernel, self.lock, runtime, me, partial(self._tend, ()))

        self._signals = (signal(ROOM, State.ROOM_SLEEPERS), signal(NEWS, State.NEWS_SLEEPERS))
        self.room, self.news = self._signals
        self.patience = Patience(runtime, self._signals[0].tended(partial(self._tend, None)), BLOCKING)
        self.reader_wait: WaitStrategy = BLOCKING
        self.voided = memory.cell(State.VOIDED)
        self.gate_table = GateTable(memory, layout, kernel)
        table = ClaimTable(
            memory.words(layout.claims, layout.capacity * ClaimWord.SIZE),
            self.published,
            self.claimed,
            memory.cell(State.DONE),
            me,
            runtime.ident,
        )
        self._held = HeldClaims(table)
        self._done = self._finished = DoneClaims(table)
        self.voids = SharedVoids(
            memory.words(layout.voids, layout.capacity), memory.cell(State.NEWEST_VOID), self.claimed
        )
        self._deaths = Deaths(
            kernel, runtime, policy, memory.cell(State.DEAD_CLAIMS), memory.cell(State.DEAD_SUBSCRIBERS)
        )

    def begin(self) -> None:
        """Make the state of a new ring, before anybody else sees it."""
        self.claimed.value = self.published.value = INITIAL
        self._limit = limit_of(INITIAL, self.capacity)

    # --- fields that lie in words --------------------------------------------------------------------------

    @property  # type: ignore[explicit-override]  # mypy does not see it on a property with a setter
    def _limit(self) -> int:
        return self._limit_word.value

    @_limit.setter
    def _limit(self, limit: int) -> None:
        self._limit_word.value = limit

    @property  # type: ignore[explicit-override]  # mypy does not see it on a property with a setter
    def _taking(self) -> int | None:
        taking = self._taking_word.value
        return taking - 1 if taking else None

    @_taking.setter
    def _taking(self, first: int | None) -> None:
        self._taking_word.value = 0 if first is None else first + 1

    @property
    @override
    def gates(self) -> tuple[Gate, ...]:  # type: ignore[override]  # a field of `Sequencer`, which it stores; this does not
        """The gates of all registered subscribers, of all processes."""
        return tuple(row.gate for row in self.gate_table.rows())

    @override
    def hold(self, first: int, n: int) -> Held:
        super().hold(first, n)
        return self._held[first]  # as its row shows it

    # --- gates; the caller holds the lock ------------------------------------------------------------------

    @override
    def add_gate(self, gate: Gate) -> None:
        self._limit = min(self._limit, limit_of(gate.position.value, self.capacity))
        self.gate_table.register(gate)

    @override
    def remove_gate(self, gate: Gate) -> None:
        self.gate_table.remove(gate)
        self._wake()

    def make_room_for_gate(self) -> None:
        """Let a dead subscriber go if there is no row for a new one."""
        if self.gate_table.free() is None:
            self._deaths.make_room(self, self.gate_table)

    @override
    def start(self) -> None:
        self._starting.value = 1
        super().start()
        self._starting.value = 0

    # --- after a death; the caller holds the lock ----------------------------------------------------------

    def repair(self) -> None:
        """Put right what a holder of the lock has left half done who died, or was interrupted on its way out."""
        if self._starting.value:
            self.start()
        elif self.phase.value == OPEN and self.stopped():
            self.close(CLOSED)  # somebody has failed, and the rest of that was left undone
        self.recover()
        self._advance()  # it may have finished the claim that others were waiting for, and not shown it
        self._finished.recount()
        self.gate_table.recount()
        for signal in self._signals:
            signal.bury()
        self._wake()

    def news_behind(self, gates: Collection[Gate]) -> SharedSignal:
        """Return the news for who waits for `gates` to go first: he looks for the dead among them."""
        return self._signals[1].tended(partial(self._tend, gates))

    def _tend(self, among: Collection[Gate] | None) -> None:
        self._deaths.bury(self, self.gate_table, among)
