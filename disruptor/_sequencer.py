"""Which sequences are claimed, which are published, and how far producers may go.

Rule 1: everything here is written under the ring's lock. `published`, `claimed` and `phase` are also read without
        it, so they are cells; each only grows, and an old value only makes its reader more cautious. (`phase` goes back
        when a ring is started again: who still sees it closed or halted is told what was true when the call began.)
Rule 2: a claim is taken only when there is room, in one step under the lock. A call that fails before has taken nothing.
Rule 3: `published` moves over a contiguous run of finished claims, published or void, and over each of them at once.
Rule 4: no claim goes more than `capacity` beyond the lowest gate, nor beyond `published`: without subscribers,
        two claims would otherwise hold the same slot.
Rule 5: a claim is noted in `_taking` before `claimed` moves, and the note is removed once the claim is held or finished.
        What an interrupt strands between the two is voided by `recover`.
"""

from collections.abc import MutableMapping
from typing import Final

from disruptor._cell import Cell
from disruptor._clearing import Clearing
from disruptor._errors import DisruptorClosed, InsufficientCapacity, SelfDeadlock
from disruptor._gate import Gate, broken_by
from disruptor._held import Held, Voids
from disruptor._patience import Patience
from disruptor._room import shortage, stirring
from disruptor._sequence import INITIAL, Sequence, claim_end, limit_of
from disruptor._sync import Lock, News, Runtime, Signal
from disruptor.waiting import BLOCKING, WaitStrategy

OPEN: Final = 0
CLOSED: Final = 1
HALTED: Final = 2


class Sequencer:
    """The order of claims and publications in one ring, for any number of producers.

    `claimed`, `published`, `phase`: see Rule 1. `voided`: how many sequences ever became void. `voids`: those of the last
    `capacity`, changed under the lock; a reader asks it only for sequences that its gate protects, which do not change, or
    tests `claimed` afterwards. `gates`: replaced as a whole under the lock. `_limit`: what may be claimed without
    looking at the gates again; at most the true limit, because gates only advance, and who adds a gate or closes the ring
    lowers it. `_held`, `_done`: claims above `published`, by first sequence. `clearing`: if the ring clears.
    """

    __slots__ = (
        "_done",
        "_held",
        "_limit",
        "_runtime",
        "_taking",
        "capacity",
        "claimed",
        "clearing",
        "gates",
        "lock",
        "news",
        "patience",
        "phase",
        "published",
        "reader_wait",
        "room",
        "voided",
        "voids",
    )

    def __init__(self, capacity: int, runtime: Runtime) -> None:
        self.capacity: int = capacity
        self.lock: Lock = runtime.lock()
        self.room: News = Signal(runtime, self.lock)
        self.news: News = Signal(runtime, self.lock)
        self.claimed: Cell = runtime.cell(INITIAL)
        self.published: Cell = runtime.cell(INITIAL)
        self.phase: Cell = runtime.cell(OPEN)
        self.gates: tuple[Gate, ...] = ()
        self.voids: Voids = set()
        self.voided: Cell = runtime.cell(0)
        self.patience: Patience = Patience(runtime, self.room, BLOCKING)
        self.reader_wait: WaitStrategy = BLOCKING
        self.clearing: Clearing | None = None
        self._runtime = runtime
        self._limit: int = limit_of(INITIAL, capacity)
        self._held: MutableMapping[int, Held] = {}
        self._done: MutableMapping[int, int] = {}
        self._taking: int | None = None

    # --- claiming; the caller holds the lock ---------------------------------------------------------------

    def take(self, n: int, deadline: int | None) -> Sequence:
        """Wait until there is room for `n` sequences, take them, and return the first.

        The caller then calls `hold` or `publish`, or `recover`, after whatever was raised; then nothing was taken.
        """
        if self._taking is not None:
            self.recover()
        last = self.claimed.value + n
        if last > self._limit and not self._has_room(n):

            def ready() -> bool:
                if self._has_room(n):
                    return True
                if deadline is None:
                    self._refuse_self_deadlock(n)
                return False

            if not self.patience.until(ready, stirring(self, n), deadline):
                raise InsufficientCapacity(shortage(self, n))
            last = self.claimed.value + n
        first: Sequence = last - n + 1  # type: ignore[assignment]  # `Sequence(first)` would be a call
        self._taking = first
        self.claimed.value = last
        if self.voids:  # their slots have new owners now
            self.voids.difference_update(range(first - self.capacity, last - self.capacity + 1))
        return first

    def hold(self, first: int, n: int) -> Held:
        """Keep the claim just taken open: it will be finished by `publish` or `void`."""
        held = self._held[first] = Held(first + n - 1)
        self._taking = None
        return held

    def recover(self, first: int | None = None) -> None:
        """Void what an interrupted call left half done, and wake everybody.

        `first` is the claim that was being finished; without it, the claim that was being taken.
        """
        if first is None:
            first = self._taking
        if first is None:
            return  # nothing was taken
        held = self._held.get(first)
        last = self.claimed.value if held is None else held.last
        if self.published.value < first <= last and first not in self._done:
            self.voids.update(range(first, last + 1))
            self.voided.value += last - first + 1
            self._finish(first, last)
        self._advance()
        for stale in [done for done in self._done if done <= self.published.value]:
            del self._done[stale]  # shown by the interrupted call, and not yet forgotten
        self._held.pop(first, None)
        self._wake()
        self._taking = None

    # --- finishing; the caller holds the lock --------------------------------------------------------------

    def publish(self, first: int, n: int) -> None:
        """Show the sequences of a claim, all at once, as soon as everything below is finished."""
        self._finish(first, first + n - 1)
        self._wake()
        self._taking = None

    def void(self, first: int, n: int) -> None:
        """Give up the sequences of a held claim: everybody will walk past them."""
        self.voids.update(range(first, first + n))
        self.voided.value += n
        self._finish(first, first + n - 1)
        self._wake()

    def _wake(self) -> None:
        """Wake readers, and producers too: without subscribers it is an unfinished claim that holds them back."""
        if self.news.sleepers.value:
            self.news.wake()
        if self.room.sleepers.value:
            self.room.wake()

    def _finish(self, first: int, last: int) -> None:
        if first == self.published.value + 1 and not self._done:
            self.published.value = last
        else:
            self._done[first] = last
            self._advance()
        self._held.pop(first, None)

    def _advance(self) -> None:
        shown = []
        last = self.published.value
        while (end := self._done.get(last + 1)) is not None:
            shown.append(last + 1)
            last = end
        if shown:  # in one store: claim by claim, a reader would be shown a part of what becomes readable at once
            self.published.value = last
        for first in shown:
            del self._done[first]

    # --- gates and phases; the caller holds the lock -------------------------------------------------------

    def lowest(self) -> int:
        """Return the lowest of `published` and all gates: what bounds the producers (Rule 4)."""
        lowest = self.published.value
        for gate in self.gates:
            position = gate.position.value
            lowest = min(lowest, position)
        return lowest

    def add_gate(self, gate: Gate) -> None:
        """Let `gate` hold producers back from now on."""
        self._limit = min(self._limit, limit_of(gate.position.value, self.capacity))
        self.gates = (*self.gates, gate)

    def remove_gate(self, gate: Gate) -> None:
        """Stop gating, and wake everybody who may have waited for it."""
        self.gates = tuple(other for other in self.gates if other is not gate)
        self._wake()

    def close(self, phase: int) -> None:
        """Enter `phase` (CLOSED, HALTED) unless it is already passed, and wake everybody."""
        if self._taking is not None:
            self.recover()
        self._limit = INITIAL  # first: the next claim looks, and finds out
        if phase > self.phase.value:
            self.phase.value = phase
        self._wake()

    def fail(self, gate: Gate, cause: BaseException) -> None:
        """Note that the reader of `gate` will not go on, close the ring, and wake everybody."""
        if not gate.failed.value:
            gate.cause = cause
            gate.failed.value = 1
        self.close(CLOSED)

    def stopped(self) -> bool:
        """Tell whether the ring was halted or is broken."""
        return self.phase.value == HALTED or any(gate.failed.value for gate in self.gates)

    def start(self) -> None:
        """Open a ring again that was halted or is broken: the caller has made sure of that."""
        for gate in self.gates:
            gate.failed.value = 0
            gate.cause = None
        self.phase.value = OPEN  # the limit is still at the beginning: the next claim looks

    # --- waiting -------------------------------------------------------------------------------------------

    def _has_room(self, n: int) -> bool:
        phase = self.phase.value
        if phase != OPEN:
            for gate in self.gates:
                if gate.failed.value:
                    raise broken_by(gate) from gate.cause
            state = "halted" if phase == HALTED else "closed"
            raise DisruptorClosed(f"the ring is {state}: no new claims after sequence {self.claimed.value}")
        self._limit = limit_of(self.lowest(), self.capacity)
        return claim_end(self.claimed.value, n) <= self._limit

    def _refuse_self_deadlock(self, n: int) -> None:
        """Raise `SelfDeadlock` if a claim of `n` would wait for the calling thread itself.

        That is: for a claim it has to finish, or a gate that only its own reading moves. Only an untimed wait
        is refused; another thread could still end it by removing the gate or closing the ring.
        """
        me = self._runtime.ident()
        needed = claim_end(self.claimed.value, n) - self.capacity
        for first, held in self._held.items():
            if held.owner == me and first <= needed:
                raise SelfDeadlock(
                    f"a claim of {n} needs sequence {needed} processed, but this thread itself holds the "
                    f"claim of {first}..{held.last}; finish it first, or give a time-out"
                )
        for gate in self.gates:
            if gate.reader == me and gate.position.value < needed:
                raise SelfDeadlock(
                    f"a claim of {n} needs sequence {needed} processed, but this thread itself is reading through "
                    f"{gate.name!r}, which is at {gate.position.value}; finish that batch first, or give a time-out"
                )

    def refuse_own_claim(self, sequence: int) -> None:
        """Raise `SelfDeadlock` if waiting for `sequence` would wait for a claim that the calling thread holds."""
        me = self._runtime.ident()
        for first, held in self._held.items():
            if held.owner == me and first <= sequence:
                raise SelfDeadlock(
                    f"sequence {sequence} waits for the claim of {first}..{held.last}, which this thread itself holds; "
                    "finish it first, or give a time-out"
                )

    def check(self) -> None:
        """Raise `AssertionError`, with all fields, if an invariant does not hold. For tests; takes the lock."""
        with self.lock:
            claimed, published = self.claimed.value, self.published.value
            expected = published + 1
            ends = {first: held.last for first, held in self._held.items()} | dict(self._done)
            for first in sorted(ends):
                if first != expected:
                    break
                expected = ends[first] + 1
            sound = (
                expected == claimed + 1
                and published + 1 not in self._done
                and all(first > published for first in ends)
                and self._held.keys().isdisjoint(self._done)
                and self._taking is None
                and claimed - self.capacity <= self.lowest()
                and all(claimed - self.capacity < void <= claimed for void in self.voids)
                and (self.phase.value != OPEN or self._limit <= limit_of(self.lowest(), self.capacity))
            )
            if not sound:
                positions = {gate.name: gate.position.value for gate in self.gates}
                raise AssertionError(
                    f"{claimed=} {published=} capacity={self.capacity} limit={self._limit} {ends=} done={self._done} "
                    f"taking={self._taking} voids={self.voids} {positions=} phase={self.phase.value}"
                )
