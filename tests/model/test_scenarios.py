"""Do the promises hold in every state of small rings? The counts are pinned: a changed count is a changed specification."""

from typing import NamedTuple

import pytest

from model import calls, promises
from model.promises import ALWAYS, PARTNERS
from model.scenarios import (
    Scenario,
    breaker,
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
from model.state import Reader


class Pinned(NamedTuple):
    """A scenario, its counts, and what it is to put to the test."""

    scenario: Scenario
    states: int
    transitions: int
    depth: int
    sometimes: tuple[promises.Promise, ...]
    on_cycles: int = 0
    """States to which one can come back: where calls time out or blocks fail, and are made again."""


def S(name: str, *after: str) -> Reader:
    return Reader(name, -1, after)


DIAMOND = (S("S"), S("T"), S("U", "S", "T"))

PINNED = {
    "2 producers x 2 subscribers x capacity 2, time-outs, close": Pinned(
        Scenario(
            with_readers(2, S("S"), S("T")),
            (
                producer("P", "a", "b", timed=True),
                producer("Q", "c"),
                subscriber("S"),
                subscriber("T"),
                closer(),
            ),
        ),
        423226,
        1678894,
        44,
        (
            promises.full,
            promises.out_of_order,
            promises.batch_in_hand,
            promises.same_in_two_hands,
            promises.two_claims,
            promises.ended,
            promises.sleeping,
            promises.closed_on_waiting_producer,
            promises.overdue,
        ),
    ),
    "2 producers with claims of 1 and 2, out of order and abandoned x 1 subscriber x capacity 2": Pinned(
        Scenario(with_readers(2, S("S")), (claimer("P", 1, 2), claimer("Q", 2, 1), subscriber("S"), closer())),
        200208,
        674107,
        41,
        (promises.full, promises.out_of_order, promises.two_claims, promises.void_walked_past, promises.ended),
    ),
    "1 producer x a diamond of 3 subscribers x capacity 1": Pinned(
        Scenario(with_readers(1, *DIAMOND), (producer("P", "a", "b"), looper("S"), looper("T"), looper("U"), closer())),
        73571,
        287005,
        39,
        (promises.full, promises.upstream_holds_back, promises.same_in_two_hands, promises.ended),
    ),
    "1 producer x a diamond of 3 subscribers x capacity 2": Pinned(
        Scenario(
            with_readers(2, *DIAMOND),
            (producer("P", "a", "b", "c"), looper("S"), looper("T"), looper("U"), closer()),
        ),
        306036,
        1249231,
        51,
        (promises.full, promises.upstream_holds_back, promises.same_in_two_hands, promises.ended),
    ),
    "a joiner and a leaver at any moment": Pinned(
        Scenario(with_readers(1, S("S")), (claimer("P", 1, 1), subscriber("S"), joiner("J", leaves=True), closer())),
        70254,
        234548,
        39,
        (promises.full, promises.joined_late, promises.void_walked_past),
    ),
    "a joiner at the latest, without other subscribers": Pinned(
        Scenario(
            with_readers(2),
            (claimer("P", 1, 1), producer("Q", "a"), joiner("J", start=calls.LATEST, leaves=True), closer()),
        ),
        116592,
        369376,
        34,
        (promises.out_of_order, promises.joined_late),
    ),
    "halt, time-outs and blocks that fail": Pinned(
        Scenario(
            with_readers(1, S("S")),
            (
                producer("P", "a", "b", timed=True),
                producer("Q", "c"),
                subscriber("S", timed=True, fails=True),
                closer(halts=True),
            ),
        ),
        26097,
        85349,
        39,
        (promises.closed_on_waiting_producer, promises.overdue),
        8057,
    ),
    "one polls behind an upstream, past voids": Pinned(
        Scenario(with_readers(1, S("S"), S("T", "S")), (claimer("P", 1, 1), subscriber("S"), poller("T"), closer())),
        30782,
        103015,
        38,
        (promises.upstream_holds_back, promises.void_walked_past, promises.ended),
        5276,
    ),
    "an upstream fails, and the ring is started again": Pinned(
        Scenario(
            with_readers(1, S("S"), S("T", "S")),
            (producer("P", "a", "b"), looper("S"), looper("T"), breaker("X", "S")),
        ),
        20633,
        67391,
        33,
        (promises.closed_on_waiting_producer, promises.cut_off_waiting, promises.opened_again),
    ),
}


LARGE = [name for name, pinned in PINNED.items() if pinned.states > 100_000]
"""Each takes from twenty seconds to minutes: the deep run explores them."""


def holds(name: str) -> None:
    pinned = PINNED[name]
    report = run(pinned.scenario, sometimes=pinned.sometimes, liveness=True).require()
    assert (report.states, report.transitions, report.depth) == (pinned.states, pinned.transitions, pinned.depth)
    assert report.on_cycles == pinned.on_cycles


@pytest.mark.parametrize("name", [name for name in PINNED if name not in LARGE])
def test_every_promise_holds_in_every_state(name: str) -> None:
    holds(name)


@pytest.mark.deep
@pytest.mark.parametrize("name", LARGE)
def test_every_promise_holds_in_every_state_of_a_large_one(name: str) -> None:
    holds(name)


def test_every_promise_is_put_to_the_test() -> None:
    assert set(PARTNERS) == set(ALWAYS)
    seen = {promise for pinned in PINNED.values() for promise in pinned.sometimes}
    assert seen >= set(PARTNERS.values())
