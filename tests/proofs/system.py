"""A state of the ring for any number of claims, readers and sequences, and what a step is.

Rule 1: what there may be any number of is a function: of claims, of readers, of sequences. Claims and readers are of sorts
        without any structure, so nothing is assumed about how many there are.
Rule 2: a step gives the state after it as functions made from those before. No formula has a quantifier:
        a fact about all is a `Fact`, and is used for, or shown for, terms that are named.
Rule 3: a field marked *ghost* records what happened; no step asks for it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from itertools import product
from typing import Any

import z3

# z3 comes without types; these say what is meant.
Bool = Any
Int = Any
Claim = Any
Reader = Any
Term = Any

STAGE, (UNUSED, HELD, FULL, VOID) = z3.EnumSort("Stage", ["UNUSED", "HELD", "FULL", "VOID"])
"""What becomes of a claim: it is held, and then published or void."""

LIFE, (UNBORN, REGISTERED, GONE) = z3.EnumSort("Life", ["UNBORN", "REGISTERED", "GONE"])
"""What becomes of a reader."""

OPEN, CLOSED, HALTED = range(3)

REACH = {
    "stage": "c",
    "first": "c",
    "last": "c",
    "owner": "s",
    "position": "r",
    "hand": "r",
    "started": "r",
    "rank": "r",
    "life": "r",
    "after": "rr",
    "given": "rs",
    "skipped": "rs",
}
"""What each function is a function of: claims `c`, readers `r`, sequences `s`."""


@dataclass(frozen=True)
class State:
    """Everything about one ring at one moment."""

    capacity: Int
    claimed: Int
    published: Int
    limit: Int
    """How far producers may claim without looking at the gates again."""
    phase: Int
    births: Int
    """Ghost: how many subscribers ever joined."""
    stage: Callable[[Claim], Any]
    first: Callable[[Claim], Int]
    last: Callable[[Claim], Int]
    owner: Callable[[Int], Claim]
    """The claim that a claimed sequence belongs to."""
    position: Callable[[Reader], Int]
    """The highest sequence that a reader has processed."""
    hand: Callable[[Reader], Int]
    """The end of what it was handed; its position, if it has nothing in hand."""
    started: Callable[[Reader], Int]
    """Ghost: the position with which it joined."""
    rank: Callable[[Reader], Int]
    """Ghost: how many joined before it."""
    life: Callable[[Reader], Any]
    after: Callable[[Reader, Reader], Bool]
    """Whether the second is an upstream of the first."""
    given: Callable[[Reader, Int], Int]
    """Ghost: how often a reader was given a sequence."""
    skipped: Callable[[Reader, Int], Bool]
    """Ghost: whether it marked a sequence, by hand, that it was not given."""

    def content(self, sequence: Int) -> Any:
        """Return what has become of a claimed sequence."""
        return self.stage(self.owner(sequence))

    def finished(self, sequence: Int) -> Bool:
        """Return that a claimed sequence is published or void."""
        return z3.Or(self.content(sequence) == FULL, self.content(sequence) == VOID)

    def registered(self, reader: Reader) -> Bool:
        """Return that a reader is a gate."""
        return self.life(reader) == REGISTERED

    def joined(self, reader: Reader) -> Bool:
        """Return that a reader is registered, or was."""
        return self.life(reader) != UNBORN


@dataclass(frozen=True)
class Choice:
    """What a step may choose: each takes what it needs."""

    claim: Claim
    reader: Reader
    slow: Reader
    count: Int
    to: Int
    upstreams: Callable[[Reader], Bool]


@dataclass(frozen=True)
class Fact:
    """Something that holds for all terms of the kinds in `over`."""

    over: str
    holds: Callable[..., Bool]

    def instances(self, terms: dict[str, list[Term]]) -> Iterable[Bool]:
        """Yield the fact for each choice of the terms."""
        for chosen in product(*(terms[kind] for kind in self.over)):
            yield self.holds(*chosen)


@dataclass(frozen=True)
class Step:
    """What one action does with one choice."""

    enabled: Bool
    """Whether it can be taken at all."""
    after: State
    where: tuple[Fact, ...] = ()
    """What else holds of the choice: the part of the guard that speaks of all."""


Action = Callable[[State, Choice], Step]


@dataclass(frozen=True)
class Sorts:
    """What claims and readers are."""

    claim: Any
    reader: Any

    def of(self, kind: str) -> Any:
        """Return the sort of the terms of a kind."""
        built_in = {"s": z3.IntSort(), "n": z3.IntSort(), "b": z3.BoolSort(), "t": STAGE, "l": LIFE}
        return {"c": self.claim, "r": self.reader, **built_in}[kind]


ANY = Sorts(z3.DeclareSort("Claim"), z3.DeclareSort("Reader"))
"""Any number of them."""

RESULTS = {"owner": "c", "stage": "t", "life": "l", "after": "b", "skipped": "b"}
"""What a function gives, unless it is a number."""


def unknown(name: str, sorts: Sorts = ANY) -> State:
    """Return a state of which nothing is known."""
    values: dict[str, Any] = {}
    for field in fields(State):
        if field.name in REACH:
            kinds = REACH[field.name] + RESULTS.get(field.name, "n")
            values[field.name] = z3.Function(f"{field.name}{name}", *map(sorts.of, kinds))
        else:
            values[field.name] = z3.Int(f"{field.name}{name}")
    return State(**values)


def choice(name: str, sorts: Sorts = ANY) -> Choice:
    """Return a choice of which nothing is known."""
    return Choice(
        claim=z3.Const(f"c{name}", sorts.claim),
        reader=z3.Const(f"r{name}", sorts.reader),
        slow=z3.Const(f"slow{name}", sorts.reader),
        count=z3.Int(f"count{name}"),
        to=z3.Int(f"to{name}"),
        upstreams=z3.Function(f"upstreams{name}", sorts.reader, z3.BoolSort()),
    )


def skolems(over: str, sorts: Sorts = ANY) -> list[Term]:
    """Return a constant for each kind in `over`: whatever is shown for them is shown for all."""
    return [z3.Const(f"any_{kind}{over[:place].count(kind)}", sorts.of(kind)) for place, kind in enumerate(over)]


def smaller(one: Int, other: Int) -> Int:
    """Return the smaller of two numbers."""
    return z3.If(one <= other, one, other)
