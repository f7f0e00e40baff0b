"""The folder in which mutmut works: a copy of the repository, made ready for it.

Rule 1: mutmut leaves decorated functions alone. So `@override` is dropped in the copy, and `@property` becomes an assignment
        after the function: both mean the same at run time.
Rule 2: it replaces functions by others that choose among all mutants. So tests that look at the lines or the types of the
        library are left out here; whoever survives is run again as a plain source patch, by everything.
"""

import ast
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from shutil import copy, copytree, ignore_patterns, rmtree
from typing import NamedTuple

from stateful.patched import CONFIGURATION, ROOT

FILES = ("_sequence.py", "_sequencer.py", "_barrier.py", "_subscriber.py", "_claim.py", "_batch.py", "_slots.py")
"""What is mutated."""

COPIED = ("disruptor", "model", "stateful", "tests", "docs", "README.md", "python_disruptor.py")

FIRST = ("tests/handlers", "tests/api", "tests/test_sequence.py", "tests/aio")
"""What nearly every mutant dies of, within a second."""

LEFT_OUT = ("tests/api/test_types.py", "tests/api/test_interrupts.py")
"""What looks at types or lines: see Rule 2."""

SETTINGS: dict[str, Iterable[str]] = {
    "source_paths": ["disruptor"],
    "only_mutate": [f"disruptor/{file}" for file in FILES],
    "also_copy": [*(name for name in COPIED if name not in ("disruptor", "tests")), "pytest.ini"],
    "pytest_add_cli_args_test_selection": FIRST,
    "pytest_add_cli_args": [f"--deselect={test}" for test in LEFT_OUT],
    "timeout_multiplier": ["2"],
    "timeout_constant": ["5"],
    "use_git_change_detection": ["false"],
    "track_dependencies": ["false"],
}

KILLED = frozenset({1, 3})
"""The exit codes of tests of which one failed."""

LATE = frozenset({24, -24, 36, 152, 255})
"""The exit codes of tests that were stopped, because they took much longer than without the mutant: they hang."""


class Change(NamedTuple):
    """What a mutant does: the function, and the lines before and after, without their indentation."""

    file: str
    function: str
    before: str
    after: str


def make(folder: Path) -> None:
    """Put the copy into `folder`, in place of what an interrupted run has left there; what mutmut has found out stays."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            rmtree(folder / name, ignore_errors=True)
            copytree(ROOT / name, folder / name, ignore=ignore_patterns("__pycache__", ".*"))
        else:
            copy(ROOT / name, folder / name)
    for file in FILES:
        path = folder / "disruptor" / file
        path.write_text(undecorated(path.read_text(encoding="utf-8")), encoding="utf-8")
    lines = [f"{name} = {separated(values)}" for name, values in SETTINGS.items()]
    (folder / "setup.cfg").write_text("\n".join(["[mutmut]", *lines, ""]), encoding="utf-8")
    (folder / "pytest.ini").write_text(CONFIGURATION + "pythonpath = .\n", encoding="utf-8")


def separated(values: Iterable[str]) -> str:
    """Return values as a configuration file has them: one as it is, several a line each."""
    several = [*values]
    return several[0] if len(several) == 1 else "".join(f"\n    {value}" for value in several)


def undecorated(source: str) -> str:
    """Return a module without `@override`, and with properties made by assignment.

    >>> print(undecorated("class A:\\n    @property\\n    def a(self):\\n        return 1\\n"))
    class A:
        def a(self):
            return 1
        a = property(a)
    <BLANKLINE>
    """
    lines = source.splitlines()
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    for function in sorted(functions, key=lambda function: -function.lineno):
        names = [ast.unparse(decorator) for decorator in function.decorator_list]
        if "override" in names and "overload" not in names:
            names.remove("override")
            del lines[function.decorator_list[0].lineno - 1]
            if names:
                raise ValueError(f"{function.name} has other decorators, too: {names}")
        elif names == ["property"]:
            end = function.end_lineno or function.lineno
            lines.insert(end, f"{' ' * function.col_offset}{function.name} = property({function.name})")
            del lines[function.decorator_list[0].lineno - 1]
    return "\n".join(lines) + "\n"


def mutmut(folder: Path, *arguments: str, seconds: float, output: Path | None = None) -> str:
    """Run mutmut in `folder`; return what it prints; it is in `output`, too. Raises `RuntimeError` if it fails."""
    written = folder / "mutmut.txt" if output is None else output
    with written.open("w", encoding="utf-8") as file:
        command = [sys.executable, "-m", "mutmut", *arguments]
        done = subprocess.run(command, cwd=folder, stdout=file, stderr=file, timeout=seconds, check=False)
    text = written.read_text(encoding="utf-8", errors="replace")
    if done.returncode:
        raise RuntimeError(f"mutmut {' '.join(arguments)} failed:\n{text[-2000:]}")
    return text


def outcomes(folder: Path) -> Iterator[tuple[str, int | None]]:
    """Yield each mutant by its name, and the exit code of the tests that were run on it."""
    for path in sorted((folder / "mutants" / "disruptor").glob("*.py.meta")):
        yield from json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"].items()


def change(folder: Path, name: str) -> Change:
    """Return what a mutant does."""
    return parsed(name, mutmut(folder, "show", name, seconds=60))


def parsed(name: str, diff: str) -> Change:
    """Return what a mutant does, from its name and the difference that mutmut shows.

    >>> shown = "--- a\\n+++ b\\n@@ -1,2 +1,2 @@\\n def f():\\n-    return 1\\n+    return 2\\n"
    >>> parsed("disruptor._slots.xǁSlotsǁread__mutmut_9", shown)
    Change(file='_slots.py', function='Slots.read', before='return 1', after='return 2')
    """
    module, _, mangled = name.removeprefix("disruptor.").partition(".")
    function = mangled.rpartition("__mutmut_")[0].removeprefix("xǁ").removeprefix("x_").replace("ǁ", ".")
    body = diff.partition("@@\n")[2].splitlines()
    before = " ".join(line[1:].strip() for line in body if line.startswith("-"))
    after = " ".join(line[1:].strip() for line in body if line.startswith("+"))
    return Change(f"{module}.py", function, before, after)
