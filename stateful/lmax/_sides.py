"""Both sides of the comparison, and how they are compared: what the rules of `machine.py` are made of."""

from collections import Counter
from typing import ClassVar

from hypothesis.stateful import RuleBasedStateMachine

from model.oracle import Oracle
from model.state import Call, Outcome, State
from stateful.lmax import differences
from stateful.lmax.client import Lmax

TASK = "LMAX"
ERRORS = {
    "InsufficientCapacityException": "InsufficientCapacity",
    "TimeoutException": "WaitTimeout",
    "AlertException": "DisruptorClosed",
}
"""What LMAX throws, in the model's words."""


class Sides(RuleBasedStateMachine):
    """A ring of LMAX beside an oracle."""

    seen: ClassVar[Counter[str]] = Counter()
    """How often each thing was compared, or each difference kept the sides apart."""

    def compare(self, kind: str, capacity: int) -> None:
        """Make a ring of each."""
        self.kind, self.capacity = kind, capacity
        self.lmax = Lmax(kind, capacity)
        self.oracle = Oracle(capacity)
        self.words = 0
        self.names: list[str] = []
        self.pollers: set[str] = set()

    @property
    def state(self) -> State:
        """The state of the model: between calls of one task there is one only."""
        return self.oracle.state

    @property
    def cursor(self) -> int:
        """What LMAX calls cursor, in the model's words."""
        self.uses(differences.CURSOR)
        return self.state.claimed if self.kind == "multi" else self.state.published

    def alive(self) -> list[str]:
        """Return the names of the gates."""
        return [r.name for r in self.state.readers if r.alive]

    def one_of(self, names: list[str], which: int) -> str:
        """Return one of some names."""
        return names[which % len(names)]

    def ungated(self) -> bool:
        """Tell whether nobody gates while claims are unpublished."""
        return not self.alive() and bool(self.state.claims)

    def steps_aside_from_claims(self) -> bool:
        """Tell whether LMAX is known to go wrong with another claim now."""
        if self.state.claims and self.kind == "single":
            self.uses(differences.SECOND_CLAIM)
            return True
        if self.ungated():
            self.uses(differences.UNGATED)
            return True
        return False

    def steps_aside(self, difference: differences.Difference) -> None:
        """Do not ask, for they are known to differ."""
        self.uses(difference)

    def uses(self, difference: differences.Difference) -> None:
        """Count a known difference."""
        self.seen[difference.name] += 1

    def same(self, what: str, answer: object, expected: object) -> None:
        """Raise `AssertionError` unless LMAX answered what the model expects."""
        self.seen[what.partition("(")[0].partition(" S")[0]] += 1
        if answer != expected:
            raise AssertionError(f"{what}: LMAX says {answer}, the model {expected}, in {self.state}")

    def tell(self, call: Call, outcome: Outcome) -> None:
        """Let the oracle judge an outcome."""
        judged(self.oracle, call, outcome, self.seen)


def judged(oracle: Oracle, call: Call, outcome: Outcome, seen: "Counter[str]") -> None:
    """Tell an oracle of a call that has tried once, without waiting."""
    seen[f"{call.verb} {outcome.kind}"] += 1
    oracle.invoke(TASK, call)
    if call.timed:
        oracle.due(TASK)
    oracle.respond(TASK, outcome)
