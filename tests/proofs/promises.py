"""What follows from the invariant: safety by the names of the specification, and that somebody can always go on.

Rule 1: a promise speaks of one state, and of the steps that could be taken from it. It is proved from the invariant.
Rule 2: progress is said as: whatever waits, waits for something that can happen. A fair scheduler lets it happen.
Rule 3: induction over sequences or ranks stays outside: a lemma speaks of the least reader that is behind, and there is a
        least one because ranks are natural numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import z3

from tests.proofs.invariant import used, within
from tests.proofs.system import (
    FULL,
    HALTED,
    HELD,
    OPEN,
    UNUSED,
    VOID,
    Action,
    Bool,
    Choice,
    Fact,
    Int,
    Reader,
    State,
)

Actions = Mapping[str, Action]


@dataclass(frozen=True)
class Promise:
    """It holds in a state, with any choice, for all terms of the kinds in `over`, if the assumptions do."""

    name: str
    over: str
    holds: Callable[..., Bool]
    assume: Callable[..., tuple[Fact, ...]] = lambda *_: ()


def behind(s: State, r: Reader) -> Bool:
    """Return that there is something published that a registered reader has yet to process."""
    return z3.And(s.registered(r), s.position(r) < s.published)


def nobody_holds(s: State) -> Fact:
    """Return that every claim is finished."""
    return Fact("c", lambda c: s.stage(c) != HELD)


def unread(s: State, r: Reader, q: Int) -> Bool:
    """Return that a registered reader has yet to process what is claimed."""
    return z3.And(s.registered(r), s.position(r) < q, q <= s.claimed)


SAFETY = (
    Promise(
        "S1: no slot of an unread sequence is claimed again",
        "rs",
        lambda s, x, r, q: z3.Implies(unread(s, r, q), s.claimed < q + s.capacity),
    ),
    Promise(
        "S1: no two sequences that are written at once share a slot",
        "s",
        lambda s, x, q: z3.Implies(z3.And(q >= 0, q <= s.claimed, s.content(q) == HELD), s.claimed < q + s.capacity),
    ),
    Promise(
        "S2: what is given is published",
        "rs",
        lambda s, x, r, q: z3.Implies(
            z3.And(s.given(r, q) > 0, q >= 0), z3.And(q <= s.published, s.content(q) == FULL)
        ),
    ),
    Promise(
        "S3: what a reader has gone past since it joined was given once, or is void, or it was told to",
        "rs",
        lambda s, x, r, q: z3.Implies(
            z3.And(s.joined(r), s.started(r) < q, q <= s.position(r)),
            z3.Or(s.given(r, q) == 1, s.content(q) == VOID, s.skipped(r, q)),
        ),
    ),
    Promise("S3: nothing is given twice", "rs", lambda s, x, r, q: z3.And(s.given(r, q) >= 0, s.given(r, q) <= 1)),
    Promise(
        "S3: what was skipped is not given", "rs", lambda s, x, r, q: z3.Implies(s.skipped(r, q), s.given(r, q) == 0)
    ),
    Promise(
        "S5: what is given was processed upstream",
        "rrs",
        lambda s, x, d, u, q: z3.Implies(z3.And(s.joined(d), s.after(d, u), s.given(d, q) > 0), q <= s.position(u)),
    ),
    Promise(
        "S6: no two claims share a sequence",
        "ccs",
        lambda s, x, c, d, q: z3.Implies(z3.And(used(s, c), used(s, d), within(s, c, q), within(s, d, q)), c == d),
    ),
    Promise(
        "S8: what a joiner may start with cannot have been overwritten, and will not be",
        "r",
        lambda s, x, r: z3.Implies(
            s.registered(r), z3.And(s.position(r) >= -1, s.claimed <= s.position(r) + s.capacity)
        ),
    ),
)


def going_on(actions: Actions) -> tuple[Promise, ...]:
    """Return the lemmas on progress, about these actions."""

    def looked(s: State, x: Choice) -> tuple[Fact, ...]:
        step = actions["look"](s, x)
        return (*step.where, Fact("", lambda: step.enabled))

    def fits(s: State, x: Choice) -> Bool:
        return actions["claim"](actions["look"](s, x).after, replace(x, to=x.count)).enabled

    def may_claim(s: State, x: Choice) -> Bool:
        return z3.And(x.count >= 1, x.count <= s.capacity, s.stage(x.claim) == UNUSED)

    def next_read(s: State, r: Reader, u: Reader, x: Choice) -> Bool:
        step = actions["give"](s, replace(x, reader=r, to=s.position(r) + 1))
        return z3.And(step.enabled, *(fact.holds(u) for fact in step.where))

    def least(s: State, m: Reader) -> tuple[Fact, ...]:
        return (
            Fact("", lambda: behind(s, m)),
            Fact("r", lambda o: z3.Implies(behind(s, o), s.rank(m) <= s.rank(o))),
        )

    def joins(s: State, x: Choice, start: Int) -> Bool:
        step = actions["join"](s, replace(x, to=start))
        assumed = z3.And(s.phase != HALTED, z3.Not(s.joined(x.reader)))
        return z3.Implies(assumed, step.enabled)

    return (
        Promise(
            "a quiescent ring has published all that was claimed",
            "",
            lambda s, x: s.published == s.claimed,
            lambda s, x: (nobody_holds(s),),
        ),
        Promise(
            "whoever holds a claim can finish it",
            "c",
            lambda s, x, c: z3.Implies(
                s.stage(c) == HELD,
                z3.And(*(actions[verb](s, replace(x, claim=c)).enabled for verb in ("publish", "void"))),
            ),
        ),
        Promise(
            "if all have caught up, there is room for any claim",
            "",
            lambda s, x: z3.Implies(z3.And(may_claim(s, x), s.phase == OPEN), fits(s, x)),
            lambda s, x: (
                nobody_holds(s),
                Fact("r", lambda r: z3.Implies(s.registered(r), s.position(r) >= s.published)),
                *looked(s, x),
            ),
        ),
        Promise(
            "a producer that waits, waits for a claim that is held or for a reader that is behind",
            "",
            lambda s, x: z3.Implies(
                z3.And(may_claim(s, x), z3.Not(fits(s, x))),
                z3.Or(
                    z3.And(s.published < s.claimed, s.content(s.published + 1) == HELD),
                    behind(s, x.slow),
                ),
            ),
            looked,
        ),
        Promise(
            "a reader that waits, waits for what is not published or for an upstream that is behind",
            "rr",
            lambda s, x, r, u: z3.Implies(
                z3.And(behind(s, r), s.hand(r) == s.position(r), s.phase != HALTED),
                z3.Or(next_read(s, r, u, x), z3.And(s.after(r, u), behind(s, u), s.rank(u) < s.rank(r))),
            ),
        ),
        Promise(
            "of the readers that are behind, the first that joined can go on",
            "rr",
            lambda s, x, m, u: z3.Implies(z3.And(s.hand(m) == s.position(m), s.phase != HALTED), next_read(s, m, u, x)),
            lambda s, x, m, u: least(s, m),
        ),
        Promise(
            "whoever has something in hand can mark it",
            "r",
            lambda s, x, r: z3.Implies(s.joined(r), actions["mark"](s, replace(x, reader=r, to=s.hand(r))).enabled),
        ),
        Promise(
            "S9: when nobody holds a claim and nobody is behind, all have all",
            "rs",
            lambda s, x, r, q: z3.Implies(
                z3.And(s.registered(r), s.started(r) < q, q >= 0, q <= s.claimed, s.content(q) == FULL),
                z3.Or(s.given(r, q) == 1, s.skipped(r, q)),
            ),
            lambda s, x, r, q: (nobody_holds(s), Fact("r", lambda o: z3.Not(behind(s, o)))),
        ),
        Promise(
            "one can join at the earliest",
            "",
            lambda s, x: joins(s, x, z3.If(s.claimed - s.capacity > -1, s.claimed - s.capacity, -1)),
        ),
        Promise("one can join at the latest", "", lambda s, x: joins(s, x, s.published)),
    )
