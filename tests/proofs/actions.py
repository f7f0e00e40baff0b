"""What producers and subscribers do, as steps: one for each thing that the ring does under its lock, or in one write.

Rule 1: a step tests what the ring tests, and nothing more. A claim does not ask whether the ring is closed: the limit tells.
Rule 2: `published` is moved by whoever finishes a claim, over the whole run of finished ones (`_advance` in
        `disruptor/_sequencer.py`; that its loop does this is shown in `prove.py`).
Rule 3: what a call that fails does is no step: it changes nothing, or it voids its claim.
"""

from dataclasses import replace
from typing import Any

import z3

from tests.proofs.system import (
    CLOSED,
    FULL,
    GONE,
    HALTED,
    HELD,
    OPEN,
    REGISTERED,
    UNBORN,
    UNUSED,
    VOID,
    Action,
    Choice,
    Fact,
    Int,
    State,
    Step,
    smaller,
)


def claim(s: State, x: Choice) -> Step:
    """Take `count` sequences, within the limit."""
    first, last = s.claimed + 1, s.claimed + x.count
    return Step(
        z3.And(x.count >= 1, last <= s.limit, s.stage(x.claim) == UNUSED),
        taken(s, x, first, last),
    )


def taken(s: State, x: Choice, first: Int, last: Int) -> State:
    """Return the state in which a new claim holds the sequences from `first` to `last`."""
    return replace(
        s,
        claimed=last,
        stage=lambda c: z3.If(c == x.claim, HELD, s.stage(c)),
        first=lambda c: z3.If(c == x.claim, first, s.first(c)),
        last=lambda c: z3.If(c == x.claim, last, s.last(c)),
        owner=lambda q: z3.If(z3.And(first <= q, q <= last), x.claim, s.owner(q)),
    )


def look(s: State, x: Choice) -> Step:
    """Look at the gates again: the limit is a capacity beyond the lowest of them and `published`; `slow` is the lowest."""
    lowest = x.to - s.capacity
    return Step(
        z3.And(
            s.phase == OPEN,
            lowest <= s.published,
            z3.Or(lowest == s.published, z3.And(s.registered(x.slow), lowest == s.position(x.slow))),
        ),
        replace(s, limit=x.to),
        (Fact("r", lambda r: z3.Implies(s.registered(r), lowest <= s.position(r))),),
    )


def finish(s: State, x: Choice, stage: Any) -> Step:
    """Finish a held claim; everybody may see as far as `to`: to the first that is not finished, or to the last."""
    after = replace(s, stage=lambda c: z3.If(c == x.claim, stage, s.stage(c)), published=x.to)
    return Step(
        s.stage(x.claim) == HELD,
        after,
        (
            Fact("", lambda: z3.And(s.published <= x.to, x.to <= s.claimed)),
            Fact("s", lambda q: z3.Implies(z3.And(s.published < q, q <= x.to), after.finished(q))),
            Fact("", lambda: z3.Or(x.to == s.claimed, z3.Not(after.finished(x.to + 1)))),
        ),
    )


def publish(s: State, x: Choice) -> Step:
    """Finish a held claim by publishing it."""
    return finish(s, x, FULL)


def void(s: State, x: Choice) -> Step:
    """Finish a held claim by giving it up."""
    return finish(s, x, VOID)


def give(s: State, x: Choice) -> Step:
    """Hand a reader all to `to` but voids: it is told what is void, and trusts that the rest is published."""
    r = x.reader
    handed = [s.position(r) < x.to, x.to <= s.published, s.hand(r) == s.position(r)]
    return Step(
        z3.And(s.registered(r), s.phase != HALTED, *handed),
        replace(
            s,
            hand=lambda o: z3.If(o == r, x.to, s.hand(o)),
            given=lambda o, q: z3.If(
                z3.And(o == r, s.position(r) < q, q <= x.to, s.content(q) != VOID), s.given(o, q) + 1, s.given(o, q)
            ),
        ),
        (Fact("r", lambda u: z3.Implies(s.after(r, u), x.to <= s.position(u))),),
    )


def mark(s: State, x: Choice) -> Step:
    """Mark what a reader has in hand, to `to`, as processed; it may have been removed meanwhile."""
    r = x.reader
    return Step(
        z3.And(s.joined(r), s.position(r) <= x.to, x.to <= s.hand(r)),
        replace(s, position=lambda o: z3.If(o == r, x.to, s.position(o))),
    )


def drop(s: State, x: Choice) -> Step:
    """End a block by an exception, or a loop by `break`: what is in hand counts as not given, and comes again."""
    r = x.reader
    return Step(
        s.joined(r),
        replace(
            s,
            hand=lambda o: z3.If(o == r, s.position(o), s.hand(o)),
            given=lambda o, q: z3.If(z3.And(o == r, s.position(r) < q, q <= s.hand(r)), 0, s.given(o, q)),
        ),
    )


def skip(s: State, x: Choice) -> Step:
    """Mark what may be read, whether or not it is in hand: `update_sequence`."""
    r = x.reader
    return Step(
        z3.And(s.registered(r), s.position(r) < x.to, x.to <= s.published),
        replace(
            s,
            position=lambda o: z3.If(o == r, x.to, s.position(o)),
            hand=lambda o: z3.If(z3.And(o == r, s.hand(o) < x.to), x.to, s.hand(o)),
            skipped=lambda o, q: z3.Or(s.skipped(o, q), z3.And(o == r, s.hand(r) < q, q <= x.to)),
        ),
        (Fact("r", lambda u: z3.Implies(s.after(r, u), x.to <= s.position(u))),),
    )


def join(s: State, x: Choice) -> Step:
    """Add a reader at position `to`: it gates at once, behind nothing that may be overwritten."""
    r = x.reader
    fresh = z3.And(s.phase != HALTED, z3.Not(s.joined(r)))
    return Step(
        z3.And(fresh, x.to >= -1, x.to >= s.claimed - s.capacity),
        replace(installed(s, x), limit=smaller(s.limit, x.to + s.capacity)),
        (Fact("r", lambda u: z3.Implies(x.upstreams(u), s.registered(u))),),
    )


def installed(s: State, x: Choice) -> State:
    """Return the state in which `reader` is a gate at position `to`, after `upstreams`."""
    r = x.reader
    return replace(
        s,
        births=s.births + 1,
        position=lambda o: z3.If(o == r, x.to, s.position(o)),
        hand=lambda o: z3.If(o == r, x.to, s.hand(o)),
        started=lambda o: z3.If(o == r, x.to, s.started(o)),
        rank=lambda o: z3.If(o == r, s.births, s.rank(o)),
        life=lambda o: z3.If(o == r, REGISTERED, s.life(o)),
        after=lambda o, u: z3.If(o == r, x.upstreams(u), s.after(o, u)),
    )


def leave(s: State, x: Choice) -> Step:
    """Remove a reader that nobody is after."""
    r = x.reader
    return Step(
        s.registered(r),
        replace(s, life=lambda o: z3.If(o == r, GONE, s.life(o))),
        (Fact("r", lambda d: z3.Not(z3.And(s.registered(d), s.after(d, r)))),),
    )


def close(s: State, x: Choice) -> Step:
    """Refuse every further claim."""
    return Step(z3.BoolVal(True), replace(s, limit=z3.IntVal(-1), phase=z3.If(s.phase > CLOSED, s.phase, CLOSED)))


def halt(s: State, x: Choice) -> Step:
    """Refuse every further claim and every further read."""
    return Step(z3.BoolVal(True), replace(s, limit=z3.IntVal(-1), phase=z3.IntVal(HALTED)))


def start(s: State, x: Choice) -> Step:
    """Open the ring again; the next claim looks, for the limit stays low."""
    return Step(z3.BoolVal(True), replace(s, phase=z3.IntVal(OPEN)))


ACTIONS: dict[str, Action] = {
    "claim": claim,
    "look": look,
    "publish": publish,
    "void": void,
    "give": give,
    "mark": mark,
    "drop": drop,
    "skip": skip,
    "join": join,
    "leave": leave,
    "close": close,
    "halt": halt,
    "start": start,
}


def initial(s: State) -> tuple[Fact, ...]:
    """Return that `s` is a new ring."""
    return (
        Fact("", lambda: z3.And(s.capacity >= 1, s.claimed == -1, s.published == -1, s.limit == s.capacity - 1)),
        Fact("", lambda: z3.And(s.phase == OPEN, s.births == 0)),
        Fact("c", lambda c: s.stage(c) == UNUSED),
        Fact("r", lambda r: s.life(r) == UNBORN),
        Fact("rs", lambda r, q: z3.And(s.given(r, q) == 0, z3.Not(s.skipped(r, q)))),
    )
