"""Does the explorer visit everything, find the shortest way to what is wrong, and say when it did not finish?"""

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from model.draw import Row, svg_lanes
from model.explore import DEADLOCK, NO_WAY_TO_FINISH, Promise, PromiseBroken, Step, explore

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


def test_the_picture_is_well_formed_and_follows_the_ground() -> None:
    text = svg_lanes(["P", "C<1>"], [Row("P", "publish(a)"), Row("C<1>", "-> a", "too early & late")], title="a & b")
    root = ElementTree.fromstring(text)
    words = [element.text for element in root.iter() if element.text]
    assert "too early & late" in words
    assert "prefers-color-scheme:dark" in text
