"""Is every obligation proved, does every scene play, and is every wrong step found out?"""

from collections.abc import Iterable

import pytest
import z3

from tests.proofs.actions import ACTIONS
from tests.proofs.bug import Bug
from tests.proofs.bugs import BUGS
from tests.proofs.invariant import INVARIANT, LASTING, Lasting
from tests.proofs.promises import SAFETY, Promise, going_on
from tests.proofs.prove import Obligation, beginning, following, keeping, walking
from tests.proofs.runs import Runs, broken, shortest
from tests.proofs.scenes import SCENES, play

PROGRESS = going_on(ACTIONS)
BREAKING = [bug for bug in BUGS if bug.breaks]
RUNS = [bug.run.split() for bug in BREAKING]


def not_proved(obligations: Iterable[Obligation]) -> list[str]:
    """Return the names of the obligations whose verdict is another."""
    verdicts = [obligation.verdict() for obligation in obligations]
    assert verdicts
    return [f"{verdict.name}: {verdict.verdict}" for verdict in verdicts if verdict.verdict != "proved"]


def promise_of(bug: Bug) -> Promise | Lasting:
    """Return the promise that a wrong step breaks, about the steps with the wrong one."""
    named: dict[str, Promise | Lasting] = {}
    named |= {promise.name: promise for promise in (*SAFETY, *going_on(bug.actions))}
    named |= {lasting.name: lasting for lasting in LASTING}
    return named[bug.breaks]


# --- the right steps ---------------------------------------------------------------------------------------


def test_a_new_ring_has_every_part_of_the_invariant() -> None:
    assert not_proved(beginning()) == []


@pytest.mark.parametrize("verb", ACTIONS)
def test_a_step_keeps_every_part_and_undoes_nothing(verb: str) -> None:
    assert not_proved(keeping(verb)) == []


@pytest.mark.parametrize("verb", ACTIONS)
def test_what_is_assumed_of_a_step_is_possible(verb: str) -> None:
    # From a contradiction, anything would follow.
    solver = z3.Solver()
    solver.add(*next(keeping(verb)).assumed)
    assert solver.check() == z3.sat


def test_what_is_assumed_of_a_new_ring_and_of_the_loop_is_possible() -> None:
    for assumed in {obligation.assumed for obligation in (*beginning(), *walking())}:
        solver = z3.Solver()
        solver.add(*assumed)
        assert solver.check() == z3.sat


@pytest.mark.parametrize("promise", [*SAFETY, *PROGRESS], ids=lambda promise: promise.name)
def test_what_is_assumed_of_a_promise_is_possible(promise: Promise) -> None:
    solver = z3.Solver()
    solver.add(*next(following("", [promise])).assumed)
    assert solver.check() == z3.sat


def test_the_loop_that_moves_published_ends_where_it_should() -> None:
    assert not_proved(walking()) == []


def test_safety_follows_from_the_invariant() -> None:
    assert not_proved(following("safety", SAFETY)) == []


def test_whatever_waits_waits_for_something_that_can_happen() -> None:
    assert not_proved(following("progress", PROGRESS)) == []


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_plays(name: str) -> None:
    run = play(SCENES[name])
    assert run is not None
    assert [taken.verb for taken in run] == [turn.verb for turn in SCENES[name]]


def test_the_scenes_take_every_step() -> None:
    assert {turn.verb for scene in SCENES.values() for turn in scene} == set(ACTIONS)


# --- wrong steps -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug.refutes], ids=lambda bug: bug.name)
def test_a_wrong_step_is_refuted(bug: Bug) -> None:
    named = {obligation.name: obligation for obligation in keeping(bug.verb, bug.actions)}
    verdicts = {name: named[name].verdict().verdict for name in bug.refutes}
    assert verdicts == dict.fromkeys(bug.refutes, "refuted")


@pytest.mark.parametrize("bug", BREAKING, ids=lambda bug: bug.name)
def test_a_wrong_step_breaks_its_promise_in_a_run(bug: Bug) -> None:
    runs = Runs(bug.actions)
    for verb in bug.run.split():
        runs.step([verb])
    assert runs.find(broken(promise_of(bug))) is not None


def test_every_part_and_every_promise_has_a_wrong_step_that_breaks_it() -> None:
    kept = {part.name for part in INVARIANT} | {lasting.name for lasting in LASTING}
    assert {name for bug in BUGS for name in bug.refutes} == kept
    promised = {promise.name for promise in (*SAFETY, *PROGRESS)}
    assert promised <= {bug.breaks for bug in BUGS}
    assert all(bug.refutes or bug.breaks for bug in BUGS)


@pytest.mark.parametrize("run", sorted({tuple(run) for run in RUNS}), ids=" ".join)
def test_the_right_steps_break_no_promise_in_the_same_runs(run: tuple[str, ...]) -> None:
    # The control: what is found for a wrong step would mean little if it were found for the right one.
    runs = Runs()
    for verb in run:
        runs.step([verb])
    for bug in BREAKING:
        if tuple(bug.run.split()) == run:
            named = promise_of(Bug("", "halt", ACTIONS["halt"], bug.breaks))
            assert runs.find(broken(named)) is None


@pytest.mark.deep
@pytest.mark.parametrize("bug", BREAKING, ids=lambda bug: bug.name)
def test_no_run_is_shorter(bug: Bug) -> None:
    found = shortest(broken(promise_of(bug)), bug.actions)
    assert found is not None
    assert len(found) == len(bug.run.split())


@pytest.mark.deep
def test_the_right_steps_break_no_promise_in_five_steps() -> None:
    runs = Runs()
    for _ in range(5):
        runs.step()
        assert not [promise.name for promise in (*SAFETY, *PROGRESS) if runs.find(broken(promise))]
        assert not [lasting.name for lasting in LASTING if runs.find(broken(lasting))]
