"""Is every contract on the arithmetic confirmed over all paths, and would a wrong function be refuted?"""

from pathlib import Path

import pytest

from tests.contracts.gate import ROOT, analyse, written
from tests.contracts.mutants import DEADLINE, LEMMAS, MUTANTS, SEQUENCE, Mutant, under_contract
from tests.contracts.mutants_of_steps import CLAIMS, PROOF, READERS, STEP_MUTANTS

STEPS = (PROOF, CLAIMS, READERS)
MODULES = (SEQUENCE, DEADLINE, LEMMAS, *STEPS)
ALL_MUTANTS = (*MUTANTS, *STEP_MUTANTS)

FIRST = tuple({(mutant.file, mutant.function): mutant for mutant in reversed(MUTANTS)}.values())
"""The first mutant of each function."""


def conditions(name: str) -> dict[str, frozenset[int]]:
    """Return the functions of a module that are under contract, and the lines of their `post:`."""
    return under_contract(ROOT / name, written(ROOT / name).posts)


def refuted(mutant: Mutant, folder: Path) -> frozenset[int]:
    """Return the lines of the conditions that a mutant breaks, by a counterexample."""
    path = folder / "mutated.py"
    path.write_text(mutant.apply((ROOT / mutant.file).read_text(encoding="utf-8")), encoding="utf-8")
    return analyse(path, only=mutant.function).refuted


@pytest.mark.parametrize("name", MODULES)
def test_every_condition_is_confirmed(name: str) -> None:
    verdicts = analyse(ROOT / name)
    assert verdicts.written.posts
    assert verdicts.problems == []


@pytest.mark.parametrize("mutant", FIRST, ids=lambda mutant: mutant.function)
def test_a_wrong_function_is_refuted(mutant: Mutant, tmp_path: Path) -> None:
    assert refuted(mutant, tmp_path)


@pytest.mark.parametrize("name", STEPS)
def test_wrong_steps_are_refuted(name: str, tmp_path: Path) -> None:
    source = (ROOT / name).read_text(encoding="utf-8")
    for mutant in {mutant.function: mutant for mutant in reversed(STEP_MUTANTS) if mutant.file == name}.values():
        source = mutant.apply(source)
    path = tmp_path / "mutated.py"
    path.write_text(source, encoding="utf-8")
    lines = analyse(path).refuted
    assert [function for function, posts in conditions(name).items() if not posts & lines] == []


def test_a_function_that_is_moved_but_not_wrong_is_confirmed(tmp_path: Path) -> None:
    # The control: refuted mutants would mean little if whatever is analysed in this way were refuted.
    path = tmp_path / "mutated.py"
    path.write_text((ROOT / DEADLINE).read_text(encoding="utf-8"), encoding="utf-8")
    for function in conditions(DEADLINE):
        verdicts = analyse(path, only=function)
        assert verdicts.written.posts
        assert verdicts.problems == []


@pytest.mark.parametrize("name", MODULES)
def test_every_function_under_contract_has_a_mutant(name: str) -> None:
    assert set(conditions(name)) == {mutant.function for mutant in ALL_MUTANTS if mutant.file == name}


@pytest.mark.parametrize("mutant", ALL_MUTANTS, ids=lambda mutant: f"{mutant.function}: {mutant.new}")
def test_every_mutant_fits(mutant: Mutant) -> None:
    source = (ROOT / mutant.file).read_text(encoding="utf-8")
    assert mutant.apply(source) != source


@pytest.mark.deep
@pytest.mark.parametrize(("name", "function"), [(name, function) for name in MODULES for function in conditions(name)])
def test_every_condition_is_broken_by_a_mutant(name: str, function: str, tmp_path: Path) -> None:
    broken: set[int] = set()
    for mutant in ALL_MUTANTS:
        if (mutant.file, mutant.function) == (name, function):
            lines = refuted(mutant, tmp_path)
            assert lines, f"survives: {mutant.new}"
            broken |= lines
    assert broken == conditions(name)[function]
