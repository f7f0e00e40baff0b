"""Does the suite bite? Every mutant of the library is found, in a process of its own, by a broken promise.

In continuous integration it is every eighth, and of all others that they can still be made; the deep run hunts them all.
"""

from pathlib import Path

import pytest

from stateful.hunt import BROKEN, HEADINGS, Kill, killed, row, run
from stateful.mutants import CLASSES, LEAST, MUTANTS, NO_CLASS, NOT_LEAST, Mutant
from stateful.patched import ROOT, patched, run_tests


def is_killed(mutant: Mutant) -> None:
    kill = run(mutant)
    assert killed(kill), kill


@pytest.mark.parametrize("mutant", MUTANTS[::8], ids=lambda mutant: mutant.name)
def test_mutant_is_killed(mutant: Mutant) -> None:
    is_killed(mutant)


@pytest.mark.deep
@pytest.mark.parametrize("mutant", [m for k, m in enumerate(MUTANTS) if k % 8], ids=lambda mutant: mutant.name)
def test_every_other_mutant_is_killed(mutant: Mutant) -> None:
    is_killed(mutant)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_can_be_made(mutant: Mutant) -> None:
    sources = {file: (ROOT / "disruptor" / file).read_text(encoding="utf-8") for file, _, _ in mutant.patches}
    for file, old, new in mutant.patches:
        assert sources[file].count(old) == 1
        sources[file] = sources[file].replace(old, new)
    for file, source in sources.items():
        compile(source, file, "exec")


def test_mutants_have_names_and_classes_of_their_own() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert {mutant.breaks for mutant in MUTANTS} >= {f"S{k}" for k in (1, 2, 3, 4, 5, 6, 7, 8, 9)} | {"L1", "L2", "L3"}


def test_the_report_lists_every_mutant() -> None:
    report = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
    for mutant in MUTANTS:
        assert f"| {mutant.name} " in report
    assert f"| {len(MUTANTS)} of {len(MUTANTS)} killed; the unmutated ring passes |" in report


def test_text_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="0 times"):
        patched([("_sync.py", "this text stands nowhere", "")], tmp_path)


def test_text_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="times"):
        patched([("_sync.py", "import", "")], tmp_path)


def test_every_class_of_bug_has_a_mutant_or_a_reason() -> None:
    covered = {mutant.bug for mutant in MUTANTS}
    assert covered | NO_CLASS.keys() == set(CLASSES)
    assert covered.isdisjoint(NO_CLASS), "a reason that is none any more"


def test_every_number_of_the_least_list_has_a_mutant_or_a_reason() -> None:
    covered = {number for mutant in MUTANTS for number in mutant.least}
    assert list(LEAST) == list(range(1, 41))
    assert covered | NOT_LEAST.keys() == set(LEAST)
    assert covered.isdisjoint(NOT_LEAST), "a reason that is none any more"


def test_the_classes_are_those_of_the_page() -> None:
    page = (ROOT / "docs" / "known-bugs.md").read_text(encoding="utf-8")
    assert tuple(line.split(" | ")[0][2:] for line in page.splitlines() if line.startswith("| B")) == CLASSES


def test_the_unmutated_library_is_not_killed_by_a_test(tmp_path: Path) -> None:
    patched((), tmp_path)
    report = run_tests(tmp_path, ["tests/api/test_fitting.py"], seconds=100)
    assert (report.error, report.tests) == ("", 9)


def test_a_test_that_is_not_there_is_no_kill(tmp_path: Path) -> None:
    patched((), tmp_path)
    report = run_tests(tmp_path, ["tests/api/test_nothing_of_the_kind.py"], seconds=100)
    assert report.error in BROKEN


def test_a_mutant_that_takes_too_long_is_late() -> None:
    [mutant] = [mutant for mutant in MUTANTS if mutant.name == "publish wakes nobody"]
    kill = run(mutant, seconds=0.01)
    assert (kill.mutant, kill.error) == (mutant.name, "Late")


def test_a_mutant_that_is_late_is_no_kill() -> None:
    assert not killed(Kill("", "", "tests", 0, "Late", "", ""))


def test_a_row_has_a_field_for_each_heading() -> None:
    for mutant in MUTANTS:
        assert len(row(mutant, Kill(mutant.name, "", "", 0, "", "", ""))) == len(HEADINGS)
