"""A patched copy of the library, and tests that are run on it in a process of their own.

Rule 1: the copy stands in a folder of its own, before the repository on the path; everything else is the repository's.
Rule 2: a patch replaces one piece of text, which must stand exactly once in its file.
Rule 3: a run that ends in no report, or not in time, says so: that is neither passing nor failing.
"""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Sequence
from pathlib import Path
from shutil import copytree
from typing import NamedTuple

import disruptor

ROOT = Path(__file__).parent.parent

CONFIGURATION = """[pytest]
addopts = -m "not deep" --import-mode=importlib --strict-markers -p no:cacheprovider
filterwarnings = error
markers =
    deep: long explorations
"""


class Report(NamedTuple):
    """What came out of some tests."""

    tests: int
    """How many were run, up to the first that failed."""
    failed: str
    """The first that failed, if any."""
    error: str
    """The class of what was raised: empty if all passed, `Broken` if there is no report, `Late` if it took too long."""
    message: str
    output: str


def patched(patches: Iterable[tuple[str, str, str]], folder: Path) -> None:
    """Put a copy of the library into `folder`, and patch it: file, old text, new text.

    Raises `ValueError` if an old text does not stand there exactly once.
    """
    copytree(Path(disruptor.__file__).parent, folder / "disruptor", ignore=lambda _, names: {"__pycache__"} & {*names})
    for file, old, new in patches:
        path = folder / "disruptor" / file
        source = path.read_text(encoding="utf-8")
        if source.count(old) != 1:
            raise ValueError(f"{old!r} stands {source.count(old)} times in {file}")
        path.write_text(source.replace(old, new), encoding="utf-8")


def environment(folder: Path) -> dict[str, str]:
    """Return the environment in which Python finds the library in `folder`, and the rest in the repository."""
    path = os.pathsep.join([str(folder), str(ROOT)])
    inherited = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    return {**inherited, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "TEST_LIMIT": "10"}


def run_tests(folder: Path, tests: Sequence[str], *, seconds: float) -> Report:
    """Run tests (paths in the repository, and options) on the library in `folder`, up to the first that fails."""
    (folder / "pytest.ini").write_text(CONFIGURATION, encoding="utf-8")
    written = folder / "report.xml"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-p",
        "stateful.ends",
        "-q",
        "-c",
        str(folder / "pytest.ini"),
        f"--rootdir={ROOT}",
        f"--junitxml={written}",
    ]
    paths = [test if test.startswith("-") else str(ROOT / test) for test in tests]
    try:
        done = subprocess.run(
            [*command, *paths],
            cwd=folder,
            env=environment(folder),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Report(0, "", "Late", f"more than {seconds} s", "")
    if done.returncode not in (0, 1) or not written.exists():
        return Report(0, "", "Broken", done.stdout[-300:] + done.stderr[-300:], done.stdout)
    cases = list(ElementTree.parse(written).iter("testcase"))
    for case in cases:
        for problem in [*case.findall("failure"), *case.findall("error")]:
            message = problem.get("message", "")
            kind = message.partition(":")[0].rpartition(".")[2]
            known = kind.isidentifier() and kind[:1].isupper()
            name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
            return Report(len(cases), name, kind if known else "AssertionError", message, done.stdout)
    return Report(len(cases), "", "", "", done.stdout)
