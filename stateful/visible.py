"""Which mutants of the ring are visible in what calls return: each in a process of its own, judged by its tapes alone.

`python -m stateful.visible` prints the table; with names, only of these mutants.
A mutant that is not visible here breaks a promise that only shows at a moment: in what the ring shows of itself, in a slot
that is half written, in a call that sleeps although its time is over.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from model.draw import table
from stateful.adapters.threads import ByValue, InPlace
from stateful.mutants import MUTANTS, Mutant
from stateful.patched import ROOT, patched
from stateful.programs import PROGRAMS
from stateful.scheduler import Granularity
from stateful.tape import explained

BOUNDS = ((Granularity.CELLS, 1, 1500), (Granularity.LOCKS, 1, 1500), (Granularity.CELLS, 2, 3000))
"""Granularity, pre-emptions, and schedules at most: as in the hunt, but for the mutant's own program only."""


class Seen(NamedTuple):
    """What the tapes of a mutant show."""

    schedules: int
    error: str
    """The class of what was raised; empty if every tape can be explained."""
    reason: str


def look(name: str) -> Seen:
    """Explore one program on the library of this process, until a tape cannot be explained."""
    [program] = [program for program in PROGRAMS if program.name == name]
    make = InPlace if program.in_place else ByValue
    schedules = 0
    for granularity, preemptions, limit in BOUNDS:
        found = explained(program, make, preemptions=preemptions, granularity=granularity, max_schedules=limit)
        schedules += found.schedules
        if found.failed is not None:
            error = found.failed.error
            return Seen(schedules, type(error).__name__, str(error).partition("\n")[0])
    return Seen(schedules, "", "")


def run(mutant: Mutant, *, seconds: float = 300) -> Seen:
    """Look at one mutant in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        patched(mutant.patches, Path(name))
        done = subprocess.run(
            [sys.executable, "-m", "stateful.visible", "--here", mutant.program],
            cwd=name,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([name, str(ROOT)]), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    if done.returncode:
        return Seen(0, "Broken", done.stderr.strip().splitlines()[-1])
    return Seen(*json.loads(done.stdout))


def main(arguments: list[str]) -> int:
    """Print the table of mutants."""
    if arguments[:1] == ["--here"]:
        sys.stdout.write(json.dumps(look(arguments[1])))
        return 0
    rows = []
    for mutant in MUTANTS:
        if not mutant.is_for_a_test and (not arguments or mutant.name in arguments):
            seen = run(mutant)
            rows.append([mutant.name, mutant.breaks, seen.error or "(not visible)", str(seen.schedules), seen.reason])
    sys.stdout.write(table(["mutant", "breaks", "in histories", "schedules", "what cannot be"], rows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
