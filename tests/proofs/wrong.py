"""Wrong steps: the ways to make one from a right one, and those that take more than a line.

Rule 1: a wrong step is a whole step: guard, effect, and what holds of the choice. It is proved and run as a right one is.
"""

from collections.abc import Callable
from dataclasses import replace

import z3

from tests.proofs.actions import give, join, look, publish, taken
from tests.proofs.system import (
    FULL,
    OPEN,
    UNUSED,
    Action,
    Bool,
    Choice,
    Fact,
    Int,
    State,
    Step,
)


def asks(action: Action, enabled: Callable[[State, Choice], Bool], *, of_all: bool = True) -> Action:
    """Return the action with another guard; without the part that speaks of all, unless `of_all`."""

    def wrong(s: State, x: Choice) -> Step:
        step = action(s, x)
        return replace(step, enabled=enabled(s, x), where=step.where if of_all else ())

    return wrong


def leads(action: Action, after: Callable[[State, Choice, State], State]) -> Action:
    """Return the action with another state after it, made of the state before, the choice and the right state after."""

    def wrong(s: State, x: Choice) -> Step:
        step = action(s, x)
        return replace(step, after=after(s, x, step.after))

    return wrong


def finish_wrongly(moves: Callable[[State, Choice, State], Bool], *, finished: bool = False) -> Action:
    """Return a `publish` that moves `published` otherwise; if `finished`, over finished claims only."""

    def wrong(s: State, x: Choice) -> Step:
        step = publish(s, x)
        within = Fact("", lambda: moves(s, x, step.after))
        return replace(step, where=(*step.where[: 2 * finished], within))

    return wrong


def forgotten(s: State, x: Choice) -> Step:
    """Publish only if nothing is unfinished below; else forget that the claim was to be published."""
    step = publish(s, x)
    first = s.first(x.claim) == s.published + 1
    after = replace(step.after, stage=lambda c: z3.If(c == x.claim, z3.If(first, FULL, UNUSED), s.stage(c)))
    return replace(step, after=after)


def stopped_by_voids(s: State, x: Choice) -> Step:
    """Publish, and move over what is published, not over voids."""
    step = publish(s, x)
    full = Fact("s", lambda q: z3.Implies(z3.And(s.published < q, q <= x.to), step.after.content(q) == FULL))
    stop = Fact("", lambda: z3.Or(x.to == s.claimed, step.after.content(x.to + 1) != FULL))
    return replace(step, where=(step.where[0], full, stop))


def shows_voids(s: State, x: Choice) -> Step:
    """Hand out all to `to`, voids too."""
    r = x.reader
    shown = give(s, x)
    return replace(
        shown,
        after=replace(
            shown.after,
            given=lambda o, q: z3.If(z3.And(o == r, s.position(r) < q, q <= x.to), s.given(o, q) + 1, s.given(o, q)),
        ),
    )


def gates_for_ever(s: State, x: Choice) -> Step:
    """Look at the gates again, also at those that are gone."""
    step = look(s, x)
    lowest = x.to - s.capacity
    slowest = z3.Or(lowest == s.published, z3.And(s.joined(x.slow), lowest == s.position(x.slow)))
    return replace(
        step,
        enabled=z3.And(s.phase == OPEN, lowest <= s.published, slowest),
        where=(Fact("r", lambda r: z3.Implies(s.joined(r), lowest <= s.position(r))),),
    )


def fastest(s: State, x: Choice) -> Step:
    """Look at one gate, whichever."""
    return replace(look(s, x), where=())


def without_published(s: State, x: Choice) -> Step:
    """Look at the gates only: without any, there is no limit."""
    step = look(s, x)
    lowest = x.to - s.capacity
    slowest = z3.Or(z3.And(s.registered(x.slow), lowest == s.position(x.slow)), lowest > s.published)
    return replace(step, enabled=z3.And(s.phase == OPEN, slowest))


def early(s: State, x: Choice) -> Step:
    """Add a reader at a start that was read before it is a gate: meanwhile, `count` was claimed."""
    step = join(s, x)
    before = z3.And(x.count >= 0, x.to >= s.claimed - x.count - s.capacity, x.to >= -1)
    return replace(step, enabled=z3.And(s.phase == OPEN, z3.Not(s.joined(x.reader)), before))


def guard_of(action: Action) -> Callable[[State, Choice], Bool]:
    """Return the guard of an action."""
    return lambda s, x: action(s, x).enabled


def and_also(action: Action, more: Callable[[State, Choice], Bool]) -> Action:
    """Return the action with a narrower guard."""
    return asks(action, lambda s, x: z3.And(guard_of(action)(s, x), more(s, x)))


def fits(s: State, x: Choice, last: Int) -> Bool:
    """Return that a claim is free, and ends within the limit."""
    return z3.And(x.count >= 1, last <= s.limit, s.stage(x.claim) == UNUSED)


def claims(first: Callable[[State, Choice], Int], least: int = 1) -> Action:
    """Return a `claim` of `count` sequences, at least `least`, from another first sequence on."""

    def wrong(s: State, x: Choice) -> Step:
        start = first(s, x)
        last = start + x.count - 1
        return Step(z3.And(x.count >= least, last <= s.limit, s.stage(x.claim) == UNUSED), taken(s, x, start, last))

    return wrong
