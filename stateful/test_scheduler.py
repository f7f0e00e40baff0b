"""Can the scheduler be trusted: does it find what is there, miss nothing it claims to cover, and replay what it prints?"""

import threading
from collections.abc import Callable
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stateful.scheduler import (
    PCT,
    Chooser,
    Exploration,
    Granularity,
    RandomWalk,
    Replay,
    Schedule,
    Scheduler,
    StepLimit,
    explore,
)
from stateful.scheduler._explore import Program, run_once

Check = Callable[[], None]


def nothing() -> None:
    """Check nothing."""


def counters(points: int, tasks: int = 2) -> Program:
    """Return a program of tasks that each load a cell of their own so many times."""

    def program(scheduler: Scheduler) -> Check:
        for k in range(tasks):
            cell = scheduler.runtime.cell(0)

            def body(cell: object = cell) -> None:
                for _ in range(points):
                    cell.value  # type: ignore[attr-defined]  # noqa: B018  # a load is a point

            scheduler.spawn(f"T{k}", body)
        return nothing

    return program


@pytest.mark.parametrize("points", [1, 2, 3, 4])
def test_all_interleavings_of_two_tasks_are_run_once_each(points: int) -> None:
    # A task of k points is k + 1 pieces: what is before the first point, and what follows each.
    found = explore(counters(points), preemptions=None)
    assert found == Exploration(comb(2 * (points + 1), points + 1), True, None)


@pytest.mark.parametrize(("bound", "count"), [(0, 2), (1, 6)])
def test_a_bound_of_preemptions_bounds_the_schedules(bound: int, count: int) -> None:
    assert explore(counters(2), preemptions=bound).schedules == count


def unlocked_increments(scheduler: Scheduler) -> Check:
    """Two tasks add one to a cell without a lock."""
    cell = scheduler.runtime.cell(0)

    def add() -> None:
        cell.value += 1

    scheduler.spawn("A", add)
    scheduler.spawn("B", add)

    def check() -> None:
        assert cell.value == 2

    return check


def test_a_lost_update_is_found_at_cells_and_missed_at_locks() -> None:
    assert explore(unlocked_increments, preemptions=1, granularity=Granularity.CELLS).failed is not None
    found = explore(unlocked_increments, preemptions=None, granularity=Granularity.LOCKS)
    assert found.failed is None
    assert found.complete


def queue_of_one(*, careful: bool) -> Program:
    """Return a program that hands one item over; careless, it tests before it takes the lock."""

    def program(scheduler: Scheduler) -> Check:
        lock = scheduler.runtime.lock()
        condition = scheduler.runtime.condition(lock)
        full = scheduler.runtime.cell(0)
        taken: list[int] = []

        def put() -> None:
            with lock:
                full.value = 1
                condition.notify_all()

        def take() -> None:
            if careful:
                with lock:
                    while not full.value:
                        condition.wait()
            elif not full.value:
                with lock:
                    condition.wait()
            taken.append(1)

        scheduler.spawn("put", put)
        scheduler.spawn("take", take)

        def check() -> None:
            assert taken == [1], "the taker sleeps for ever"

        return check

    return program


def test_a_lost_wake_up_is_found_and_replays_from_its_string() -> None:
    program = queue_of_one(careful=False)
    found = explore(program, preemptions=2)
    assert found.failed is not None
    text = str(found.failed.schedule)
    assert text in str(found.failed)
    scheduler = Scheduler(Replay(Schedule.parse(text)))
    error = run_once(program, scheduler)
    assert "sleeps for ever" in str(error)
    assert str(scheduler.schedule) == text


def test_the_careful_queue_is_explored_completely() -> None:
    found = explore(queue_of_one(careful=True), preemptions=None)
    assert found.complete
    assert found.schedules == 8


def test_a_limit_is_reported_as_a_limit() -> None:
    assert explore(queue_of_one(careful=True), preemptions=None, max_schedules=3) == Exploration(3, False, None)


def swallowed_notify(scheduler: Scheduler) -> Check:
    """One waiter with a time-out and one without; a single `notify` goes to whichever came first."""
    lock = scheduler.runtime.lock()
    condition = scheduler.runtime.condition(lock)
    woken: list[str] = []

    def waiter(name: str, timeout: float | None) -> Callable[[], None]:
        def body() -> None:
            with lock:
                if condition.wait(timeout):
                    woken.append(name)

        return body

    def notify() -> None:
        with lock:
            condition.notify()  # type: ignore[attr-defined]

    scheduler.spawn("timed", waiter("timed", 1.0))
    scheduler.spawn("patient", waiter("patient", None))
    scheduler.spawn("notifier", notify)

    def check() -> None:
        if len(scheduler.tasks) and not woken:
            waiting = [task for task in scheduler.tasks if not task.ended]
            assert not waiting, f"{waiting} was not woken by the notify that nobody else took"

    return check


def test_a_notify_that_a_timed_out_waiter_swallows_is_found() -> None:
    # A fault of CPython's own condition: so the simulated one has it too.
    assert explore(swallowed_notify, preemptions=2).failed is not None


def race_with_time(scheduler: Scheduler, seen: set[bool]) -> Check:
    lock = scheduler.runtime.lock()
    condition = scheduler.runtime.condition(lock)

    def wait() -> None:
        with lock:
            seen.add(condition.wait(1.0))

    def notify() -> None:
        with lock:
            condition.notify_all()

    scheduler.spawn("wait", wait)
    scheduler.spawn("notify", notify)
    return nothing


def test_a_time_out_races_with_success() -> None:
    seen: set[bool] = set()
    explore(lambda scheduler: race_with_time(scheduler, seen), preemptions=1)
    assert seen == {True, False}


def test_the_clock_moves_when_nobody_can_run_and_tells_before() -> None:
    scheduler = Scheduler()
    lock = scheduler.runtime.lock()
    condition = scheduler.runtime.condition(lock)
    begin = scheduler.now
    told: list[int] = []

    def wait() -> None:
        with lock:
            condition.wait(2.5)

    scheduler.before_clock = lambda scheduler: told.append(scheduler.now - begin)
    scheduler.spawn("wait", wait)
    assert scheduler.run(clock=False)
    assert not told
    assert scheduler.run()
    assert told == [0]
    assert scheduler.now - begin == 2_500_000_000
    scheduler.dispose()


def test_locks_can_be_waited_for_with_a_time_out() -> None:
    scheduler = Scheduler()
    lock = scheduler.runtime.lock()
    lock.acquire()
    got: list[bool] = []
    scheduler.spawn("A", lambda: got.append(lock.acquire(True, 1.0)))
    scheduler.spawn("B", lambda: got.append(lock.acquire(False)))
    assert scheduler.run()
    assert got == [False, False]
    lock.release()
    with pytest.raises(RuntimeError, match="release unlocked lock"):
        lock.release()


def test_waiting_for_oneself_shows_as_a_task_that_waits_for_ever() -> None:
    scheduler = Scheduler()
    lock = scheduler.runtime.lock()

    def twice() -> None:
        with lock, lock:
            pass

    task = scheduler.spawn("A", twice)
    assert scheduler.run()
    assert not task.ended
    assert repr(task) == "<Task A waits>"
    scheduler.dispose()


def test_an_error_is_injected_where_the_task_is() -> None:
    scheduler = Scheduler()
    lock = scheduler.runtime.lock()
    lock.acquire()
    caught: list[BaseException] = []

    def body() -> None:
        try:
            lock.acquire()
        except KeyboardInterrupt as error:
            caught.append(error)

    task = scheduler.spawn("A", body)
    scheduler.run()
    error = KeyboardInterrupt()
    scheduler.inject(task, error)
    assert scheduler.run()
    assert caught == [error]
    assert task.ended


def test_a_run_without_end_is_cut_off() -> None:
    def program(scheduler: Scheduler) -> Check:
        cell = scheduler.runtime.cell(0)

        def spin() -> None:
            while not cell.value:
                pass

        scheduler.spawn("spin", spin)
        return nothing

    error = run_once(program, Scheduler(max_steps=100))
    assert isinstance(error, StepLimit)


def test_what_a_task_or_a_hook_raises_ends_the_run() -> None:
    def program(scheduler: Scheduler) -> Check:
        scheduler.spawn("A", lambda: 1 // 0)
        return nothing

    assert isinstance(run_once(program, Scheduler()), ZeroDivisionError)

    def hooked(scheduler: Scheduler) -> Check:
        check = counters(3)(scheduler)

        def hook(scheduler: Scheduler) -> None:
            assert scheduler.steps < 3

        scheduler.on_step = hook
        return check

    assert isinstance(run_once(hooked, Scheduler()), AssertionError)


def test_the_same_schedule_gives_the_same_trace() -> None:
    def trace(schedule: str) -> list[tuple[str, str]] | None:
        scheduler = Scheduler(Replay(Schedule.parse(schedule)), record=True)
        run_once(queue_of_one(careful=True), scheduler)
        return scheduler.trace

    assert trace("1:take 3:put") == trace("1:take 3:put")
    assert trace("1:take") != trace("")


def test_a_schedule_that_cannot_be_is_refused_if_strict() -> None:
    strict, lenient = Replay(Schedule(((0, "nobody"),))), Replay(Schedule(((0, "nobody"),)), strict=False)
    assert isinstance(run_once(counters(1), Scheduler(strict)), ValueError)
    assert run_once(counters(1), Scheduler(lenient)) is None


@pytest.mark.parametrize("text", ["x", "1", "1:", ":A", "a:A", "3:A 2:B"])
def test_a_string_that_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="schedule"):
        Schedule.parse(text)


@given(st.lists(st.tuples(st.integers(0, 99), st.sampled_from(["A", "clock"])), unique_by=lambda item: item[0]))
def test_a_schedule_and_its_string_say_the_same(deviations: list[tuple[int, str]]) -> None:
    schedule = Schedule(tuple(sorted(deviations)))
    assert Schedule.parse(str(schedule)) == schedule


@pytest.mark.parametrize("make", [lambda seed: RandomWalk(seed, 0.5), lambda seed: PCT(seed, steps=5)])
def test_random_choices_find_the_lost_update_and_replay(make: Callable[[int], Chooser]) -> None:
    for seed in range(200):
        scheduler = Scheduler(make(seed))
        error = run_once(unlocked_increments, scheduler)
        if error is not None:
            again = run_once(unlocked_increments, Scheduler(Replay(scheduler.schedule)))
            assert type(again) is type(error)
            return
    raise AssertionError("not found in 200 runs")


def test_names_of_tasks_are_unique() -> None:
    scheduler = Scheduler()
    scheduler.spawn("A", nothing)
    with pytest.raises(ValueError, match="'A'"):
        scheduler.spawn("A", nothing)
    with pytest.raises(ValueError, match="clock"):
        scheduler.spawn("clock", nothing)


def test_nothing_is_left_of_ten_thousand_runs() -> None:
    before = threading.active_count()
    for _ in range(2_000):
        run_once(queue_of_one(careful=False), Scheduler(RandomWalk(7)))
    assert threading.active_count() == before


def test_a_task_that_another_has_started_does_not_end_into_it() -> None:
    def program(scheduler: Scheduler) -> Check:
        lock = scheduler.runtime.lock()
        ended: list[str] = []

        def child() -> None:
            with lock:
                ended.append("child")

        def parent() -> None:
            scheduler.runtime.start_thread(child, "child", daemon=False)
            with lock:
                scheduler.runtime.monotonic_ns()
            ended.append("parent")

        scheduler.spawn("parent", parent)

        def check() -> None:
            assert sorted(ended) == ["child", "parent"]

        return check

    found = explore(program, preemptions=2)
    assert found.failed is None
    assert found.complete
