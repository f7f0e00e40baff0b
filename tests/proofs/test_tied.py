"""Are the steps that are proved the steps that the ring takes?"""

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disruptor._gate import Gate
from disruptor._sequencer import Sequencer
from tests.proofs.actions import ACTIONS
from tests.proofs.mirror import Mirror
from tests.proofs.tied import CALLS, Tied

NUMBER = st.integers(0, 7)
PROGRAM = st.lists(st.tuples(st.sampled_from(range(len(CALLS))), NUMBER, NUMBER), min_size=10, max_size=40)


def go(capacity: int, program: list[tuple[int, int, int]]) -> Tied:
    """Run a program on both rings, comparing them after each call."""
    tied = Tied(capacity)
    for call, one, other in program:
        CALLS[call](tied, one, other)
        tied.compare()
    return tied


@settings(max_examples=40)
@given(capacity=st.sampled_from([1, 2, 4]), program=PROGRAM)
def test_every_call_of_the_ring_is_made_of_steps_that_are_proved(
    capacity: int, program: list[tuple[int, int, int]]
) -> None:
    go(capacity, program)


def programs(seeds: range) -> tuple[Counter[str], Counter[str]]:
    """Run programs made by chance, and return how often each step was taken, and could not be."""
    taken: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for seed in seeds:
        chance = Random(seed)
        program = [(chance.randrange(len(CALLS)), chance.randrange(8), chance.randrange(8)) for _ in range(60)]
        mirror = go(chance.choice([2, 4]), program).mirror
        taken += mirror.taken
        refused += mirror.refused
    return taken, refused


def test_such_programs_take_every_step_and_are_refused_every_step_that_has_a_guard() -> None:
    taken, refused = programs(range(12))
    assert set(taken) == set(ACTIONS)
    assert set(refused) == {"claim", "give", "skip", "join", "leave"}


def test_a_step_that_is_not_proved_is_refused() -> None:
    mirror = Mirror(2)
    mirror.take("claim", claim=0, count=1)
    mirror.take("claim", claim=1, count=1)
    with pytest.raises(AssertionError, match="no step that is proved"):
        mirror.take("claim", claim=2, count=1)  # there is no room
    with pytest.raises(AssertionError, match="no step that is proved"):
        mirror.take("publish", claim=1, to=1)  # past a gap


def without_lowering(self: Sequencer, gate: Gate) -> None:
    """Let a gate hold producers back, but not within the limit that they remember."""
    self.gates = (*self.gates, gate)


def one_claim(self: Sequencer) -> None:
    """Move `published` over one finished claim only."""
    last = self._done.pop(self.published.value + 1, None)
    if last is not None:
        self.published.value = last


def closing_late(self: Sequencer, phase: int) -> None:
    """Close, but leave the limit."""
    self.phase.value = max(phase, self.phase.value)


@pytest.mark.parametrize(
    ("method", "wrong"), [("add_gate", without_lowering), ("_advance", one_claim), ("close", closing_late)]
)
def test_a_ring_that_takes_other_steps_is_found_out(
    method: str, wrong: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sequencer, method, wrong)
    with pytest.raises(AssertionError):
        programs(range(12))


@pytest.mark.deep
def test_many_more_programs() -> None:
    taken, _ = programs(range(12, 400))
    assert min(taken[verb] for verb in ACTIONS) > 20
