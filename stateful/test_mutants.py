"""Does the suite bite? Every mutant of the library is found, in a process of its own, by a broken promise."""

from pathlib import Path

import pytest

from stateful.hunt import ROOT, apply, killed, run
from stateful.mutants import MUTANTS, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_is_killed(mutant: Mutant) -> None:
    kill = run(mutant)
    assert killed(kill), kill


def test_mutants_have_names_and_classes_of_their_own() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert {mutant.breaks for mutant in MUTANTS} >= {f"S{k}" for k in (1, 2, 3, 4, 5, 6, 7, 8, 9)} | {"L1", "L2", "L3"}


def test_the_report_lists_every_mutant() -> None:
    report = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
    for mutant in MUTANTS:
        assert f"| {mutant.name} " in report


def test_text_that_is_not_there_is_refused(tmp_path: Path) -> None:
    rotten = MUTANTS[0]._replace(old="this text stands nowhere")
    with pytest.raises(ValueError, match="0 times"):
        apply(rotten, tmp_path)
