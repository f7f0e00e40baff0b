"""The steps that are proved, with numbers instead of unknowns: a ring that is taken from state to state by them.

Rule 1: a step is evaluated as it is written in `actions.py`; here is no second account of what it does.
Rule 2: claims and readers are numbered. Facts about all are asked of those there are, and of all sequences claimed.
"""

from collections import Counter
from dataclasses import fields, replace
from itertools import product
from typing import Any

import z3

from tests.proofs.actions import ACTIONS
from tests.proofs.system import OPEN, REACH, UNBORN, UNUSED, Choice, Fact, State, Step

Value = int | bool | str
Places = tuple[int, ...]

NOTHING = {"stage": UNUSED, "life": UNBORN, "after": z3.BoolVal(False), "skipped": z3.BoolVal(False)}
"""What a function gives where nothing has happened, unless it is 0."""


def value(term: Any) -> Value:
    """Return what a term without unknowns is: a number, a truth, or the name of a stage."""
    if isinstance(term, int):
        return term
    known = z3.simplify(term)
    if z3.is_int_value(known):
        return int(known.as_long())
    if z3.is_true(known) or z3.is_false(known):
        return bool(z3.is_true(known))
    return str(known)


class Mirror:
    """A ring that is moved by the steps that are proved."""

    def __init__(self, capacity: int) -> None:
        self._tables: dict[str, dict[Places, Any]] = {name: {} for name in REACH}
        empty: dict[str, Any] = {name: self._function(name) for name in REACH}
        numbers = {
            "capacity": capacity,
            "claimed": -1,
            "published": -1,
            "limit": capacity - 1,
            "phase": OPEN,
            "births": 0,
        }
        self.state = State(**empty, **{name: z3.IntVal(number) for name, number in numbers.items()})
        self.claims = 0
        self.readers = 0
        self.taken: Counter[str] = Counter()
        """How often each step was taken."""
        self.refused: Counter[str] = Counter()
        """How often each step could not be."""

    def number(self, name: str, *at: int) -> Value:
        """Return the value of a field, or of a function at some places."""
        found = getattr(self.state, name)
        return value(found(*map(z3.IntVal, at)) if name in REACH else found)

    def content(self, sequence: int) -> Value:
        """Return what has become of a claimed sequence."""
        return value(self.state.content(z3.IntVal(sequence)))

    def may(self, verb: str, **chosen: Any) -> bool:
        """Tell whether a step can be taken."""
        may = self._allowed(self._step(verb, chosen))
        self.refused[verb] += not may
        return may

    def take(self, verb: str, **chosen: Any) -> None:
        """Take a step; `AssertionError` if it cannot be taken."""
        step = self._step(verb, chosen)
        if not self._allowed(step):
            raise AssertionError(f"{verb} {chosen} is no step that is proved")
        self.taken[verb] += 1
        self.claims += verb == "claim"
        self.readers += verb == "join"
        last = max(int(value(step.after.claimed)), int(value(step.after.published))) + 1
        tables = {
            name: {at: self._known(getattr(step.after, name), at) for at in self._domain(REACH[name], last)}
            for name in REACH
        }
        self._tables = tables
        numbers = {
            field.name: z3.IntVal(value(getattr(step.after, field.name)))
            for field in fields(State)
            if field.name not in REACH
        }
        self.state = replace(self.state, **numbers)

    def _step(self, verb: str, chosen: dict[str, Any]) -> Step:
        upstreams = chosen.pop("upstreams", ())
        given = {name: z3.IntVal(chosen.get(name, 0)) for name in ("claim", "reader", "slow", "count", "to")}
        choice = Choice(**given, upstreams=lambda r: z3.BoolVal(value(r) in upstreams))
        return ACTIONS[verb](self.state, choice)

    def _allowed(self, step: Step) -> bool:
        last = int(value(self.state.claimed)) + 1
        return bool(value(step.enabled)) and all(self._holds(fact, last) for fact in step.where)

    def _holds(self, fact: Fact, last: int) -> bool:
        return all(value(fact.holds(*map(z3.IntVal, at))) for at in self._domain(fact.over, last))

    def _domain(self, kinds: str, last: int) -> list[Places]:
        sizes = {"c": self.claims, "r": self.readers, "s": last + 1}
        return list(product(*(range(sizes[kind]) for kind in kinds)))

    def _function(self, name: str) -> Any:
        nothing = NOTHING.get(name, z3.IntVal(0))
        return lambda *at: self._tables[name].get(tuple(int(value(place)) for place in at), nothing)

    @staticmethod
    def _known(function: Any, at: Places) -> Any:
        return z3.simplify(function(*map(z3.IntVal, at)))
