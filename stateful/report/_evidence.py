"""What a piece of evidence is: a check, how far it goes, what it found, and what it has left out.

Rule 1: evidence is data, so that it can be kept in a file and read again.
Rule 2: a problem names the promise that is in question, or none: then it is the whole check's.
"""

import json
from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

from model.promises import ALWAYS, Promise


class Reach(Enum):
    """How far a check goes."""

    PROVED = "proved"
    COMPLETE = "explored completely"
    BOUNDED = "explored to a bound"
    SAMPLED = "sampled"


class Table(NamedTuple):
    """Rows with a caption."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Picture(NamedTuple):
    """An SVG, and what it shows in text where there is such a form."""

    caption: str
    svg: str
    text: str = ""
    standalone: bool = False
    """Whether it brings its own styles, which must not reach the rest of the page."""


class Evidence(NamedTuple):
    """What came out of one check."""

    reach: Reach
    cells: dict[str, str]
    """What it says of each promise that it speaks of."""
    total: int
    unit: str
    omitted: str
    """What this run has not covered."""
    problems: tuple[tuple[str, str], ...] = ()
    """The promise in question, or nothing, and what is wrong. Empty if the check has passed."""
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    seconds: float = 0.0


def promise_id(promise: Promise) -> str:
    """Return how the specification calls a promise: S1 to S9, L1 to L3.

    >>> promise_id(ALWAYS[0])
    'S1'
    """
    return promise.__name__.partition("_")[0].upper()


IDS: tuple[str, ...] = tuple(map(promise_id, ALWAYS))


def dumps(evidence: Evidence) -> str:
    """Return evidence as one line of JSON."""
    return json.dumps({**evidence._asdict(), "reach": evidence.reach.value})


def loads(line: str) -> Evidence:
    """Return the evidence in a line of JSON; `ValueError`, `KeyError` or `TypeError` if it holds none."""
    found: dict[str, Any] = json.loads(line)
    tables = tuple(Table(caption, tuple(head), tuple(map(tuple, rows))) for caption, head, rows in found["tables"])
    return Evidence(
        reach=Reach(found["reach"]),
        cells=found["cells"],
        total=found["total"],
        unit=found["unit"],
        omitted=found["omitted"],
        problems=tuple((promise, text) for promise, text in found["problems"]),
        tables=tables,
        pictures=tuple(Picture(*picture) for picture in found["pictures"]),
        seconds=found["seconds"],
    )


class Check(NamedTuple):
    """A column of the matrix."""

    key: str
    title: str
    what: str
    """What it does, in a sentence or two."""
    command: str
    """What runs the same outside a report."""
    gather: Callable[["Extent"], Evidence | None]
    """Runs it; nothing, if the extent leaves it out."""


class Extent(NamedTuple):
    """How much of each check a report runs: so many at most, `None` for all, 0 for nothing."""

    name: str
    scenario_states: int | None = None
    """Scenarios of the model up to this size."""
    spec_mutants: int | None = None
    witnesses: int | None = None
    z3: int | None = None
    contract_files: int | None = None
    programs: int | None = None
    """Programs to explore completely, of all sets and granularities; picked evenly."""
    mutants: int | None = None
    scenes: int | None = None
    strikes: int = 200
    """Schedules for each step that is interrupted."""
    examples: int | None = 5_000
    """Of the Hypothesis machine."""
    repeats: int | None = 100
    """Of each program on real threads."""
    deaths: int | None = None
    """Programs in which each task is killed at each step."""
    findings: int | None = None


FULL = Extent("full")
QUICK = Extent("quick", 30_000, None, 2, None, 1, 60, 12, 3, 4, 25, 2, 6, 2)


def spread(things: tuple[Any, ...], most: int | None) -> tuple[Any, ...]:
    """Return at most so many things, picked evenly.

    >>> spread((1, 2, 3, 4, 5, 6), 3)
    (1, 3, 5)
    """
    if most is None or most >= len(things):
        return things
    return tuple(things[k * len(things) // most] for k in range(most))
