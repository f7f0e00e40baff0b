"""Processes that are killed at any step, and the process code where nobody is killed: the oracle's word on both.

Rule 1: what runs is the library's own code for processes, on a simulated machine (`_machine.py`), with store buffers, too.
Rule 2: every mutant of it that is listed here is found by the kills, or by the programs.
"""

import gc
from collections.abc import Callable

import pytest

from disruptor.shared._claims import HeldClaims
from disruptor.shared._deaths import Deaths
from disruptor.shared._layout import ClaimWord
from disruptor.shared._sequencer import SharedSequencer
from disruptor.shared._signal import SharedSignal
from disruptor.waiting import ASLEEP, BusySpin, PhasedBackoff, Waits, WaitStrategy
from stateful.adapters.processes import ProcessesByValue, ProcessesInPlace
from stateful.failure import check
from stateful.kills import DEEDS, Deed, kill
from stateful.programs import PAIRS, PROGRAMS, Program
from stateful.scheduler import Granularity, Scheduler, Weak
from stateful.scheduler._machine import Machine

STEPS = 2_000
"""More than any deed has."""


def steps(deed: Deed, seeds: range, capacity: int, buffers: Weak | None, waits: Waits = ASLEEP) -> int:
    """Kill the victim at every step; return how many there are."""
    for step in range(1, STEPS):
        killed = [kill(deed, step, seed, capacity=capacity, buffers=buffers, waits=waits) for seed in seeds]
        for one in killed:
            if one.error is not None:
                raise one.error
        if not any(one.struck for one in killed):
            return step - 1
    raise AssertionError("there is no end of steps")


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
def test_a_kill_at_any_step(deed: Deed) -> None:
    assert steps(deed, range(2), 2, None) > 10


@pytest.mark.deep
@pytest.mark.parametrize("buffers", [None, Weak()], ids=["visible at once", "store buffers"])
@pytest.mark.parametrize("capacity", [1, 2])
@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
def test_a_kill_at_any_step_under_many_schedules(deed: Deed, capacity: int, buffers: Weak | None) -> None:
    if not (capacity == 1 and deed.name == "claims out of order"):  # two claims at once need two slots
        assert steps(deed, range(20), capacity, buffers) > 10


def schedulers() -> int:
    gc.collect()
    return sum(isinstance(thing, Scheduler) for thing in gc.get_objects())


def test_nothing_is_left_of_a_process_that_was_killed() -> None:
    before = schedulers()
    for step in range(5, 10):
        assert kill(DEEDS[0], step, 0).struck
    assert schedulers() <= before  # a suspended greenlet would keep all that it has


AWAKE = (BusySpin(), PhasedBackoff(spins=0, yields=1))
"""How those wait who do not sleep, or not at once."""


@pytest.mark.parametrize("strategy", AWAKE, ids=["looks for ever", "gives up"])
def test_a_kill_where_others_do_not_sleep(strategy: WaitStrategy) -> None:
    for deed in DEEDS[::4]:
        assert steps(deed, range(1), 2, None, Waits(strategy, strategy)) > 10


@pytest.mark.deep
@pytest.mark.parametrize("strategy", AWAKE, ids=["looks for ever", "gives up"])
@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
def test_a_kill_where_others_do_not_sleep_under_many_schedules(deed: Deed, strategy: WaitStrategy) -> None:
    assert steps(deed, range(1, 20), 2, Weak(), Waits(strategy, strategy)) > 10


# --- nobody is killed ------------------------------------------------------------------------------------------


def run(program: Program, schedules: int, buffers: Weak | None) -> None:
    make = ProcessesInPlace if program.in_place else ProcessesByValue
    found = check(program, make, granularity=Granularity.CELLS, reduce=True, max_schedules=schedules, buffers=buffers)
    if found.failed is not None:
        raise found.failed


@pytest.mark.parametrize("buffers", [None, Weak()], ids=["visible at once", "store buffers"])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_program_between_processes(program: Program, buffers: Weak | None) -> None:
    run(program, 12, buffers)


@pytest.mark.deep
@pytest.mark.parametrize("buffers", [None, Weak()], ids=["visible at once", "store buffers"])
@pytest.mark.parametrize("program", [*PROGRAMS, *PAIRS[::7]], ids=lambda program: program.name)
def test_a_program_between_processes_under_many_schedules(program: Program, buffers: Weak | None) -> None:
    run(program, 500, buffers)


# --- mutants ---------------------------------------------------------------------------------------------------


def no_repair(self: SharedSequencer) -> None:
    """Leave everything as it is."""


def repair_without_showing(self: SharedSequencer) -> None:
    self.recover()
    self._finished.recount()
    self.gate_table.recount()
    self._wake()


def tag_first(self: HeldClaims, first: int, held: object) -> None:
    table = self._table
    at = table.at(first)
    table.words[at] = (first + 1) * 4 + 1
    table.words[at + ClaimWord.LAST] = getattr(held, "last")  # noqa: B009
    table.words[at + ClaimWord.OWNER] = table.me()


def nobody_is_dead(self: Deaths, *_: object) -> None:
    """Look for nobody."""


MUTANTS: dict[str, tuple[type, str, Callable[..., object], str]] = {
    "nothing is repaired": (SharedSequencer, "repair", no_repair, "publish"),
    "what is finished is not shown": (SharedSequencer, "repair", repair_without_showing, "claims out of order"),
    "a row is tagged before it is whole": (HeldClaims, "__setitem__", tag_first, "claim"),
    "the dead are not looked for": (Deaths, "bury", nobody_is_dead, "read"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_kill_finds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, method, wrong, deed_name = MUTANTS[name]
    monkeypatch.setattr(owner, method, wrong)
    [deed] = [deed for deed in DEEDS if deed.name == deed_name]
    with pytest.raises(AssertionError, match="step"):
        steps(deed, range(6), 2, None)


def unfenced(self: Machine, word: int) -> object:
    return self.cell(word)


def test_store_buffers_find_that_nothing_is_fenced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Machine, "fenced", unfenced)
    [program] = [program for program in PROGRAMS if program.name == "upstream x downstream"]
    with pytest.raises(Exception, match="nothing moves"):
        run(program, 100, Weak())


def wakes_nobody(self: SharedSignal) -> None:
    """Wake nobody."""


def test_a_wake_up_that_is_forgotten_is_not_made_up_for_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SharedSignal, "wake", wakes_nobody)
    with pytest.raises(Exception, match="nothing moves"):
        run(PROGRAMS[0], 100, None)
