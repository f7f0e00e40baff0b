"""Are the steps that are proved for every ring the steps that the model's actions take?"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from model import calls, proof, proof_claims, proof_readers
from model.explore import Promise, Step, explore
from model.proof import Numbers, advance, claim, close, explains, finish, join, look, lower, numbers, sound, start
from model.scenarios import (
    DONE,
    Actor,
    Scenario,
    World,
    claimer,
    closer,
    done,
    joiner,
    looper,
    producer,
    successors,
    with_readers,
)
from model.state import Call, Reader, State, reader
from tests.model.test_scenarios import PINNED, S


def couple(first: str, name: str) -> Actor:
    """Return an actor that registers a subscriber after another, reads through it, and removes both, in order."""

    def choices(state: State, at: int) -> Iterator[tuple[Call, int]]:
        if at == 0:
            yield calls.register_subscriber(name, after=(first,)), 1
        elif at == 2:
            yield calls.remove_subscriber(first), DONE
        elif reader(state, name).turn is not None:
            yield calls.release(name), 1
        else:
            yield calls.read(name), 1
            yield calls.remove_subscriber(name), 2

    return Actor(name, choices)


SCENARIOS = {
    "fail and start": PINNED["an upstream fails, and the ring is started again"].scenario,
    "halt": PINNED["halt, time-outs and blocks that fail"].scenario,
    "a joiner and a leaver": Scenario(
        with_readers(1, S("S")), (claimer("P", 1, 1), looper("S"), joiner("J", leaves=True), closer())
    ),
    "claims of 1 and 2": Scenario(with_readers(2, S("S")), (claimer("P", 1), claimer("Q", 2), looper("S"), closer())),
    "two claims at once, and a joiner": Scenario(
        with_readers(2), (claimer("P", 1), producer("Q", "a"), joiner("J", start=calls.LATEST, leaves=True), closer())
    ),
    "an upstream": Scenario(
        with_readers(1, S("S"), S("T", "S")), (producer("P", "a", "b"), looper("S"), looper("T"), closer())
    ),
    "a follower joins, leaves, and its upstream after it": Scenario(
        with_readers(1, S("S")), (producer("P", "a", "b", "c"), looper("S"), couple("S", "T"), closer())
    ),
}


class Change(NamedTuple):
    """What a step does to a ring, whoever takes it."""

    before: State
    after: State

    @staticmethod
    def of(before: State, after: State) -> "Change":
        """Return what is left when the calls are forgotten, but for what they hold."""
        return Change(_without_calls(before), _without_calls(after))


def _without_calls(state: State) -> State:
    held = tuple((call.held, call.call.n) for call in state.pending if call.held >= 0)
    readers = tuple(other._replace(turn=None, hand=(), end=-1, ended=False) for other in state.readers)
    return state._replace(pending=(), claims=(*state.claims, *held), readers=readers, breach="")


def changes(scenario: Scenario) -> set[Change]:
    """Return everything that the steps of a scenario do; check the invariant on the way."""
    steps = successors(scenario)
    found: set[Change] = set()

    def noted(world: World) -> Iterator[tuple[Step, World]]:
        for step, after in steps(world):
            found.add(Change.of(world.state, after.state))
            yield step, after

    start = World(scenario.start, (0,) * len(scenario.actors))
    kept = Promise[World]("the invariant", lambda world: sound(numbers(world.state)))
    explore([start], noted, always=[kept], done=done).require()
    return found


def fates(change: Change) -> Iterator[tuple[proof_claims.Fate, proof_claims.Fate]]:
    """Yield the fate, before and after, of every sequence whose slot still is its own, and of the next."""
    before, after = change
    for sequence in range(max(0, after.claimed - after.capacity + 1), after.claimed + 2):
        yield proof_claims.fate(before, sequence), proof_claims.fate(after, sequence)


def pairs(change: Change) -> Iterator[tuple[proof_readers.Pair, proof_readers.Pair]]:
    """Yield, before and after, every reader with each of its upstreams; a joiner is not registered before."""
    before, after = change
    known = {other.name: other for other in before.readers}
    for mine in after.readers:
        was: Reader = known.get(mine.name, mine._replace(alive=False))
        for name in mine.after:
            if name in known:
                then = proof_readers.pair(before, was, known[name])
                yield then, proof_readers.pair(after, mine, reader(after, name))


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_step_of_a_scenario_is_one_of_the_steps_that_are_proved(name: str) -> None:
    found = changes(SCENARIOS[name])
    assert len(found) > 30
    for change in found:
        before, after = numbers(change.before), numbers(change.after)
        assert proof.explains(before, after), change
        for fate, following in fates(change):
            assert proof_claims.sound(fate), fate
            assert proof_claims.explains(fate, following), (fate, following)
        for pair, next_pair in pairs(change):
            assert proof_readers.sound(pair), pair
            assert proof_readers.explains(pair, next_pair), (pair, next_pair)


def test_a_step_that_is_not_allowed_is_not_explained() -> None:
    before = look(Numbers(capacity=2, claimed=1, published=1, lowest=0, limit=2))
    assert explains(before, look(claim(before, 1)))
    assert not explains(before, look(Numbers(2, 3, 1, 0, 2)))  # beyond the limit
    assert explains(before, look(advance(before, 1)))
    assert not explains(before, look(Numbers(2, 1, 1, -2, 0)))  # behind what is kept
    assert explains(before, look(join(before, -1)))
    assert explains(before, finish(before, 1))
    assert explains(before, close(lower(before, -1)))
    assert not explains(before, Numbers(2, 1, 1, 0, 2, open=False))  # the limit still lets claims through
    closed = close(lower(before, -1))
    assert explains(closed, look(start(closed)))
    assert not explains(closed, start(closed))  # nobody has looked at the gates


def test_a_fate_that_is_not_allowed_is_not_explained() -> None:
    held = proof_claims.Fate(published=-1, claimed=1, sequence=1, first=1, last=1, held=True, void=False)
    finished = proof_claims.finish(held, True)
    assert proof_claims.explains(held, finished)
    assert not proof_claims.explains(held, proof_claims.Fate(1, 1, 1, 1, 1, True, False))  # shown while it is held
    assert not proof_claims.explains(finished, proof_claims.Fate(-1, 1, 1, 1, 1, False, False))  # void no longer
    assert not proof_claims.explains(held, proof_claims.Fate(0, 1, 1, 1, 1, False, False))  # stopped too early


def test_two_readers_that_do_what_is_not_allowed_are_not_explained() -> None:
    before = proof_readers.Pair(2, 1, 1, 1, -1, -1, True, 0, True)
    assert proof_readers.explains(before, proof_readers.Pair(2, 1, 1, 2, 0, -1, True, 0, True))
    assert not proof_readers.explains(before, proof_readers.Pair(2, 1, 1, 2, 1, -1, True, 0, True))  # overtakes
    assert not proof_readers.explains(before, proof_readers.Pair(2, 1, 1, 1, -1, -1, True, 0, False))  # left alone
    assert not proof_readers.explains(before, proof_readers.Pair(2, 2, 1, 2, -1, -1, True, 0, True))  # no room


def test_the_table_of_actions_in_the_docs_is_the_table_of_actions() -> None:
    from pathlib import Path

    from model.table import action_table

    assert action_table() in (Path(__file__).parent.parent.parent / "docs" / "model.md").read_text(encoding="utf-8")


def test_what_is_proved_holds_of_a_ring_of_two() -> None:
    n = Numbers(capacity=2, claimed=1, published=1, lowest=-1, limit=1)
    assert proof.install(n, -1) == join(n, -1)
    assert proof.nothing_unread_is_overwritten(Numbers(2, 2, 2, 0, 2), 0, 2)
    held = proof_claims.Fate(published=0, claimed=1, sequence=1, first=1, last=1, held=True, void=False)
    assert proof_claims.nothing_claimed_is_lost(held)
    assert not proof_claims.may_walk(held, 0, 1)
    assert not proof_claims.shown(held)
    assert proof_claims.shown(proof_claims.Fate(1, 1, 1, 1, 1, False, False))
    pair = proof_readers.Pair(2, 1, 1, 1, -1, -1, True, 0, True)
    assert proof_readers.what_is_read_is_intact(pair, 0)
    waits = proof_readers.Pair(2, 1, 1, 1, 0, -1, True, 0, True)
    assert proof_readers.who_waits_waits_for_somebody(waits)


def test_a_reader_that_joins_where_nothing_is_kept_any_more_is_not_explained() -> None:
    before = proof_readers.Pair(2, 5, 5, 5, -1, -1, False, 5, True)
    assert not proof_readers.explains(before, proof_readers.Pair(2, 5, 5, 5, 1, 1, True, 5, True))


def test_a_ring_that_is_opened_again_lets_nobody_claim_without_looking() -> None:
    shut = close(lower(Numbers(capacity=2, claimed=1, published=1, lowest=0, limit=2), -1))
    assert explains(shut, look(proof.start(shut)))
    assert not explains(shut, Numbers(2, 2, 1, 0, 2))  # opened, and something claimed in the same step
