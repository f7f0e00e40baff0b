"""Do the promises hold with one producer at a time, who announces, tests, writes and shows without the lock?

The scenarios are explored completely, their counts pinned. Wrong specifications of it break a promise.
"""

from typing import NamedTuple

import pytest

from disruptor._override import override
from model import calls, promises
from model.action import Action
from model.explore import DEADLOCK, PromiseBroken
from model.promises import Promise
from model.scenarios import Scenario, claimer, closer, joiner, producer, run, subscriber, with_readers
from model.single import REFUSED, SINGLE, SinglePublish
from model.state import Outcome, Pending, Phase, Reader, State, with_pending

S = Reader("S", -1)


def announced_in_vain(state: State) -> bool:
    """Something is announced, and the ring is closed."""
    return state.announced > state.claimed and state.phase is not Phase.OPEN


def joined_at_what_is_announced(state: State) -> bool:
    """Somebody has joined behind what is announced, and would have been given more without it."""
    return any(r.alive and r.promised > 0 and r.promised == state.announced - state.capacity + 1 for r in state.readers)


def overlap(state: State) -> bool:
    """Two producers are at it."""
    return sum(call.call.verb == "publish" for call in state.pending) > 1


class Pinned(NamedTuple):
    scenario: Scenario
    states: int
    transitions: int
    depth: int
    sometimes: tuple[Promise, ...]


PINNED = {
    "time-outs, close and halt": Pinned(
        Scenario(with_readers(2, S), (producer("P", "a", "b", "c", timed=True), subscriber("S"), closer(halts=True))),
        7827,
        23025,
        31,
        (promises.full, promises.ended, promises.overdue, announced_in_vain),
    ),
    "a joiner and a leaver at any moment": Pinned(
        Scenario(with_readers(1), (producer("P", "a", "b", "c"), joiner("J", leaves=True), closer())),
        6354,
        17708,
        39,
        (promises.full, announced_in_vain, joined_at_what_is_announced),
    ),
    "claims of 1 and 2, published or abandoned": Pinned(
        Scenario(with_readers(2, S), (claimer("P", 1, 2), subscriber("S"), closer())),
        2022,
        5032,
        26,
        (promises.full, promises.void_walked_past, promises.ended),
    ),
    "two that take turns, or are refused": Pinned(
        Scenario(with_readers(2, S), (producer("P", "a"), producer("Q", "b"), subscriber("S"), closer())),
        11388,
        38774,
        25,
        (overlap, announced_in_vain),
    ),
}


@pytest.mark.parametrize("name", PINNED)
def test_every_promise_holds_in_every_state(name: str) -> None:
    pinned = PINNED[name]
    report = run(pinned.scenario, actions=SINGLE, sometimes=pinned.sometimes, liveness=True).require()
    assert (report.states, report.transitions, report.depth) == (pinned.states, pinned.transitions, pinned.depth)


class NoSecondTest(SinglePublish):
    @override
    def passes(self, state: State, n: int) -> bool:
        return True


class StaysAnnounced(SinglePublish):
    @override
    def refused(self, state: State, call: Pending) -> State:
        return with_pending(state, call._replace(stage=REFUSED))


CLOSED = Scenario(with_readers(1, S), (producer("P", "a", "b"), subscriber("S"), closer()))
JOINED = Scenario(with_readers(1), (producer("P", "a", "b"), joiner("J"), closer()))
TURNS = Scenario(with_readers(2, S), (producer("P", "a"), producer("Q", "b"), subscriber("S"), closer()))

MUTANTS: dict[str, tuple[Action, Scenario, str]] = {
    "no second test, and closed": (NoSecondTest(), CLOSED, promises.s9_nothing_lost_at_close.__name__),
    "no second test, and joined": (NoSecondTest(), JOINED, promises.s1_no_overwrite.__name__),
    "what is refused stays announced": (StaysAnnounced(), CLOSED, DEADLOCK),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_specification_breaks_its_promise(name: str) -> None:
    action, scenario, breaks = MUTANTS[name]
    report = run(scenario, actions={**SINGLE, "publish": action})
    with pytest.raises(PromiseBroken, match=breaks):
        report.require()


@pytest.mark.parametrize("scenario", [CLOSED, JOINED, TURNS])
def test_the_right_specification_breaks_nothing(scenario: Scenario) -> None:
    run(scenario, actions=SINGLE).require()


def test_to_publish_nothing_is_refused_to_nobody_and_an_effect_that_is_not_told_yet_is_in_the_way() -> None:
    action = SinglePublish()
    state = with_readers(2, S)
    nothing = Pending("P", calls.publish_many())
    assert action.refuse(state, nothing) == ""
    other = Pending("Q", calls.publish("b"), outcome=Outcome("ok", (0,)))
    mine = Pending("P", calls.publish("a"))
    [after] = action.walk(state._replace(pending=(other, mine)), mine)
    assert [call.error for call in after.pending if call.task == "P"] == ["SecondProducer"]
