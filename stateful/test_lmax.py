"""Does the LMAX Disruptor do what the model says, except where it is known not to?

Skipped where it cannot be run (`lmax/_find.py`). Our own side of each difference is compared in any case.
"""

from collections.abc import Callable

import pytest
from hypothesis import settings

from model.producers import finish
from model.state import Slot, State, has_room
from stateful.lmax import _find
from stateful.lmax._sides import Sides
from stateful.lmax.client import Lmax
from stateful.lmax.differences import DIFFERENCES, Difference
from stateful.lmax.machine import LmaxMachine
from stateful.profiles import run_machine

MISSING = _find.missing()

needs_lmax = pytest.mark.skipif(bool(MISSING), reason=MISSING)

# What has to have been compared, and how it has to have ended, before "no difference" means anything.
SEEN = (
    "claim ok", "claim InsufficientCapacity", "publish_claim ok", "get ok", "is_available", "highest_published",
    "wait_for ok", "wait_for WaitTimeout", "wait_for DisruptorClosed", "register_subscriber ok", "remove_subscriber ok",
    "update_sequence ok", "has_available_capacity", "remaining", "lowest", "cursor",
    "poll PROCESSING", "poll IDLE", "poll GATING", "poll held up by an upstream", "published above a gap",
)  # fmt: skip


@needs_lmax
def test_lmax_and_the_model_agree_but_for_the_known_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sides, "seen", type(Sides.seen)())
    run_machine(LmaxMachine, settings=settings(max_examples=200, stateful_step_count=40))
    assert [what for what in SEEN if not Sides.seen[what]] == []


@needs_lmax
@pytest.mark.deep
def test_lmax_and_the_model_agree_deep() -> None:
    run_machine(LmaxMachine, settings=settings(settings.get_profile("deep"), stateful_step_count=80))


@needs_lmax
@pytest.mark.parametrize("kind", ["single", "multi"])
def test_a_ring_of_lmax_that_does_something_else_is_noticed(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Lmax.number

    def one_more(self: Lmax, verb: str, *arguments: object) -> int:
        return ask(self, verb, *arguments) + (verb == "try_next")

    monkeypatch.setattr(Lmax, "number", one_more)
    machine = LmaxMachine()
    machine.begin(kind, 4, [], 0)
    with pytest.raises(AssertionError, match="cannot return 'ok 1' from claim"):
        machine.claim(1, tries=True)


def one_too_few(state: State, n: int) -> bool:
    """Say that there is room for one less than there is."""
    return has_room(state, n + 1)


def nobody_above(state: State, name: str = "") -> int:
    """Let everybody read what is published, whatever the upstreams have processed."""
    return state.published


def over_gaps(state: State, places: dict[int, Slot]) -> State:
    """Show everything up to what was just published."""
    return finish(state, places)._replace(published=max(state.published, *places))


def claims_all(machine: LmaxMachine) -> None:
    machine.begin("multi", 4, [("barrier", False)], 0)
    machine.claim(4, tries=True)


def polls_behind(machine: LmaxMachine) -> None:
    machine.begin("single", 4, [("poller", False), ("poller", True)], 1)
    machine.poll(1, 1)


def polls_below_a_gap(machine: LmaxMachine) -> None:
    machine.begin("multi", 4, [("poller", False)], 0)
    machine.claim_twice_and_publish_the_second(1)


@needs_lmax
@pytest.mark.parametrize(
    ("name", "mutant", "steps"),
    [
        ("model.producers.has_room", one_too_few, claims_all),
        ("model.subscribers.readable", nobody_above, polls_behind),
        ("model.producers.finish", over_gaps, polls_below_a_gap),
    ],
)
def test_a_model_that_says_something_else_is_noticed(
    name: str,
    mutant: Callable[..., object],
    steps: Callable[[LmaxMachine], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps(LmaxMachine())
    monkeypatch.setattr(name, mutant)
    with pytest.raises(AssertionError, match="LMAX"):
        steps(LmaxMachine())


@needs_lmax
@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.name)
def test_a_known_difference_is_there(difference: Difference) -> None:
    assert difference.theirs() == difference.gives
    assert difference.here() == difference.comes
    assert difference.gives != difference.comes


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.name)
def test_our_side_of_a_difference_is_there(difference: Difference) -> None:
    assert difference.here() == difference.comes


def test_differences_have_names_of_their_own() -> None:
    assert len({difference.name for difference in DIFFERENCES}) == len(DIFFERENCES)


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISRUPTOR_JAR", "no/such.jar")
    assert _find.jar() is None
    assert "JPype1 is not installed" in _find.missing() or "DISRUPTOR_JAR=no/such.jar" in _find.missing()
