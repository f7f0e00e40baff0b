"""Does every tool have a lower and an upper bound, and is the lower one what `.ci/lowest` tries?"""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
TRIED = dict(
    line.split("==") for line in (ROOT / ".ci" / "lowest.txt").read_text(encoding="utf-8").splitlines() if "==" in line
)
GROUPS: dict[str, list[str]] = PROJECT["dependency-groups"]
LISTED = sorted({requirement for listed in (*EXTRAS.values(), *GROUPS.values()) for requirement in listed})


@pytest.mark.parametrize("requirement", LISTED)
def test_a_requirement_is_bounded_and_its_lower_bound_is_tried(requirement: str) -> None:
    found = re.fullmatch(r"([\w-]+)(?:>=([\w.]+),<[\w.]+|==([\w.]+))", requirement)
    assert found is not None, f"{requirement}: needs >= and <, or =="
    name, lowest, exact = found.groups()
    assert f"{TRIED[name]}.".startswith(f"{lowest or exact}.")


def test_nothing_else_is_tried() -> None:
    assert TRIED.keys() == {re.split("[>=]", requirement)[0] for requirement in LISTED}


def test_the_library_itself_needs_nothing() -> None:
    assert "dependencies" not in PROJECT["project"] or PROJECT["project"]["dependencies"] == []
