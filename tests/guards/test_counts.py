"""Are the numbers in the docs those of the code?

What is counted here needs no run, or is pinned by a test that has one: a page that says otherwise is out of date.
"""

from pathlib import Path

import pytest

from stateful.kills import DEEDS
from stateful.lmax.differences import DIFFERENCES
from stateful.mutants import MUTANTS
from stateful.pieces import pieces
from stateful.programs import PAIRS, PROGRAMS
from stateful.programs._pairs import BY_VALUE, IN_PLACE
from stateful.scheduler import Granularity
from stateful.test_store_buffers import BREAK
from tests.model.test_scenarios import PINNED
from tests.proofs.actions import ACTIONS
from tests.proofs.bugs import BUGS
from tests.proofs.prove import obligations

ROOT = Path(__file__).parent.parent.parent
WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
TENS = ("", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred")

STATES = sum(pinned.states for pinned in PINNED.values())
TRANSITIONS = sum(pinned.transitions for pinned in PINNED.values())
REFUTED, RUN = sum(bool(bug.refutes) for bug in BUGS), sum(bool(bug.run) for bug in BUGS)
PIECES = pieces((ROOT / "docs" / "verification.md").read_text(encoding="utf-8"))
RINGS = WORDS[len(PINNED)]

SAID = {
    "README.md": (
        f"in *every* state of {RINGS} small rings",
        f"[`tests/model/test_scenarios.py`](tests/model/test_scenarios.py), {STATES / 1e6:.1f} million states)",
        f"the model, on those {RINGS} rings;",
        f"some {TENS[len(PROGRAMS) // 10]} larger programs",
        f"some {TENS[len(PROGRAMS) // 10]} programs",
    ),
    "docs/design.md": (f"the {RINGS} scenarios ({STATES / 1e6:.1f} million states)",),
    "docs/processes.md": (f"| {WORDS[len(DEEDS)]} deeds killed at every step,",),
    "docs/verification.md": (
        f"| the model, {RINGS} rings |",
        f"| {STATES:,} states, {TRANSITIONS:,} transitions, every promise holds, counts pinned |",
        f"| {len([*obligations()])} obligations, all proved by z3",
        f"| {len(BUGS)} of {len(BUGS)} found out: {REFUTED} refuted as steps, {RUN} by a run from a new ring |",
        f"each of the {WORDS[len(ACTIONS)]} steps keeps it",
        f"exactly the {len(BREAK)} pairs that rely on the interpreter",
        f"{len(BREAK)} of the {len(PAIRS):,} pairs lose a wake-up",
        f"| no difference but the {len(DIFFERENCES)} that are listed |",
        f"| {len(MUTANTS)} of {len(MUTANTS)} killed; the unmutated ring passes |",
    ),
}


@pytest.mark.parametrize(("page", "text"), [(page, text) for page, texts in SAID.items() for text in texts])
def test_a_number_is_that_of_the_code(page: str, text: str) -> None:
    assert text in " ".join((ROOT / page).read_text(encoding="utf-8").split())


@pytest.mark.parametrize("points", Granularity)
def test_every_pair_was_explored_completely(points: Granularity) -> None:
    [row] = [line for line in PIECES["explored"].splitlines() if line.split()[1:4:2] == ["pairs", points.value]]
    assert row.split("|")[3:5] == [f" {len(PAIRS)} of {len(PAIRS)} ", f" {len(PAIRS):<8} "]


@pytest.mark.parametrize(("piece", "operations"), [("pairs", BY_VALUE), ("pairs_in_place", IN_PLACE)])
def test_the_table_of_pairs_has_each_operation(piece: str, operations: tuple[str, ...]) -> None:
    rows = PIECES[piece].splitlines()[2:]
    assert [row.split("|")[1].strip() for row in rows] == [f"{k + 1}. {name}" for k, name in enumerate(operations)]
    assert [len(row.replace("|", " ").split()) - len(row.split("|")[1].split()) for row in rows] == [
        *range(1, len(rows) + 1)
    ]
