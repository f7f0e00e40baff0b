"""Runs the checks, one after the other, and keeps what came out until the sources change.

Rule 1: what was kept counts only for the same sources, the same packages and the same extent: their digest stands beside.
Rule 2: what has not passed is not kept: it is run again.
Rule 3: a check that raises has failed. Nothing is hidden, and no path of the machine gets onto the page.
"""

import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from stateful.report._evidence import Check, Evidence, Extent, Reach, dumps, loads

ROOT = Path(__file__).parent.parent.parent
KEPT = ROOT / ".evidence.json"
FOLDERS = ("disruptor", "model", "stateful", "tests", "examples")
PACKAGES = ("disruptor", "hypothesis", "crosshair-tool", "z3-solver", "greenlet")


class Finding(NamedTuple):
    """A check, and its evidence; nothing, if it was not run."""

    check: Check
    evidence: Evidence | None


def versions() -> dict[str, str]:
    """Return what the checks run on."""
    found = {"Python": f"{platform.python_implementation()} {platform.python_version()}"}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def digest() -> str:
    """Return a digest of everything that evidence depends on."""
    found = hashlib.sha256(json.dumps(versions()).encode())
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            found.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:12]


def say(text: str) -> None:
    """Tell whoever waits how far it is."""
    sys.stderr.write(text + "\n")


def gather(
    checks: Sequence[Check], extent: Extent, *, kept: Path = KEPT, tell: Callable[[str], None] = say
) -> list[Finding]:
    """Run the checks that were not kept, and return all with their evidence."""
    made_with = f"{digest()} {extent}"
    have = _kept(kept, made_with)
    found: list[Finding] = []
    for check in checks:
        evidence = _read(have.get(check.key))
        if evidence is None:
            evidence = gathered(check, extent)
            if evidence is not None and not evidence.problems:
                have[check.key] = dumps(evidence)
                _keep(kept, made_with, have)
        tell(f"{check.title}: {_outcome(evidence)}")
        found.append(Finding(check, evidence))
    return found


def gathered(check: Check, extent: Extent) -> Evidence | None:
    """Run one check; what it raises is a problem."""
    begin = time.perf_counter()
    try:
        evidence = check.gather(extent)
    except Exception as error:
        said = f"{type(error).__name__}: {(str(error) or 'nothing said').splitlines()[0]}"
        evidence = Evidence(Reach.SAMPLED, {}, 0, "", "All of it: the check did not come to an end.", (("", said),))
    if evidence is None:
        return None
    problems = tuple((promise, without_paths(text)) for promise, text in evidence.problems)
    return evidence._replace(seconds=time.perf_counter() - begin, problems=problems)


def without_paths(text: str) -> str:
    """Return text without the places of this machine."""
    for path in {str(ROOT), str(Path.home()), sys.prefix, sys.base_prefix}:
        if path not in ("", os.sep):
            text = text.replace(path, "...")
    return text


def _outcome(evidence: Evidence | None) -> str:
    if evidence is None:
        return "not run"
    verdict = f"{len(evidence.problems)} problems" if evidence.problems else "passed"
    return f"{verdict}, {evidence.total:,} {evidence.unit}, {evidence.seconds:.1f} s"


def _kept(path: Path, made_with: str) -> dict[str, str]:
    try:
        known: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
        return dict(known.get(made_with, {}))
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _keep(path: Path, made_with: str, have: dict[str, str]) -> None:
    """Write the file as a whole, so that one who is stopped leaves the old one."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(json.dumps({made_with: have}), encoding="utf-8")
    beside.replace(path)


def _read(line: str | None) -> Evidence | None:
    if line is None:
        return None
    try:
        return loads(line)
    except (ValueError, KeyError, TypeError):
        return None
