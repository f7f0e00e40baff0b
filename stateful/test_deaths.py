"""Processes that are killed at any step of any program: the model's word on what the living see. (`deaths.py`)"""

import logging
from collections.abc import Callable, Iterator

import pytest

from disruptor.shared._deaths import Deaths
from disruptor.shared._gates import GateTable
from disruptor.shared._lock import SharedLock
from disruptor.shared._sequencer import SharedSequencer
from model import calls
from model.dying import Survivors, bury
from model.oracle import Mismatch, View
from model.state import Outcome
from stateful.deaths import MORTAL, strike
from stateful.programs import PROGRAMS, Program
from stateful.scheduler import Weak


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    logging.disable(logging.WARNING)  # each removal is logged, and there are thousands
    yield
    logging.disable(logging.NOTSET)


def strike_all(program: Program, seeds: range, buffers: Weak | None = None, *, every: int = 1) -> int:
    """Kill each task of a program at every step; return in how many runs somebody died."""
    return sum(strike(program, victim, seeds, buffers, every=every) for victim in program.tasks)


@pytest.mark.parametrize("program", MORTAL[::4], ids=lambda program: program.name)
def test_a_death_at_any_step_of_a_program(program: Program) -> None:
    assert strike_all(program, range(1)) > 10


@pytest.mark.parametrize("program", MORTAL[1::4], ids=lambda program: program.name)
def test_a_death_with_store_buffers(program: Program) -> None:
    assert strike_all(program, range(1, 2), Weak(), every=4) > 2


@pytest.mark.deep
@pytest.mark.parametrize("buffers", [None, Weak()], ids=["visible at once", "store buffers"])
@pytest.mark.parametrize("program", MORTAL, ids=lambda program: program.name)
def test_a_death_at_any_step_under_many_schedules(program: Program, buffers: Weak | None) -> None:
    assert strike_all(program, range(1, 16), buffers) > 10


# --- mutants ---------------------------------------------------------------------------------------------------


def nobody_is_dead(self: Deaths, *_: object) -> None:
    """Look for nobody."""


def nothing_is_repaired(self: SharedSequencer) -> None:
    """Leave everything as it is."""


def everybody_dies(self: Deaths, sequencer: SharedSequencer, table: GateTable, among: object) -> None:
    """Take a subscriber away that is alive."""
    for row in table.rows():
        sequencer.remove_gate(row.gate)


def never_busy(self: SharedLock, me: int, blocking: bool) -> bool:
    """Take the lock, and do not look whether the one before died with it."""
    self.holder = self._ident()
    return self._kernel.lock(blocking)


MUTANTS: dict[str, tuple[type, str, Callable[..., object], str]] = {
    "the dead are not looked for": (Deaths, "bury", nobody_is_dead, "publish x publish x read"),
    "the living are removed": (Deaths, "bury", everybody_dies, "publish x publish x read"),
    "what a holder of the lock left is not repaired": (
        SharedSequencer,
        "repair",
        nothing_is_repaired,
        "claims out of order",
    ),
    "nobody sees that the holder of the lock has died": (SharedLock, "_enter", never_busy, "claims out of order"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_death_finds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, method, wrong, program_name = MUTANTS[name]
    monkeypatch.setattr(owner, method, wrong)
    [program] = [program for program in PROGRAMS if program.name == program_name]
    with pytest.raises(AssertionError, match="step"):
        strike_all(program, range(4))


# --- the model itself ------------------------------------------------------------------------------------------


def full() -> Survivors:
    """Return a ring of one, full, with a subscriber T after S, and a producer Q who waits."""
    oracle = Survivors(1)
    for name, after in (("S", ()), ("T", ("S",))):
        oracle.invoke("setup", calls.register_subscriber(name, after=after))
        oracle.respond("setup", Outcome("ok", (0,)))
    oracle.invoke("P", calls.publish("a"))
    oracle.respond("P", Outcome("ok", (0,)))
    oracle.invoke("Q", calls.publish("b"))
    oracle.quiesce(View(0, 0))
    return oracle


def test_a_producer_does_not_wait_for_the_dead() -> None:
    oracle = full()
    oracle.kill("C", subscribers=["S", "T"])
    oracle.respond("Q", Outcome("ok", (1,)))
    oracle.observe(View(positions=()))


def test_who_waits_for_the_dead_for_ever_is_found_out() -> None:
    oracle = full()
    oracle.kill("C", subscribers=["S", "T"])
    with pytest.raises(Mismatch, match="a correct ring would go on with Q: publish"):
        oracle.quiesce(View(0, 0))


def test_who_is_held_back_by_the_living_waits_rightly() -> None:
    oracle = full()
    oracle.kill("C", subscribers=["S"])
    oracle.quiesce(View(0, 0))  # T has yet to read
    oracle.invoke("D", calls.read("T"))
    oracle.respond("D", Outcome("ok", (0,), ("a",)))  # and may, though S has not


def test_the_claim_of_the_dead_becomes_void() -> None:
    oracle = Survivors(2)
    oracle.invoke("P", calls.claim())
    oracle.respond("P", Outcome("ok", (0,)))
    oracle.invoke("Q", calls.publish("b"))
    oracle.respond("Q", Outcome("ok", (1,)))
    oracle.observe(View(1, -1))
    oracle.kill("P", claims=[(0, 1)])
    oracle.observe(View(1, 1))
    oracle.invoke("G", calls.get(0))
    oracle.respond("G", Outcome("SequenceVoid"))


@pytest.mark.parametrize("published", [-1, 0])
def test_a_publication_is_there_or_not(published: int) -> None:
    oracle = Survivors(2)
    oracle.invoke("P", calls.publish("a"))
    oracle.kill("P")
    oracle.observe(View(0, published))
    oracle.invoke("G", calls.get(0))
    oracle.respond("G", Outcome("ok", events=("a",)) if published == 0 else Outcome("SequenceNotFound"))


def test_what_nobody_has_done_has_not_happened() -> None:
    oracle = full()
    oracle.kill("P")
    with pytest.raises(Mismatch, match="cannot return"):
        oracle.respond("Q", Outcome("ok", (1,)))


def test_a_burial_is_written_as_a_call() -> None:
    assert calls.text(bury("S")) == "S.bury()"
