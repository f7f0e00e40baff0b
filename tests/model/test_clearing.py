"""Do the promises hold in a ring that keeps no event longer than somebody has to read it, and are its own kept?

The scenarios are explored completely, their counts pinned. Wrong specifications of it break a promise.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from disruptor._override import override
from model import promises
from model.action import Action, Result
from model.actions import ACTIONS
from model.clearing import (
    CLEARING,
    Clears,
    c1_released,
    c2_gone,
    joined_behind_what_is_gone,
    released_and_kept,
)
from model.explore import PromiseBroken
from model.promises import ALWAYS, Promise
from model.scenarios import (
    Scenario,
    claimer,
    closer,
    joiner,
    looper,
    poller,
    producer,
    run,
    subscriber,
    with_readers,
)
from model.state import NONE, Content, Pending, Reader, State, lowest, slot, with_slots
from model.subscribers import Release

S, T = Reader("S", -1), Reader("T", -1)
HELD = (*ALWAYS, c1_released, c2_gone)


READ = Scenario(with_readers(2, S, T), (producer("P", "a", "b"), subscriber("S"), looper("T"), closer()))
LEFT = Scenario(with_readers(2, S), (producer("P", "a", "b"), joiner("J", leaves=True), subscriber("S"), closer()))


class Pinned(NamedTuple):
    scenario: Scenario
    states: int
    transitions: int
    depth: int
    sometimes: tuple[Promise, ...]


PINNED = {
    "two subscribers": Pinned(READ, 10729, 34881, 29, (promises.full, released_and_kept)),
    "a joiner and a leaver at any moment": Pinned(
        LEFT, 29907, 97308, 37, (promises.full, released_and_kept, joined_behind_what_is_gone)
    ),
    "claims of 1 and 2, published or abandoned": Pinned(
        Scenario(with_readers(2, S), (claimer("P", 1, 2), poller("S"), closer())),
        1822,
        4692,
        24,
        (promises.full, released_and_kept),
    ),
}


@pytest.mark.parametrize("name", PINNED)
def test_every_promise_holds_in_every_state(name: str) -> None:
    pinned = PINNED[name]
    report = run(pinned.scenario, actions=CLEARING, always=HELD, sometimes=pinned.sometimes, liveness=True).require()
    assert (report.states, report.transitions, report.depth) == (pinned.states, pinned.transitions, pinned.depth)


class Forgets(Clears, Release):
    """Releases, and does not remember."""

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        for after, outcome in super().effect(state, call):
            yield after._replace(released=NONE), outcome


class Hasty(Release):
    """Releases what one has passed, whoever has yet to."""

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        for after, outcome in super().effect(state, call):
            position = max((gate.position for gate in after.readers if gate.alive), default=NONE)
            places = {s: slot(after, s)._replace(content=Content.FREE) for s in range(lowest(state) + 1, position + 1)}
            yield with_slots(after, places)._replace(released=max(after.released, position)), outcome


MUTANTS: dict[str, tuple[dict[str, Action], Scenario, Promise]] = {
    "nothing is released": ({"release": ACTIONS["release"]}, READ, c1_released),
    "who leaves releases nothing": ({"remove_subscriber": ACTIONS["remove_subscriber"]}, LEFT, c1_released),
    "what the first has passed is released": ({"release": Hasty()}, READ, c1_released),
    "what is released can be joined behind": ({"release": Forgets()}, READ, c2_gone),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_specification_breaks_its_promise(name: str) -> None:
    actions, scenario, breaks = MUTANTS[name]
    report = run(scenario, actions={**CLEARING, **actions}, always=(c1_released, c2_gone))
    with pytest.raises(PromiseBroken, match=breaks.__name__):
        report.require()
