"""What holds in every state that the steps can reach: named, and one fact each.

Rule 1: it holds of a new ring, and every step keeps every part of it (`prove.py`).
Rule 2: nothing is here for its own sake: each part is a promise, or needed for one, and some wrong step breaks it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import z3

from tests.proofs.system import FULL, GONE, HALTED, HELD, OPEN, UNUSED, Bool, Claim, Fact, Int, Reader, State


@dataclass(frozen=True)
class Part:
    """One part of the invariant: it holds in a state for all terms of the kinds in `over`."""

    name: str
    over: str
    holds: Callable[..., Bool]

    def fact(self, state: State) -> Fact:
        """Return it as a fact about one state."""
        return Fact(self.over, lambda *terms: self.holds(state, *terms))


def used(s: State, c: Claim) -> Bool:
    """Return that a claim was taken."""
    return s.stage(c) != UNUSED


def within(s: State, c: Claim, q: Int) -> Bool:
    """Return that a sequence lies within a claim."""
    return z3.And(s.first(c) <= q, q <= s.last(c))


def reads_on(s: State, r: Reader, q: Int) -> Bool:
    """Return that a sequence has been handed to a reader, or marked by it, since it joined."""
    return z3.And(s.joined(r), s.started(r) < q, q <= s.hand(r))


def claim_is_whole(s: State, c: Claim) -> Bool:
    """Return that a claim is published as a whole, or not at all."""
    return z3.Implies(used(s, c), z3.Or(s.last(c) <= s.published, s.first(c) > s.published))


NEXT = "what comes next is held by somebody"

INVARIANT = (
    # --- numbers ---
    Part("published <= claimed", "", lambda s: z3.And(s.capacity >= 1, s.published >= -1, s.published <= s.claimed)),
    Part("a phase", "", lambda s: z3.And(s.phase >= OPEN, s.phase <= HALTED)),
    Part("no second lap before publication", "", lambda s: s.claimed <= s.published + s.capacity),
    Part("the limit respects published", "", lambda s: s.limit <= s.published + s.capacity),
    Part(
        "the limit respects gates", "r", lambda s, r: z3.Implies(s.registered(r), s.limit <= s.position(r) + s.capacity)
    ),
    Part("the limit of a closed ring refuses", "", lambda s: z3.Implies(s.phase != OPEN, s.limit <= -1)),
    # --- claims ---
    Part(
        "a claim lies among what is claimed",
        "c",
        lambda s, c: z3.Implies(used(s, c), z3.And(s.first(c) >= 0, s.first(c) <= s.last(c), s.last(c) <= s.claimed)),
    ),
    Part(
        "a claim owns its sequences",
        "cs",
        lambda s, c, q: z3.Implies(z3.And(used(s, c), within(s, c, q)), s.owner(q) == c),
    ),
    Part(
        "what is claimed has an owner",
        "s",
        lambda s, q: z3.Implies(z3.And(q >= 0, q <= s.claimed), z3.And(used(s, s.owner(q)), within(s, s.owner(q), q))),
    ),
    Part("a claim is shown at once", "c", claim_is_whole),
    Part(
        "what is published is finished", "s", lambda s, q: z3.Implies(z3.And(q >= 0, q <= s.published), s.finished(q))
    ),
    Part(
        NEXT,
        "",
        lambda s: z3.Implies(s.published < s.claimed, s.content(s.published + 1) == HELD),
    ),
    # --- readers ---
    Part(
        "positions are in order",
        "r",
        lambda s, r: z3.Implies(
            s.joined(r), z3.And(s.started(r) >= -1, s.started(r) <= s.position(r), s.position(r) <= s.hand(r))
        ),
    ),
    Part("a gate gates", "r", lambda s, r: z3.Implies(s.registered(r), s.claimed <= s.position(r) + s.capacity)),
    Part(
        "nobody reads what is not published",
        "r",
        lambda s, r: z3.Implies(s.joined(r), z3.Or(s.hand(r) == s.started(r), s.hand(r) <= s.published)),
    ),
    Part(
        "nobody overtakes an upstream",
        "rr",
        lambda s, d, u: z3.Implies(
            z3.And(s.joined(d), s.after(d, u)), z3.Or(s.hand(d) == s.started(d), s.hand(d) <= s.position(u))
        ),
    ),
    Part(
        "an upstream stays", "rr", lambda s, d, u: z3.Implies(z3.And(s.registered(d), s.after(d, u)), s.registered(u))
    ),
    Part(
        "an upstream came first",
        "rr",
        lambda s, d, u: z3.Implies(z3.And(s.joined(d), s.after(d, u)), z3.And(s.joined(u), s.rank(u) < s.rank(d))),
    ),
    Part(
        "births are counted",
        "r",
        lambda s, r: z3.And(s.births >= 0, z3.Implies(s.joined(r), z3.And(s.rank(r) >= 0, s.rank(r) < s.births))),
    ),
    Part(
        "what was handed out was given once, or is void",
        "rs",
        lambda s, r, q: z3.Implies(
            z3.And(reads_on(s, r, q), z3.Not(s.skipped(r, q))), s.given(r, q) == z3.If(s.content(q) == FULL, 1, 0)
        ),
    ),
    Part("what was skipped was not given", "rs", lambda s, r, q: z3.Implies(s.skipped(r, q), s.given(r, q) == 0)),
    Part(
        "what was skipped is marked",
        "rs",
        lambda s, r, q: z3.Implies(s.skipped(r, q), z3.And(s.joined(r), q <= s.position(r))),
    ),
    Part("nothing else was given", "rs", lambda s, r, q: z3.Implies(z3.Not(reads_on(s, r, q)), s.given(r, q) == 0)),
)


@dataclass(frozen=True)
class Lasting:
    """What a step never undoes: it holds between the states before and after, for all terms of the kinds in `over`."""

    name: str
    over: str
    holds: Callable[..., Bool]


LASTING = (
    Lasting(
        "nothing goes back",
        "",
        lambda s, t: z3.And(
            s.claimed <= t.claimed, s.published <= t.published, z3.Or(s.phase <= t.phase, t.phase == OPEN)
        ),
    ),
    Lasting("no position goes back", "r", lambda s, t, r: z3.Implies(s.joined(r), s.position(r) <= t.position(r))),
    Lasting("who is gone stays gone", "r", lambda s, t, r: z3.Implies(s.life(r) == GONE, t.life(r) == GONE)),
    Lasting(
        "S4: a sequence keeps its claim, and a finished claim its content",
        "s",
        lambda s, t, q: z3.Implies(
            z3.And(q >= 0, q <= s.claimed),
            z3.And(
                s.owner(q) == t.owner(q),
                z3.Implies(s.finished(q), s.content(q) == t.content(q)),
                t.content(q) != UNUSED,
            ),
        ),
    ),
    Lasting("a closed ring claims nothing", "", lambda s, t: z3.Implies(s.phase != OPEN, s.claimed == t.claimed)),
    Lasting(
        "a halted ring hands out nothing",
        "rs",
        lambda s, t, r, q: z3.Implies(s.phase >= HALTED, t.given(r, q) <= s.given(r, q)),
    ),
    Lasting(
        "who is after whom is settled on joining",
        "rr",
        lambda s, t, d, u: z3.Implies(s.joined(d), s.after(d, u) == t.after(d, u)),
    ),
    Lasting(
        "S1: what is claimed anew has no unread event in its slot",
        "rs",
        lambda s, t, r, q: z3.Implies(
            z3.And(s.claimed < q, q <= t.claimed, t.registered(r)), q - t.capacity <= t.position(r)
        ),
    ),
)
