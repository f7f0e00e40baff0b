"""Does the scheduler tell a run that goes round from one that is only long, and does it let nobody wait for ever?"""

from collections.abc import Callable, Iterator
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disruptor._barrier import Barrier
from disruptor._sequence import Sequence
from disruptor._sync import Signal
from model import calls
from model.calls import EARLIEST
from stateful.adapters.threads import ByValue
from stateful.bodies import Program, each, joins, reads
from stateful.failure import check
from stateful.scheduler import (
    PCT,
    Chooser,
    Drawn,
    Granularity,
    Livelock,
    RandomWalk,
    Replay,
    Schedule,
    Scheduler,
    StepLimit,
    explore,
    reduced,
)
from stateful.scheduler._explore import Program as Load
from stateful.scheduler._explore import run_once

Check = Callable[[], None]


def nothing() -> None:
    """Check nothing."""


# --- runs that go round --------------------------------------------------------------------------------------


def each_polls_for_the_other(scheduler: Scheduler) -> Check:
    """Two tasks that each wait for what the other one would do next."""
    runtime = scheduler.runtime
    one, two = runtime.cell(0), runtime.cell(0)

    def first() -> None:
        while not one.value:
            runtime.monotonic_ns()
        two.value = 1

    def second() -> None:
        while not two.value:
            runtime.monotonic_ns()
        one.value = 1

    scheduler.spawn("A", first)
    scheduler.spawn("B", second)
    return nothing


CHOOSERS: list[Callable[[], Chooser]] = [Replay, lambda: RandomWalk(3, 0.5), lambda: PCT(5), lambda: Drawn([(3, 1)])]


@pytest.mark.parametrize("chooser", CHOOSERS, ids=["default", "at random", "priorities", "drawn"])
def test_two_that_poll_for_each_other_are_found_and_replay(chooser: Callable[[], Chooser]) -> None:
    scheduler = Scheduler(chooser())
    error = run_once(each_polls_for_the_other, scheduler)
    assert isinstance(error, Livelock)
    assert {task for task, _ in error.loop} == {"A", "B"}
    again = run_once(each_polls_for_the_other, Scheduler(Replay(scheduler.schedule)))
    assert isinstance(again, Livelock)
    assert again.loop == error.loop


def test_the_loop_of_the_default_is_short_and_shown_in_lanes() -> None:
    error = run_once(each_polls_for_the_other, Scheduler(patience=100))
    assert isinstance(error, Livelock)
    assert len(error.loop) == 36
    text = str(error)
    assert text.startswith("the same state again after 36 steps, in which everybody who could move has moved")
    assert "step  A                   B\n" in text
    assert "|                   look at the clock" in text


def test_who_polls_alone_for_what_never_comes_is_found() -> None:
    def program(scheduler: Scheduler) -> Check:
        cell = scheduler.runtime.cell(0)

        def spin() -> None:
            while not cell.value:
                pass

        scheduler.spawn("spin", spin)
        return nothing

    error = run_once(program, Scheduler())
    assert isinstance(error, Livelock)
    assert error.loop == [("spin", "load cell")]


def test_a_lock_that_is_tried_for_ever_is_found_and_who_sleeps_meanwhile_is_excused() -> None:
    def program(scheduler: Scheduler) -> Check:
        lock = scheduler.runtime.lock()
        lock.acquire()

        def tries() -> None:
            while not lock.acquire(False):
                pass

        scheduler.spawn("tries", tries)
        scheduler.spawn("sleeps", lock.acquire)
        return nothing

    error = run_once(program, Scheduler())
    assert isinstance(error, Livelock)
    assert error.loop == [("tries", "try lock")]


# --- runs that are only long ---------------------------------------------------------------------------------


def spins_while(again: Callable[[], bool]) -> Load:
    """Return a program of one task that loads a cell as long as it is told to, with a name for nothing."""

    def program(scheduler: Scheduler) -> Check:
        cell = scheduler.runtime.cell(0)

        def spin() -> None:
            while again():
                cell.value  # noqa: B018  # a load is a point

        scheduler.spawn("spin", spin)
        return nothing

    return program


LONG, PATIENCE = 400, 100
"""How long a run is, and from when on it is looked at."""


def test_who_counts_what_he_does_is_not_going_round() -> None:
    count = [LONG]

    def counts() -> bool:
        count[0] -= 1
        return count[0] > 0

    assert run_once(spins_while(counts), Scheduler(patience=PATIENCE)) is None


class Fields:
    """Something with a field and a slot."""

    __slots__ = ("__dict__", "slot")

    def __init__(self, left: int) -> None:
        self.field = self.slot = left


def generated(left: int) -> Iterator[bool]:
    while left:
        left -= 1
        yield True
    yield False


def in_a_field() -> Callable[[], bool]:
    fields = Fields(LONG)

    def again() -> bool:
        fields.field -= 1
        return fields.field > 0

    return again


def in_a_slot() -> Callable[[], bool]:
    fields = Fields(LONG)

    def again() -> bool:
        fields.slot -= 1
        return fields.slot > 0

    return again


def deep_inside() -> Callable[[], bool]:
    fields = [({"x": [Fields(LONG)]},)]

    def again() -> bool:
        inner = fields[0][0]["x"][0]
        inner.field -= 1
        return inner.field > 0

    return again


def in_a_dict() -> Callable[[], bool]:
    left = {"left": LONG}

    def again() -> bool:
        left["left"] -= 1
        return left["left"] > 0

    return again


def in_a_set() -> Callable[[], bool]:
    numbers = set(range(LONG))

    def again() -> bool:
        numbers.pop()
        return bool(numbers)

    return again


def in_a_method() -> Callable[[], bool]:
    items = [False, *[True] * LONG]
    return items.pop


def in_an_iterator() -> Callable[[], bool]:
    iterator = iter([True] * LONG + [False])
    return lambda: next(iterator)


def in_a_generator() -> Callable[[], bool]:
    generator = generated(LONG)
    return lambda: next(generator)


def in_the_loop_of_a_generator() -> Callable[[], bool]:
    generator = (x for x in [True] * LONG + [False])
    return lambda: next(generator)


def in_a_default() -> Callable[[], bool]:
    def again(left: list[int] = [LONG]) -> bool:  # noqa: B006  # where the count stands
        left[0] -= 1
        return left[0] > 0

    return again


PLACES = [
    in_a_field,
    in_a_slot,
    deep_inside,
    in_a_dict,
    in_a_set,
    in_a_method,
    in_an_iterator,
    in_a_generator,
    in_the_loop_of_a_generator,
    in_a_default,
]


@pytest.mark.parametrize("place", PLACES)
def test_a_count_is_seen_wherever_it_stands(place: Callable[[], Callable[[], bool]]) -> None:
    assert run_once(spins_while(place()), Scheduler(patience=PATIENCE)) is None


def test_an_iterator_that_only_a_loop_holds_is_not_overlooked() -> None:
    def program(scheduler: Scheduler) -> Check:
        cell = scheduler.runtime.cell(0)

        def spin() -> None:
            for _ in repeat(None, LONG):
                cell.value  # noqa: B018

        scheduler.spawn("spin", spin)
        return nothing

    assert run_once(program, Scheduler(patience=PATIENCE)) is None


def test_a_loop_around_the_one_that_spins_does_not_hide_it() -> None:
    def program(scheduler: Scheduler) -> Check:
        cell = scheduler.runtime.cell(0)

        def wait() -> None:
            while not cell.value:
                pass

        def spin() -> None:
            for _ in repeat(None, 2):
                wait()

        scheduler.spawn("spin", spin)
        return nothing

    assert isinstance(run_once(program, Scheduler()), Livelock)


def test_what_cannot_be_compared_leaves_the_bound_of_steps() -> None:
    def program(scheduler: Scheduler) -> Check:
        cell = scheduler.runtime.cell(0)
        secret = memoryview(b"not looked into")

        def spin() -> None:
            while not cell.value or not secret:
                pass

        scheduler.spawn("spin", spin)
        return nothing

    assert isinstance(run_once(program, Scheduler()), StepLimit)


def test_calls_that_end_are_progress() -> None:
    def tries(do: Callable[..., object]) -> None:
        while True:
            do(calls.read("S"), 0)

    program = Program("reads for ever", 1, {"S": tries}, (calls.register_subscriber("S"),))
    error = run_once(
        lambda scheduler: program.load(ByValue, scheduler).finish, Scheduler(patience=100, max_steps=1_000)
    )
    assert isinstance(error, StepLimit)


# --- who can move moves --------------------------------------------------------------------------------------


def waits_for_the_flag(polls: int, sets: int) -> Load:
    """Return a program in which some tasks poll until the last of others has done its one store."""

    def program(scheduler: Scheduler) -> Check:
        flags = [scheduler.runtime.cell(0) for _ in range(sets)]
        done: list[int] = []

        def poll() -> None:
            for flag in flags:
                while not flag.value:
                    pass
            done.append(1)

        for k in range(polls):
            scheduler.spawn(f"polls-{k}", poll)
        for k, flag in enumerate(flags):
            scheduler.spawn(f"sets-{k}", lambda flag=flag: setattr(flag, "value", 1))  # type: ignore[misc]  # a default

        def check() -> None:
            assert len(done) == polls

        return check

    return program


@pytest.mark.parametrize(("polls", "sets"), [(1, 1), (2, 1), (3, 2)])
def test_who_polls_for_what_others_will_do_gets_it(polls: int, sets: int) -> None:
    for chooser in CHOOSERS:
        assert run_once(waits_for_the_flag(polls, sets), Scheduler(chooser())) is None


@pytest.mark.parametrize(("patience", "naive"), [(2, 25), (3, 43), (4, 66)])
def test_a_program_that_polls_is_explored_completely(patience: int, naive: int) -> None:
    """Without fairness there would be no end of schedules: the setter may always be kept waiting once more."""

    def program(scheduler: Scheduler) -> Check:
        return waits_for_the_flag(1, 1)(scheduler)

    found = explore(program, preemptions=None, patience=patience)
    assert (found.schedules, found.complete, found.failed) == (naive, True, None)
    fewer = reduced(program, patience=patience)
    assert fewer.complete
    assert fewer.failed is None
    assert 1 < fewer.schedules <= naive


def test_a_livelock_is_found_by_every_way_to_explore() -> None:
    assert isinstance(failure(explore(each_polls_for_the_other, preemptions=1, patience=50).failed), Livelock)
    assert isinstance(failure(reduced(each_polls_for_the_other, patience=50).failed), Livelock)


def failure(failed: object) -> object:
    return getattr(failed, "error", None)


def test_the_clock_does_not_wait_for_ever_either() -> None:
    """One polls until the other one's time is over; nobody ever sets the flag."""

    def program(scheduler: Scheduler) -> Check:
        lock, flag = scheduler.runtime.lock(), scheduler.runtime.cell(0)
        condition = scheduler.runtime.condition(lock)

        def times_out() -> None:
            with lock:
                condition.wait(1.0)
            flag.value = 1

        def poll() -> None:
            while not flag.value:
                pass

        scheduler.spawn("times out", times_out)
        scheduler.spawn("polls", poll)
        return nothing

    assert run_once(program, Scheduler()) is None


def test_a_clock_that_moves_by_choice_only_is_left_alone() -> None:
    scheduler = Scheduler(patience=50, max_steps=1_000)
    lock, flag = scheduler.runtime.lock(), scheduler.runtime.cell(0)
    lock.acquire()
    scheduler.spawn("times out", lambda: lock.acquire(True, 1.0))

    def poll() -> None:
        while not flag.value:
            pass

    scheduler.spawn("polls", poll)
    begin = scheduler.now
    assert not scheduler.run(steps=500, clock=False)
    assert scheduler.now == begin
    assert not scheduler.run(steps=500, clock=True) or scheduler.now > begin
    scheduler.dispose()


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 3)), max_size=6))
def test_whatever_is_drawn_replays_from_its_string(preemptions: list[tuple[int, int]]) -> None:
    """Going on without a choice is a part of every schedule, not a decision."""

    def run(chooser: Chooser) -> tuple[str, list[tuple[str, str]] | None]:
        scheduler = Scheduler(chooser, patience=20, record=True)
        assert run_once(waits_for_the_flag(2, 2), scheduler) is None
        return str(scheduler.schedule), scheduler.trace

    schedule, trace = run(Drawn(preemptions))
    assert run(Replay(Schedule.parse(schedule))) == (schedule, trace)


# --- rings that livelock -------------------------------------------------------------------------------------

ALONE = Program("read of an empty ring", 1, {"C": reads("S", 1)}, (calls.register_subscriber("S"),))
STALLED = Program(
    "read behind an upstream that stalls",
    1,
    {"P": each(calls.publish("a")), "D": reads("T", 1)},
    (calls.register_subscriber("S"), calls.register_subscriber("T", after=("S",))),
)
LEAVES = Program(
    "two read, another one leaves",
    1,
    {"C": reads("S", 1), "D": reads("T", 1), "J": joins("J", EARLIEST, each(calls.remove_subscriber("J")))},
    (calls.register_subscriber("S"), calls.register_subscriber("T")),
)


def spinning_wait(self: Barrier, sequence: int, deadline: int | None) -> Sequence:
    """Wait without sleeping."""
    while (readable := self.readable()) < sequence:
        self.confirm()
    return readable


def sleepless(self: Signal, seconds: float) -> None:
    """Give the lock up and take it again, as if somebody had woken us: a storm of spurious wake-ups."""
    self._lock.release()
    self._lock.acquire()


def passing_on(self: Signal, seconds: float) -> None:
    """Wake all others before sleeping, lest a wake-up be lost: so nobody ever sleeps."""
    self._wake_all()
    sleep(self, seconds)


sleep = Signal._sleep


@pytest.mark.parametrize("program", [ALONE, STALLED, LEAVES], ids=lambda program: program.name)
def test_the_ring_as_it_is_sleeps(program: Program) -> None:
    found = check(program, ByValue, preemptions=0, granularity=Granularity.CELLS)
    assert found.complete
    assert found.failed is None


@pytest.mark.parametrize(
    ("owner", "name", "wrong", "program"),
    [
        (Barrier, "wait_for", spinning_wait, ALONE),
        (Barrier, "wait_for", spinning_wait, STALLED),
        (Signal, "_sleep", sleepless, STALLED),
        (Signal, "_sleep", passing_on, LEAVES),
    ],
    ids=["a barrier spins", "a barrier spins behind an upstream", "a sleep that is none", "a wake-up is passed on"],
)
def test_a_ring_that_livelocks_is_found(
    owner: type, name: str, wrong: object, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, wrong)
    found = check(program, ByValue, preemptions=0, granularity=Granularity.CELLS)
    assert found.failed is not None
    assert isinstance(found.failed.error, Livelock)
    assert len(found.failed.error.loop) < 100
    assert "the same state again after" in str(found.failed)
    assert len(str(found.failed).splitlines()) < 500, "a picture is to be looked at"
