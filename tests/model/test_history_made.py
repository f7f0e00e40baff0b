"""Does the checker accept what the model itself has lived through, and agree with others on what was changed?

Thousands of histories: valid ones, the same with calls widened, and mutated ones, of which others say what they are:
`brute.py` (tiny ones; a ring written anew, every order tried), the oracle that follows runs, a search without cleverness.
"""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.actions import ACTIONS
from model.events import BadHistory, Called, Due, Rest, Returned, Shown
from model.history import History, Kind, check
from model.linearize import search
from model.oracle import Mismatch, Oracle
from model.state import ring
from tests.model.brute import explainable
from tests.model.made import made, mutated, widened

SEEDS = st.integers(0, 2**40)


def followed(history: History, capacity: int) -> bool:
    """Tell what the oracle says."""
    oracle = Oracle(capacity)
    try:
        for event in history.events:
            match event:
                case Called(task, call):
                    oracle.invoke(task, call)
                case Returned(task, outcome):
                    oracle.respond(task, outcome)
                case Due(task):
                    oracle.due(task)
                case Shown(view):
                    oracle.observe(view)
                case Rest(view):
                    oracle.quiesce(view)
                case _:
                    raise NotImplementedError(event)
    except Mismatch:
        return False
    return True


@given(SEEDS, st.booleans())
def test_what_was_lived_through_is_accepted_and_so_it_is_with_calls_widened(seed: int, interrupts: bool) -> None:
    history, capacity = made(seed, interrupts=interrupts)
    assert check(history, capacity), str(check(history, capacity))
    wide = widened(history, seed)
    assert check(wide, capacity), f"{check(wide, capacity)}\nwidened from\n{check(history, capacity).lanes()}"


@given(SEEDS)
def test_a_history_is_what_its_lines_say(seed: int) -> None:
    history, _ = made(seed, interrupts=True)
    assert History.read(history.lines()) == history


@given(SEEDS)
def test_every_beginning_of_a_valid_history_is_valid(seed: int) -> None:
    history, capacity = made(seed, interrupts=False, count=5)
    for end in range(len(history.events)):
        assert check(History(history.events[:end]), capacity)


@given(SEEDS)
@settings(max_examples=settings().max_examples // 3)
def test_the_oracle_agrees(seed: int) -> None:
    history, capacity = made(seed, tasks=4, count=8)
    for change in range(5):
        other = mutated(history, seed + change)
        if other is not None:
            assert bool(check(other, capacity)) == followed(other, capacity), check(other, capacity).lanes()


@given(SEEDS, st.booleans())
def test_a_search_without_cleverness_agrees(seed: int, interrupts: bool) -> None:
    history, capacity = made(seed, tasks=2 + seed % 3, count=6 + seed % 9, interrupts=interrupts)
    for change in range(4):
        other = mutated(history, seed + change) if change else history
        if other is not None:
            clever, plain = (
                search(ring(capacity), other.events, ACTIONS, 50_000, plain=plain) for plain in (False, True)
            )
            if plain.exhausted and clever.exhausted:
                assert (clever.witness is None) == (plain.witness is None)


def agreed(seeds: range, count: int) -> Counter[bool]:
    """Compare with the brute-force checker; return how many were possible and how many not."""
    seen: Counter[bool] = Counter()
    for seed in seeds:
        history, capacity = made(seed, count=count, simple=True)
        for change in range(6):
            other = mutated(history, 10 * seed + change) if change else history
            if other is not None:
                possible = explainable(other.events, capacity)
                assert bool(check(other, capacity)) == possible, f"{seed}.{change}: {check(other, capacity).lanes()}"
                seen[possible] += 1
    return seen


def test_brute_force_agrees() -> None:
    seen = agreed(range(150), 3)
    assert min(seen.values()) > 75, "both kinds are there"
    assert seen.total() > 450


@pytest.mark.deep
def test_brute_force_agrees_deep() -> None:
    agreed(range(1_000_000, 1_010_000), 4)


def test_a_wrong_verdict_on_what_was_said_to_be_impossible_would_show() -> None:
    # The checkers are compared on histories of which many are impossible, and for many reasons.
    reasons: Counter[str] = Counter()
    for seed in range(150):
        history, capacity = made(seed)
        for change in range(5):
            other = mutated(history, 10 * seed + change)
            if other is None:
                continue
            verdict = check(other, capacity)
            assert verdict.kind is not Kind.UNDECIDED
            if not verdict:
                assert verdict.explained < len(other.events)
                assert check(History(other.events[: verdict.explained]), capacity)
                last = other.events[: verdict.explained + 1]
                try:
                    assert not check(History(last), capacity)
                except BadHistory:
                    pytest.fail("a beginning of a history is one")
                event = last[-1]
                reasons[event.outcome.kind if isinstance(event, Returned) else type(event).__name__] += 1
    assert {"ok", "Rest", "InsufficientCapacity", "WaitTimeout", "DisruptorClosed", "SequenceNotFound"} <= set(reasons)
