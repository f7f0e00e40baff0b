"""Does every example in the documentation run, and print what stands below it?

Rule 1: the `python` blocks of a page are one program, run from the top, in a process of its own: the page with everything
        else blanked out, so a traceback has the page's line numbers.
Rule 2: what a block prints stands in a `text` block right behind it. It may also stand elsewhere on its page, if a sentence
        comes between, but nothing is printed that is not shown.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)]
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]
MARK = "<end of a block>"


class Block(NamedTuple):
    """A block of code."""

    language: str
    first: int
    """The index of its first line within the page."""
    lines: list[str]
    behind: bool
    """Whether nothing but empty lines stands between it and the block before."""

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)


def blocks(page: str) -> list[Block]:
    """Return the blocks of a page, those within lists included, without their indentation."""
    found: list[Block] = []
    lines = page.splitlines()
    k, behind = 0, False
    while k < len(lines):
        opening = re.fullmatch(r"( *)(`{3,})(\S*).*", lines[k])
        if opening is None:
            behind &= not lines[k].strip()
            k += 1
            continue
        indent, fence, language = opening.groups()
        end = next(j for j in range(k + 1, len(lines)) if lines[j].strip() == fence)
        inner = [line.removeprefix(indent) for line in lines[k + 1 : end]]
        found.append(Block(language, k + 1, inner, behind))
        k, behind = end + 1, True
    return found


def program(page: str) -> str:
    """Return the code of a page as one program that marks the end of each block."""
    lines = [""] * (len(page.splitlines()) + 1)
    for block in blocks(page):
        if block.language == "python":
            lines[block.first : block.first + len(block.lines)] = block.lines
            lines[block.first + len(block.lines)] = f"print({MARK!r}, flush=True)"
    return "\n".join(lines)


def run(page: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a page."""
    path = folder / "page.py"
    path.write_text(program(page), encoding="utf-8")
    there = {**os.environ, "PYTHONPATH": str(ROOT), "DISRUPTOR_DIR": str(folder)}
    command = [sys.executable, "-W", "error", str(path)]
    return subprocess.run(command, cwd=ROOT, env=there, capture_output=True, text=True, timeout=200, check=False)


def problems(page: str, printed: str) -> list[str]:
    """Compare what the blocks of a page have printed with what it shows."""
    parts = printed.split(f"{MARK}\n")[:-1]
    found = []
    everything = blocks(page)
    code = [k for k, block in enumerate(everything) if block.language == "python"]
    shown = {block.text for block in everything if block.language == "text"}
    for k, part in zip(code, parts, strict=True):
        after = everything[k + 1] if k + 1 < len(everything) else None
        if after is not None and after.language == "text" and after.behind:
            if part != after.text:
                found.append(f"line {everything[k].first}: it prints\n{part}and not\n{after.text}")
        elif part and part not in shown:
            found.append(f"line {everything[k].first}: it prints what is not shown\n{part}")
    return found


@pytest.mark.parametrize("name", [name for name in NAMES if "```python" in (ROOT / name).read_text(encoding="utf-8")])
def test_the_code_of_a_page_runs_and_prints_what_is_shown(name: str, tmp_path: Path) -> None:
    page = (ROOT / name).read_text(encoding="utf-8")
    for module in re.findall(r"^ *(?:import|from) (numpy|prometheus_client)\b", page, re.MULTILINE):
        pytest.importorskip(module)
    done = run(page, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert problems(page, done.stdout) == []


@pytest.mark.parametrize(
    ("page", "fails"),
    [
        ("```python\nprint(1)\n```\n\n```text\n1\n```\n", False),
        ("```python\nprint(1)\n```\n\n```text\n2\n```\n", True),
        ("```python\nx = 1\n```\n\n```text\n2\n```\n", True),
        ("```python\nprint(1)\n```\n", True),
        ("```python\nprint(1)\n```\n\nIt prints what follows.\n\n```text\n1\n```\n", False),
        ("- a list\n\n  ```python\n  if True:\n      print(1)\n  ```\n\n  ```text\n  1\n  ```\n", False),
        ("```python\nx = 1\n```\n\n```python\nprint(x)\n```\n\n```text\n1\n```\n", False),
        ("```text\nnothing ran\n```\n", False),
    ],
)
def test_the_comparison_finds_what_differs(page: str, fails: bool, tmp_path: Path) -> None:
    done = run(page, tmp_path)
    assert bool(problems(page, done.stdout)) == fails


def test_an_error_has_the_line_of_its_page(tmp_path: Path) -> None:
    done = run("# A page\n\n```python\nx = 1\n1 / 0\n```\n", tmp_path)
    assert done.returncode == 1
    assert "line 5" in done.stderr


def test_the_pages_pass_the_type_checker(tmp_path: Path) -> None:
    files = []
    for number, path in enumerate(PAGES):
        file = tmp_path / f"page{number}_{path.stem.replace('-', '_')}.py"
        file.write_text(program(path.read_text(encoding="utf-8")), encoding="utf-8")
        files.append(str(file))
    # As strict as a user may be, but without this project's own settings, and about the pages alone.
    options = ["--strict", "--config-file=", "--follow-imports=silent", "--no-error-summary", f"--cache-dir={tmp_path}"]
    command = [sys.executable, "-m", "mypy", *options, *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout == "", done.stderr
