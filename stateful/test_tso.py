"""Are the scheduler's store buffers those of x86, and is the reduction sound with them?

Every litmus test, and random small programs, must have exactly the outcomes of the machine in `tso.py`: explored by running
all schedules, where that ends, and by reduction.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stateful.scheduler import Weak, explore, reduced
from stateful.tso import Act, Acts, OnTheScheduler, outcomes, sequential

NAIVE_LIMIT = 300

X, Y = 0, 1
FENCE = Act("fence")


def st_(place: int, value: int = 1) -> Act:
    return Act("store", place, value)


def ld(place: int) -> Act:
    return Act("load", place)


LITMUS: dict[str, tuple[list[Acts], int]] = {
    "store buffering": ([(st_(X), ld(Y)), (st_(Y), ld(X))], 1),
    "store buffering, both fenced": ([(st_(X), FENCE, ld(Y)), (st_(Y), FENCE, ld(X))], 0),
    "store buffering, one fenced": ([(st_(X), FENCE, ld(Y)), (st_(Y), ld(X))], 1),
    "store buffering, own store seen": ([(st_(X), ld(X), ld(Y)), (st_(Y), ld(Y), ld(X))], 1),
    "message passing": ([(st_(X), st_(Y)), (ld(Y), ld(X))], 0),
    "load buffering": ([(ld(X), st_(Y)), (ld(Y), st_(X))], 0),
    "2+2W": ([(st_(X, 1), st_(Y, 2)), (st_(Y, 1), st_(X, 2))], 0),
    "coherence": ([(st_(X, 1), st_(X, 2)), (ld(X), ld(X))], 0),
    "R": ([(st_(X, 1), st_(Y, 1)), (st_(Y, 2), ld(X))], 1),
    "S": ([(st_(X, 2), st_(Y, 1)), (ld(Y), st_(X, 1))], 0),
    "a store of another between two own loads": ([(st_(X, 1), ld(X), ld(X)), (st_(X, 2), ld(X))], 0),
    "write to read causality": ([(st_(X),), (ld(X), st_(Y)), (ld(Y), ld(X))], 0),
    "independent reads of independent writes": ([(st_(X),), (st_(Y),), (ld(X), ld(Y)), (ld(Y), ld(X))], 0),
}
"""Programs, and how many outcomes each has that it does not have when stores are visible at once."""


def by_running_all(tasks: list[Acts], limit: int) -> OnTheScheduler | None:
    program = OnTheScheduler(tasks)
    found = explore(program, preemptions=None, max_schedules=limit, log=True, buffers=Weak())
    return program if found.complete else None


def by_reduction(tasks: list[Acts], weak: Weak | None = Weak()) -> OnTheScheduler:  # noqa: B008  # immutable
    program = OnTheScheduler(tasks)
    assert reduced(program, buffers=weak).complete
    return program


@pytest.mark.parametrize("name", LITMUS)
def test_litmus(name: str) -> None:
    tasks, weak = LITMUS[name]
    expected = outcomes(tasks)
    assert len(expected - sequential(tasks)) == weak
    assert by_reduction(tasks).outcomes == expected
    assert by_reduction(tasks, None).outcomes == sequential(tasks)


@pytest.mark.parametrize("name", ["store buffering", "message passing", "load buffering", "R", "S", "coherence"])
def test_litmus_by_running_all_schedules(name: str) -> None:
    tasks, _ = LITMUS[name]
    program = by_running_all(tasks, 5_000)
    assert program is not None
    assert program.outcomes == outcomes(tasks)


ACTS = [
    *(Act("load", place) for place in (X, Y)),
    *(Act("store", X, value) for value in (1, 2)),
    Act("add", Y, 1),
    FENCE,
]
STORES = [Act("load", X), Act("load", Y), Act("store", X, 1), Act("store", Y, 1), Act("store", X, 2), FENCE]


def compare(tasks: list[list[Act]]) -> None:
    acts = [tuple(task) for task in tasks]
    expected = outcomes(acts)
    assert by_reduction(acts).outcomes == expected
    naive = by_running_all(acts, NAIVE_LIMIT)
    assert naive is None or naive.outcomes == expected


@settings(max_examples=settings().max_examples // 3)
@given(
    st.sampled_from([ACTS, STORES]).flatmap(
        lambda acts: st.lists(st.lists(st.sampled_from(acts), min_size=1, max_size=4), min_size=2, max_size=2)
    )
)
def test_two_tasks(tasks: list[list[Act]]) -> None:
    compare(tasks)


@settings(max_examples=settings().max_examples // 3)
@given(
    st.sampled_from([ACTS, STORES]).flatmap(
        lambda acts: st.lists(st.lists(st.sampled_from(acts), min_size=1, max_size=2), min_size=3, max_size=3)
    )
)
def test_three_tasks(tasks: list[list[Act]]) -> None:
    compare(tasks)
