"""Steps one after another, from a new ring: that something happens at all, and what a wrong step leads to.

Rule 1: the steps are those that are proved, or wrong ones, with two readers, three claims and five sequences instead of
        any number: nothing else is changed. Facts about all are spelt out.
Rule 2: z3 chooses what a step may choose. What it finds is a run: each step taken, and the numbers after it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from itertools import product
from typing import NamedTuple

import z3

from disruptor._override import override
from tests.proofs.actions import ACTIONS, initial
from tests.proofs.invariant import Lasting
from tests.proofs.promises import Actions, Promise
from tests.proofs.system import REACH, Bool, Choice, Fact, Sorts, State, Term, choice, unknown

CLAIM, CLAIMS = z3.EnumSort("SmallClaim", ["c0", "c1", "c2"])
READER, READERS = z3.EnumSort("SmallReader", ["r0", "r1"])
SMALL = Sorts(CLAIM, READER)
LAST = 3
"""No run claims beyond this sequence."""

DOMAIN: dict[str, list[Term]] = {"c": CLAIMS, "r": READERS, "s": [z3.IntVal(q) for q in range(LAST + 2)]}

Goal = Callable[[list[State]], Bool]
"""What is looked for, in the states of a run so far."""


class Taken(NamedTuple):
    """One step of a run."""

    verb: str
    chosen: str
    state: str

    @override
    def __str__(self) -> str:
        return f"{self.verb:8}{self.chosen:34}{self.state}"


def all_of(facts: Iterable[Fact]) -> Iterator[Bool]:
    """Yield what general facts say, in full."""
    for fact in facts:
        yield from fact.instances(DOMAIN)


def same(one: State, other: State) -> Iterator[Bool]:
    """Yield that two states are the same."""
    for field in fields(State):
        mine, its = getattr(one, field.name), getattr(other, field.name)
        if field.name in REACH:
            yield from (mine(*at) == its(*at) for at in product(*(DOMAIN[kind] for kind in REACH[field.name])))
        else:
            yield mine == its


class Runs:
    """All runs of some actions, step by step."""

    def __init__(self, actions: Actions = ACTIONS) -> None:
        self._actions = actions
        self._verbs = list(actions)
        self._solver = z3.Solver()
        self._solver.set("timeout", 60_000)
        self._choices: list[Choice] = []
        self._which: list[z3.ArithRef] = []
        self.states = [unknown("0", SMALL)]
        self._solver.add(*all_of(initial(self.states[0])), self.states[0].capacity <= 2)

    def step(self, verbs: Iterable[str] = ()) -> None:
        """Take one more step: any, or one of `verbs`."""
        number = len(self.states)
        before, after = self.states[-1], unknown(f"{number}", SMALL)
        x, which = choice(f"{number}", SMALL), z3.Int(f"which{number}")
        ways = []
        for index, verb in enumerate(self._verbs):
            if verb in (tuple(verbs) or self._verbs):
                step = self._actions[verb](before, x)
                ways.append(z3.And(which == index, step.enabled, *all_of(step.where), *same(step.after, after)))
        self._solver.add(z3.Or(ways), after.claimed <= LAST, x.to <= LAST)
        self.states.append(after)
        self._choices.append(x)
        self._which.append(which)

    def find(self, goal: Goal) -> list[Taken] | None:
        """Return a run with as many steps as were taken that reaches the goal, or nothing."""
        self._solver.push()
        self._solver.add(goal(self.states))
        answer = str(self._solver.check())
        found = self._taken(self._solver.model()) if answer == "sat" else None
        self._solver.pop()
        if answer == "unknown":
            raise TimeoutError(f"z3 has not decided on {len(self.states) - 1} steps")
        return found

    def _taken(self, model: z3.ModelRef) -> list[Taken]:
        steps = zip(self._which, self._choices, self.states, self.states[1:], strict=False)
        return [self._told(model, *step) for step in steps]

    def _told(self, model: z3.ModelRef, which: z3.ArithRef, x: Choice, before: State, after: State) -> Taken:
        def value(term: Term) -> str:
            return str(model.eval(term, model_completion=True))

        verb = self._verbs[int(value(which))]
        said = {
            "claim": f"{value(x.count)} as {value(x.claim)}",
            "publish": f"{value(x.claim)}, published to {value(x.to)}",
            "void": f"{value(x.claim)}, published to {value(x.to)}",
            "look": f"limit {value(x.to)}",
            "join": f"{value(x.reader)} at {value(x.to)} after {self._members(value, x)}",
            "close": "",
            "halt": "",
            "start": "",
        }.get(verb, f"{value(x.reader)} to {value(x.to)}")
        places = {str(r): r for r in READERS if "UNBORN" not in value(after.life(r))}
        readers = " ".join(
            f"{name}:{value(after.position(r))}/{value(after.hand(r))}{'' if value(after.registered(r)) == 'True' else '-'}"
            for name, r in places.items()
        )
        claims = " ".join(f"{c}:{value(after.stage(c))}" for c in CLAIMS if value(after.stage(c)) != "UNUSED")
        numbers = f"claimed {value(after.claimed)} published {value(after.published)} limit {value(after.limit)}"
        return Taken(verb, said, f"{numbers} {claims} {readers}".rstrip())

    @staticmethod
    def _members(value: Callable[[Term], str], x: Choice) -> str:
        return ", ".join(str(r) for r in READERS if value(x.upstreams(r)) == "True") or "nobody"


def broken(promise: Promise | Lasting) -> Goal:
    """Return the goal to break a promise in the last state, or by the last step."""

    def goal(states: list[State]) -> Bool:
        ways = []
        for at in product(*(DOMAIN[kind] for kind in promise.over)):
            if isinstance(promise, Lasting):
                ways.append(z3.Not(promise.holds(*states[-2:], *at)) if len(states) > 1 else z3.BoolVal(False))
            else:
                x = choice("goal", SMALL)
                assumed = all_of(promise.assume(states[-1], x, *at))
                ways.append(z3.And(*assumed, z3.Not(promise.holds(states[-1], x, *at))))
        return z3.Or(ways)

    return goal


def shortest(goal: Goal, actions: Actions = ACTIONS, most: int = 8) -> list[Taken] | None:
    """Return a shortest run that reaches the goal, of at most `most` steps, or nothing."""
    runs = Runs(actions)
    for _ in range(most):
        found = runs.find(goal)
        if found is not None:
            return found
        runs.step()
    return runs.find(goal)
