"""Does the explorer visit everything, find the shortest way to what is wrong, and say when it did not finish?"""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from operator import ne

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.action import Action
from model.explore import DEADLOCK, NO_WAY_TO_FINISH, Promise, PromiseBroken, Step, explore
from model.state import Call, Outcome, Pending, ring

Pair = tuple[int, int]


def walk(state: Pair) -> Iterator[tuple[Step, Pair]]:
    """Two counters up to 3 each."""
    x, y = state
    if x < 3:
        yield Step("x", "up"), (x + 1, y)
    if y < 3:
        yield Step("y", "up"), (x, y + 1)


def test_counts_follow_tlc() -> None:
    report = explore([(0, 0)], walk).require()
    assert (report.states, report.transitions, report.depth) == (16, 1 + 24, 7)


def test_the_trace_is_the_shortest() -> None:
    report = explore([(0, 0)], walk, always=[Promise("x is not y + 2", lambda state: state[0] != state[1] + 2)])
    assert report.violation is not None
    assert [step.text for step, _ in report.violation.trace] == ["up", "up"]
    assert report.violation.state == (2, 0)
    with pytest.raises(PromiseBroken, match=r"x is not y \+ 2\nstep  x\n   1  up\n   2  up   <- x is not y \+ 2"):
        report.require()


def test_what_is_never_seen_is_reported() -> None:
    report = explore(
        [(0, 0)], walk, sometimes=[Promise("both 3", lambda s: s == (3, 3)), Promise("4", lambda s: 4 in s)]
    )
    assert report.unmet == ("4",)
    with pytest.raises(PromiseBroken, match="never seen: 4"):
        report.require()


def test_a_limit_is_no_pass() -> None:
    report = explore([(0, 0)], walk, max_states=5)
    assert not report.complete
    with pytest.raises(PromiseBroken, match="the limit was reached"):
        report.require()


def test_a_state_without_a_way_on_is_a_deadlock_unless_it_is_done() -> None:
    assert explore([(0, 0)], walk, done=lambda state: state == (3, 3)).violation is None
    report = explore([(0, 0)], walk, done=lambda state: state == (9, 9))
    assert report.violation is not None
    assert report.violation.promise == DEADLOCK


def trap(state: int) -> Iterator[tuple[Step, int]]:
    """0 leads to 1, which is done, and to 2 and 3, which go round for ever."""
    yield from {
        0: [(Step("a", "ends"), 1), (Step("a", "errs"), 2)],
        1: [],
        2: [(Step("a", "runs"), 3)],
        3: [(Step("a", "runs"), 2)],
    }[state]


def test_running_round_without_a_way_to_finish_is_found() -> None:
    report = explore([0], trap, done=lambda state: state == 1)
    assert report.violation is not None
    assert report.violation.promise == NO_WAY_TO_FINISH
    assert report.violation.state == 2


def test_states_outside_are_counted_as_generated_only() -> None:
    report = explore([(0, 0)], walk, within=lambda state: state[0] < 2)
    assert (report.states, report.transitions) == (8, 1 + 8 + 6)


def below_three(state: Pair) -> bool:
    """Neither counter reaches 3."""
    return max(state) < 3


def full(state: Pair) -> bool:
    """Both counters are up."""
    return state == (3, 3)


def test_a_plain_function_is_a_promise_under_its_own_name() -> None:
    report = explore([(0, 0)], walk, always=[below_three], sometimes=[full])
    assert report.violation is not None
    assert report.violation.promise == "below_three"
    assert report.unmet == ("full",)
    assert explore([(0, 0)], walk, sometimes=[full]).require().unmet == ()


def test_a_promise_without_a_name_is_called_what_it_looks_like() -> None:
    report = explore([(0, 0)], walk, always=[partial(ne, (0, 0))])
    assert report.violation is not None
    assert report.violation.promise == "functools.partial(<built-in function ne>, (0, 0))"


def test_a_promise_broken_at_the_start_has_an_empty_trace() -> None:
    report = explore([(3, 3)], walk, always=[below_three])
    assert report.violation is not None
    assert (report.violation.trace, report.violation.state) == ((), (3, 3))
    with pytest.raises(PromiseBroken, match=r"below_three\nstep\nin \(3, 3\)"):
        report.require()


def test_the_trace_holds_the_states_on_the_way() -> None:
    report = explore([(0, 2)], walk, always=[below_three])
    assert report.violation is not None
    assert report.violation.trace == ((Step("y", "up"), (0, 3)),)


def test_a_limit_that_is_just_enough_is_none() -> None:
    assert explore([(0, 0)], walk, max_states=16).require().states == 16
    assert not explore([(0, 0)], walk, max_states=15).complete


def test_the_same_start_twice_is_one() -> None:
    report = explore([(3, 2), (3, 2), (2, 3)], walk)
    assert (report.states, report.transitions, report.depth) == (3, 2 + 2, 2)


def test_a_step_that_changes_nothing_is_counted_as_generated() -> None:
    """TLA+ specifications end in such a step, lest their end be a deadlock."""

    def stutter(state: int) -> Iterator[tuple[Step, int]]:
        yield Step("a", "stays"), state

    report = explore([0], stutter, done=lambda state: state == 0)
    assert (report.states, report.transitions, report.depth) == (1, 2, 1)


def test_no_start_is_nothing() -> None:
    nowhere: list[Pair] = []
    report = explore(nowhere, walk, done=full)
    assert (report.states, report.transitions, report.depth, report.complete) == (0, 0, 0, True)


@pytest.mark.parametrize(
    ("limit", "promises", "text"),
    [
        (None, [], "16 states, 25 transitions, depth 7: complete, but never seen: below_zero"),
        (5, [], "6 states, 7 transitions, depth 3: the limit was reached"),
        (
            None,
            [below_three],
            "10 states, 13 transitions, depth 4: broken\n"
            "below_three\n"
            "step  x\n"
            "   1  up\n"
            "   2  up\n"
            "   3  up   <- below_three\n"
            "in (3, 0)",
        ),
    ],
    ids=["never seen", "limit", "broken"],
)
def test_a_report_can_be_read(limit: int | None, promises: list[Promise[Pair]], text: str) -> None:
    def below_zero(state: Pair) -> bool:
        return min(state) < 0

    assert str(explore([(0, 0)], walk, always=promises, sometimes=[below_zero], max_states=limit)) == text


Graph = dict[int, list[int]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Some states, and where each leads; the same arrow may be there twice."""
    count = draw(st.integers(1, 8))
    return {k: draw(st.lists(st.integers(0, count - 1), max_size=3)) for k in range(count)}


def levels(graph: Graph, start: int) -> list[set[int]]:
    """Return what can be reached, by how far away it is: the plainest way to say it."""
    found = [{start}]
    while ahead := {target for k in found[-1] for target in graph[k]} - set().union(*found):
        found.append(ahead)
    return found


@given(graphs(), st.sets(st.integers(0, 7)))
def test_any_graph_is_judged_as_the_plainest_search_judges_it(graph: Graph, finished: set[int]) -> None:
    def follow(k: int) -> Iterator[tuple[Step, int]]:
        return ((Step("a", f"{k} to {target}"), target) for target in graph[k])

    found = levels(graph, 0)
    reached = set().union(*found)
    report = explore([0], follow)
    assert report.complete
    assert (report.states, report.depth) == (len(reached), len(found))
    assert report.transitions == 1 + sum(len(graph[k]) for k in reached)

    distance = {k: away for away, level in enumerate(found) for k in level}
    stuck = {k for k in reached - finished if not graph[k]}
    lost = {k for k in reached if finished.isdisjoint(set().union(*levels(graph, k)))}
    violation = explore([0], follow, done=finished.__contains__).violation
    if not lost:
        assert violation is None
        return
    assert violation is not None
    assert violation.promise == (DEADLOCK if stuck else NO_WAY_TO_FINISH)
    wrong = stuck or lost
    assert violation.state in wrong
    assert len(violation.trace) == min(distance[k] for k in wrong)
    way = [0, *(state for _, state in violation.trace)]
    assert all(target in graph[k] for k, target in pairwise(way))
    assert way[-1] == violation.state


def test_what_an_action_does_unless_it_says_otherwise_is_to_return_at_once() -> None:
    state, call = ring(1), Pending("P", Call("nothing"))
    action = Action()
    assert action.refuse(state, call) == action.hopeless(state, call) == ""
    assert action.guard(state, call)
    assert [*action.effect(state, call)] == [(state, Outcome("ok"))]
    assert action.undo(state, call) == state
    assert [*action.walk(state, call)] == []
