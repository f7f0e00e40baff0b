"""Is the reduction sound: does it see every outcome that running all schedules sees?

Random small programs over everything that a step can do (cells, locks, tries, sleeping with and without a time-out, being
woken, looking at the clock) are explored both ways, and their sets of outcomes compared. So are small programs of the ring.
"""

from collections.abc import Callable
from math import factorial
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disruptor._cell import Cell
from stateful.adapters.threads import ByValue, InPlace
from stateful.library import LIBRARY
from stateful.programs import PAIRS, Program
from stateful.scheduler import (
    Exploration,
    Granularity,
    Replay,
    Scheduler,
    Weak,
    _reduce,
    explore,
    instrumented,
    reduced,
)
from stateful.scheduler._explore import run_once

NAIVE_LIMIT = 2_000

Outcome = tuple[object, ...]


class Act(NamedTuple):
    """One thing that a task does."""

    verb: str
    place: int = 0


PLAIN = [Act(verb, place) for verb in ("load", "store") for place in (0, 1)]
ACTS = [
    *PLAIN,
    Act("add"),
    Act("add under the lock"),
    Act("store under the lock", 1),
    Act("note under the lock"),
    Act("note under the lock", 1),
    Act("try"),
    Act("sleep"),
    Act("sleep a while"),
    Act("wake"),
    Act("look at the clock"),
]


class Toy:
    """A program of tasks that do acts; its outcome is everything that they have seen, and what is left."""

    def __init__(self, tasks: list[list[Act]]) -> None:
        self.tasks = tasks
        self.outcomes: set[Outcome] = set()

    def __call__(self, scheduler: Scheduler) -> Callable[[], None]:
        """Load the program."""
        runtime = scheduler.runtime
        cells = [runtime.cell(0), runtime.cell(0)]
        lock, bed = runtime.lock(), runtime.parked()
        seen: list[list[object]] = [[] for _ in self.tasks]
        names = [f"T{k}" for k in range(len(self.tasks))]
        noted: list[int] = []  # only touched under the lock, so it need not be seen
        begin = scheduler.now

        def act(number: int, act: Act) -> object:
            cell = cells[act.place]
            match act.verb:
                case "load":
                    return cell.value
                case "store":
                    cell.value = number + 1
                case "add":
                    cell.value += 1
                case "add under the lock":
                    with lock:
                        cell.value += 1
                case "store under the lock":
                    with lock:
                        cell.value = number + 1
                case "note under the lock":  # with nothing else, or within a section of several steps
                    with lock:
                        if act.place:
                            cell.value = number + 1
                        noted.append(number)
                        if act.place:
                            cell.value += 1
                        return len(noted)
                case "try":
                    if not lock.acquire(False):
                        return "taken"
                    cell.value += 1
                    lock.release()
                case "sleep":
                    return bed.acquire()
                case "sleep a while":
                    runtime.monotonic_ns()
                    return bed.acquire(True, 1.0 + number)
                case "wake":
                    if bed.locked():
                        bed.release()
                        return "woke"
                case "look at the clock":
                    return runtime.monotonic_ns() - begin
            return None

        def body(number: int) -> Callable[[], None]:
            def do() -> None:
                for each in self.tasks[number]:
                    seen[number].append(act(number, each))

            return do

        for number, name in enumerate(names):
            scheduler.spawn(name, body(number))

        def check() -> None:
            running = tuple(task.name for task in scheduler.tasks if not task.ended)
            self.outcomes.add((tuple(map(tuple, seen)), cells[0].value, cells[1].value, running))

        return check


def compare(tasks: list[list[Act]], granularity: Granularity, limit: int, buffers: Weak | None = None) -> None:
    all_of_them, enough = Toy(tasks), Toy(tasks)
    naive = explore(
        all_of_them, preemptions=None, granularity=granularity, max_schedules=limit, log=True, buffers=buffers
    )
    if naive.complete:
        found = reduced(enough, granularity=granularity, buffers=buffers)
        assert found.complete
        assert enough.outcomes == all_of_them.outcomes
        assert found.schedules <= naive.schedules


@settings(deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(ACTS), min_size=1, max_size=3), min_size=2, max_size=2),
    st.sampled_from([Granularity.LOCKS, Granularity.CELLS]),
)
def test_two_tasks(tasks: list[list[Act]], granularity: Granularity) -> None:
    compare(tasks, granularity, NAIVE_LIMIT)


def test_a_section_that_is_one_step_changes_places_with_one_of_several() -> None:
    # That it takes the lock races with the other's taking; that it gives it back in the same step must not hide that.
    several, one = Act("note under the lock", 1), Act("note under the lock")
    for tasks in ([[several], [one]], [[one], [several]], [[several], [one], [several]]):
        compare(tasks, Granularity.CELLS, NAIVE_LIMIT)


@settings(max_examples=settings().max_examples // 3)
@given(
    st.lists(st.lists(st.sampled_from(ACTS), min_size=1, max_size=3), min_size=2, max_size=2),
    st.sampled_from([Granularity.LOCKS, Granularity.CELLS]),
)
def test_two_tasks_with_store_buffers(tasks: list[list[Act]], granularity: Granularity) -> None:
    compare(tasks, granularity, NAIVE_LIMIT // 4, Weak())


@settings(max_examples=settings().max_examples // 3)
@given(
    st.lists(st.lists(st.sampled_from(ACTS), min_size=1, max_size=2), min_size=3, max_size=3),
    st.sampled_from([Granularity.LOCKS, Granularity.CELLS]),
)
def test_three_tasks(tasks: list[list[Act]], granularity: Granularity) -> None:
    compare(tasks, granularity, NAIVE_LIMIT // 2)  # those that have more mostly have many more: time for nothing


STORES = [[Act("store"), Act("load", 1)], [Act("store", 1), Act("load")], [Act("load")]]
WRONG: dict[str, tuple[str, Callable[..., object]]] = {
    "nothing is tried the other way round": ("_add", lambda *_: None),
    "who sleeps is woken by nothing": ("conflicts", lambda *_: False),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_reduction_that_leaves_something_out_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compare(STORES, Granularity.CELLS, 10_000)
    monkeypatch.setattr(_reduce, *WRONG[name])
    with pytest.raises(AssertionError):
        compare(STORES, Granularity.CELLS, 10_000)


def outcomes_of(program: Program, seen: set[Outcome]) -> Callable[[Scheduler], Callable[[], None]]:
    """Return a program of the ring that writes down how its calls end, what the ring shows then, and who waits."""

    def load(scheduler: Scheduler) -> Callable[[], None]:
        world = program.load(InPlace if program.in_place else ByValue, scheduler)

        def check() -> None:
            world.finish()
            waiting = tuple(sorted(task.name for task in scheduler.tasks if not task.ended))
            ends = tuple(sorted((task, tuple(outcomes)) for task, outcomes in world.outcomes.items()))
            seen.add((ends, world.ring.view(), waiting))

        return check

    return load


def compare_on_the_ring(program: Program, granularity: Granularity, limit: int) -> bool:
    """Compare the outcomes of a program explored both ways; tell whether running all schedules came to an end."""
    all_of_them: set[Outcome] = set()
    enough: set[Outcome] = set()
    with instrumented(LIBRARY):
        naive = explore(
            outcomes_of(program, all_of_them), preemptions=None, granularity=granularity, max_schedules=limit, log=True
        )
        assert naive.failed is None
        if naive.complete:
            assert reduced(outcomes_of(program, enough), granularity=granularity).complete
            assert enough == all_of_them
    return naive.complete


def test_pairs_of_operations() -> None:
    compared = [compare_on_the_ring(program, Granularity.LOCKS, 100) for program in PAIRS[::61]]
    assert sum(compared) > len(compared) / 2


@pytest.mark.deep
@pytest.mark.parametrize("granularity", [Granularity.LOCKS, Granularity.CELLS])
def test_all_pairs_of_operations(granularity: Granularity) -> None:
    compared = [compare_on_the_ring(program, granularity, 3_000) for program in PAIRS]
    assert sum(compared) > len(compared) / 2


def lost_update(scheduler: Scheduler) -> Callable[[], None]:
    """Two tasks add one to a cell without a lock; who loads in between loses."""
    cell = scheduler.runtime.cell(0)

    def add() -> None:
        cell.value += 1

    scheduler.spawn("A", add)
    scheduler.spawn("B", add)

    def check() -> None:
        assert cell.value == 2

    return check


def test_what_fails_is_found_and_its_schedule_replays() -> None:
    found = reduced(lost_update)
    assert found.failed is not None
    assert not found.complete
    chooser = Replay(found.failed.schedule)
    error = run_once(lost_update, Scheduler(chooser, log=True))
    assert isinstance(error, AssertionError)


@pytest.mark.parametrize("tasks", [2, 3, 4])
def test_each_order_of_conflicting_steps_is_run_once(tasks: int) -> None:
    # All loads conflict with all stores of others: what is left of the interleavings is the square of n!.
    seen: set[Outcome] = set()

    def add(scheduler: Scheduler) -> Callable[[], None]:
        cell = scheduler.runtime.cell(0)

        def body() -> None:
            cell.value += 1

        for k in range(tasks):
            scheduler.spawn(f"T{k}", body)
        return lambda: seen.add((cell.value,))

    found = reduced(add)
    assert (found.schedules, found.redundant, found.complete) == (factorial(tasks) ** 2, 0, True)
    assert seen == {(k,) for k in range(1, tasks + 1)}


def test_steps_that_do_not_conflict_are_run_in_one_order() -> None:
    def apart(scheduler: Scheduler) -> Callable[[], None]:
        for k in range(4):
            cell = scheduler.runtime.cell(0)

            def body(cell: Cell = cell) -> None:
                for _ in range(5):
                    cell.value += 1

            scheduler.spawn(f"T{k}", body)
        return lambda: None

    assert reduced(apart) == Exploration(1, True, None)


def test_a_limit_is_reported_as_a_limit() -> None:
    found = reduced(Toy([[Act("add"), Act("add")], [Act("add"), Act("add")]]), max_schedules=3)
    assert found.schedules + found.redundant == 3
    assert not found.complete


def test_a_program_that_is_not_the_same_each_time_is_an_error() -> None:
    runs = 0

    def fickle(scheduler: Scheduler) -> Callable[[], None]:
        nonlocal runs
        runs += 1
        cell = scheduler.runtime.cell(0)

        def body() -> None:
            cell.value += 1

        scheduler.spawn("A", body)
        scheduler.spawn(f"B{runs}", body)
        return lambda: None

    found = reduced(fickle, max_schedules=5)
    assert found.failed is not None
    assert "went differently" in str(found.failed)
