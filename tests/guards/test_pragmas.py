"""Does everything that the measurement of coverage (`.ci/coverage`) leaves out say why?"""

import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guards.test_imports import LIBRARY, MODEL

ROOT = Path(__file__).parent.parent.parent
CONFIGURED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["coverage"]["report"]

EXCLUDES = re.compile(r"#\s*pragma[:\s]?\s*no\s*(cover|branch)", re.IGNORECASE)
"""What excludes a line, or one of its branches: at least as wide as what coverage looks for."""
REASONED = re.compile(r"# pragma: no (cover|branch) - (\w+\W+){3,}")
"""A pragma, and a reason of at least three words on the same line."""


def exclusions(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line number and the text of each comment that excludes something."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and EXCLUDES.search(token.string):
            yield token.start[0], token.string


def without_reason(source: str) -> list[int]:
    """Return the numbers of the lines that exclude something and do not say why."""
    return [line for line, comment in exclusions(source) if not REASONED.search(f"{comment} ")]


@pytest.mark.parametrize("path", LIBRARY + MODEL, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_exclusion_has_its_reason_on_the_same_line(path: Path) -> None:
    assert without_reason(path.read_text(encoding="utf-8")) == []


def test_nothing_else_is_excluded_but_what_is_never_run_by_anybody() -> None:
    assert CONFIGURED["exclude_also"] == [
        "if TYPE_CHECKING:",
        "@overload",
        "raise NotImplementedError",
        r"^\s*\.\.\.$",
    ]
    assert not {"exclude_lines", "partial_branches", "partial_also", "omit", "include"} & CONFIGURED.keys()


@pytest.mark.parametrize(
    ("comment", "found"),
    [
        ("# pragma: no cover", [1]),
        ("# pragma: no branch", [1]),
        ("#pragma:no cover", [1]),
        ("# PRAGMA NO COVER", [1]),
        ("# why it is so  # pragma: no cover", [1]),
        ("# pragma: no cover - macOS", [1]),
        ("# pragma: no cover because of what is said", [1]),
        ("# pragma: no branch - count() never ends", []),
        ("# pragma: no cover - only macOS has this", []),
        ("# type: ignore[x]  # pragma: no cover - only macOS has this", []),
        ("# a line that excludes nothing", []),
    ],
)
def test_an_exclusion_without_a_reason_is_found(comment: str, found: list[int]) -> None:
    assert without_reason(f"x = 1  {comment}\n") == found


def test_what_only_speaks_of_a_pragma_is_none() -> None:
    assert without_reason('"""As in `# pragma: no cover`."""\n') == []
