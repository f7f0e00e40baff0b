"""Runs of the right steps that show that what is proved is not empty: everything that the proofs speak of happens.

Rule 1: a scene is a list of verbs and, after some of them, what is true then. z3 finds the choices.
"""

from collections.abc import Callable
from typing import NamedTuple

import z3

from tests.proofs.runs import CLAIMS, DOMAIN, READERS, Runs, Taken
from tests.proofs.system import CLOSED, FULL, HELD, OPEN, VOID, Bool, State

R, L = READERS
A, B, C = CLAIMS


class Turn(NamedTuple):
    """One step of a scene, and what is true after it."""

    verb: str
    then: Callable[[State], Bool] = lambda s: z3.BoolVal(True)


def full(s: State) -> Bool:
    """Return that a reader holds back every claim: the ring is full."""
    return z3.And(s.registered(R), s.claimed == s.position(R) + s.capacity, s.limit == s.claimed)


def past_a_void(s: State) -> Bool:
    """Return that a reader has gone past a void, and was not given it."""
    return z3.And(s.position(R) == 1, s.content(DOMAIN["s"][0]) == VOID, s.given(R, DOMAIN["s"][0]) == 0)


SCENES: dict[str, tuple[Turn, ...]] = {
    "a full ring, out of order, a void": (
        Turn("join", lambda s: z3.And(s.registered(R), s.position(R) == -1)),
        Turn("claim", lambda s: z3.And(s.capacity == 2, s.stage(A) == HELD)),
        Turn("claim", lambda s: z3.And(s.stage(B) == HELD, full(s))),
        Turn("publish", lambda s: z3.And(s.stage(B) == FULL, s.published == -1)),
        Turn("void", lambda s: z3.And(s.stage(A) == VOID, s.published == 1, full(s))),
        Turn("give", lambda s: z3.And(s.hand(R) == 1, s.given(R, DOMAIN["s"][1]) == 1)),
        Turn("mark", past_a_void),
        Turn("look", lambda s: s.limit == 3),
        Turn("claim", lambda s: z3.And(s.last(C) == 3, s.first(C) == 2, full(s))),
    ),
    "an upstream, a joiner behind it, a close": (
        Turn("join", lambda s: z3.And(s.registered(R), s.capacity == 2)),
        Turn("claim", lambda s: z3.And(s.claimed == 0, s.stage(A) == HELD)),
        Turn("publish", lambda s: s.published == 0),
        Turn("join", lambda s: z3.And(s.registered(L), s.after(L, R), s.position(L) == -1)),
        Turn("give", lambda s: s.hand(R) == 0),
        Turn("mark", lambda s: s.position(R) == 0),
        Turn("give", lambda s: s.given(L, DOMAIN["s"][0]) == 1),
        Turn("drop", lambda s: z3.And(s.hand(L) == -1, s.given(L, DOMAIN["s"][0]) == 0)),
        Turn("skip", lambda s: z3.And(s.position(L) == 0, s.skipped(L, DOMAIN["s"][0]))),
        Turn("claim", lambda s: s.stage(B) == HELD),
        Turn("close", lambda s: z3.And(s.phase == CLOSED, s.published < s.claimed)),
        Turn("publish", lambda s: s.published == s.claimed),
        Turn("leave", lambda s: z3.Not(s.registered(L))),
        Turn("leave", lambda s: z3.Not(s.registered(R))),
        Turn("halt", lambda s: s.published == 1),
        Turn("start", lambda s: z3.And(s.phase == OPEN, s.limit == -1)),
    ),
}


def play(scene: tuple[Turn, ...]) -> list[Taken] | None:
    """Return a run that goes as the scene says, or nothing if there is none."""
    runs = Runs()
    for turn in scene:
        runs.step([turn.verb])
    return runs.find(lambda states: z3.And(*(turn.then(state) for turn, state in zip(scene, states[1:], strict=True))))
