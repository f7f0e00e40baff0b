"""The obligations, one by one, and their verdicts.

Rule 1: a new ring has every part of the invariant; every step keeps every part; the promises follow from the invariant.
Rule 2: what is to be shown for all is shown for constants of which nothing is known. What is known for all is used for
        the constants and a few terms made from them: fewer assumptions could only make a proof fail.
Rule 3: a verdict is z3's: "proved" if there is no counterexample, "refuted" if there is one to the assumptions used,
        "unknown" otherwise. Only the first counts.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import z3

from tests.proofs.actions import ACTIONS, initial
from tests.proofs.invariant import INVARIANT, LASTING, NEXT, claim_is_whole
from tests.proofs.promises import SAFETY, Actions, Promise, going_on
from tests.proofs.system import HELD, Bool, Choice, Fact, State, Term, choice, skolems, unknown

MILLISECONDS = 10_000
"""How long z3 may take for one obligation."""


class Verdict(NamedTuple):
    """What became of one obligation."""

    group: str
    name: str
    verdict: str
    """"proved", "refuted" or "unknown"."""
    seconds: float


@dataclass(frozen=True)
class Obligation:
    """Something to be shown: that the goal follows from what is assumed."""

    group: str
    """The verb of a step, or what else it is about."""
    name: str
    assumed: tuple[Bool, ...]
    goal: Bool

    def verdict(self) -> Verdict:
        """Ask z3."""
        solver = z3.Solver()
        solver.set("timeout", MILLISECONDS)
        solver.add(*self.assumed, z3.Not(self.goal))
        began = time.perf_counter()
        answer = str(solver.check())
        seconds = time.perf_counter() - began
        return Verdict(self.group, self.name, {"unsat": "proved", "sat": "refuted"}.get(answer, "unknown"), seconds)


EVERYBODY = "ccrrs"
"""The constants that goals speak of: no goal needs more."""


def terms(x: Choice, *states: State) -> dict[str, list[Term]]:
    """Return the terms for which general facts are used: the constants, the choice, and what they lead to."""
    found: dict[str, list[Term]] = {"c": [x.claim], "r": [x.reader, x.slow], "s": []}
    for kind, term in zip(EVERYBODY, skolems(EVERYBODY), strict=True):
        found[kind].append(term)
    found["s"] += [state.published + 1 for state in states]
    first = states[0]
    found["c"] += [first.owner(q) for q in found["s"]]
    found["s"] += [place(c) for c in found["c"] for place in (first.first, first.last)]
    return found


def used_for(facts: Iterable[Fact], known: dict[str, list[Term]]) -> tuple[Bool, ...]:
    """Return what general facts say of some terms."""
    return tuple(instance for fact in facts for instance in fact.instances(known))


def invariant(s: State) -> list[Fact]:
    """Return the whole invariant of one state."""
    return [part.fact(s) for part in INVARIANT]


def beginning() -> Iterator[Obligation]:
    """Yield: a new ring has every part of the invariant."""
    s, x = unknown(""), choice("")
    known = used_for(initial(s), terms(x, s))
    for part in INVARIANT:
        yield Obligation("a new ring", part.name, known, part.holds(s, *skolems(part.over)))


def keeping(verb: str, actions: Actions = ACTIONS) -> Iterator[Obligation]:
    """Yield: a step keeps every part of the invariant, and undoes nothing."""
    s, x = unknown(""), choice("")
    step = actions[verb](s, x)
    facts = [*invariant(s), Fact("", lambda: step.enabled), *step.where]
    known = used_for(facts, terms(x, s, step.after))
    for part in INVARIANT:
        yield Obligation(verb, part.name, known, part.holds(step.after, *skolems(part.over)))
    for lasting in LASTING:
        yield Obligation(verb, lasting.name, known, lasting.holds(s, step.after, *skolems(lasting.over)))


def following(group: str, promises: Iterable[Promise]) -> Iterator[Obligation]:
    """Yield: the promises follow from the invariant."""
    s, x = unknown(""), choice("")
    known = used_for(invariant(s), terms(x, s))
    for promise in promises:
        constants = skolems(promise.over)
        assumed = used_for(promise.assume(s, x, *constants), terms(x, s))
        yield Obligation(group, promise.name, known + assumed, promise.holds(s, x, *constants))


def finishing() -> Iterator[Obligation]:
    """Yield: before `published` moves, a claim that has just been finished breaks one part of the invariant only."""
    s, x = unknown(""), choice("")
    for verb in ("publish", "void"):
        step = ACTIONS[verb](s, replace(x, to=s.published))
        known = used_for([*invariant(s), Fact("", lambda enabled=step.enabled: enabled)], terms(x, s))
        for part in INVARIANT:
            if part.name != NEXT:
                goal = part.holds(step.after, *skolems(part.over))
                yield Obligation("the loop", f"begins, after a {verb}, with: {part.name}", known, goal)


def walking() -> Iterator[Obligation]:
    """Yield: the loop that moves `published` ends, and ends where `finish` says.

    It goes from the state in which a claim has just been finished, by one claim at a time, as long as the next
    sequence is finished. `there` is the state in which `published` stands where the loop does.
    """
    yield from finishing()
    s, x = unknown(""), choice("")
    there = replace(s, published=z3.Int("there"))
    (q,) = skolems("s")
    following = there.owner(there.published + 1)
    goes_on = z3.And(there.published < s.claimed, s.finished(there.published + 1))
    loop = (
        Fact("", lambda: z3.And(s.published <= there.published, there.published <= s.claimed)),
        Fact("s", lambda o: z3.Implies(z3.And(s.published < o, o <= there.published), s.finished(o))),
        Fact("c", lambda c: claim_is_whole(there, c)),
    )
    kept = [part.fact(s) for part in INVARIANT if part.name != NEXT]
    known = used_for([*kept, *loop], terms(x, s, there))
    moved = replace(s, published=s.last(following))
    (c,) = skolems("c")
    turn = {
        "begins its turn where a claim begins": s.first(following) == there.published + 1,
        "moves on in each turn": there.published < moved.published,
        "moves to what is claimed": moved.published <= s.claimed,
        "goes over what is finished": z3.Implies(z3.And(s.published < q, q <= moved.published), s.finished(q)),
        "goes over whole claims": claim_is_whole(moved, c),
    }
    for name, goal in turn.items():
        yield Obligation("the loop", name, (*known, goes_on), goal)
    end = z3.Or(there.published == s.claimed, s.stage(following) == HELD)
    yield Obligation("the loop", "stops before a held claim, or at the last", (*known, z3.Not(goes_on)), end)


def obligations(actions: Actions = ACTIONS) -> Iterator[Obligation]:
    """Yield all of them."""
    yield from beginning()
    for verb in actions:
        yield from keeping(verb, actions)
    yield from walking()
    yield from following("safety", SAFETY)
    yield from following("progress", going_on(actions))


def verdicts(actions: Actions = ACTIONS) -> list[Verdict]:
    """Return what became of every obligation: for tests, and for the evidence."""
    return [obligation.verdict() for obligation in obligations(actions)]
