"""Hunting mutants: each in a process of its own, on a patched copy of the library.

`python -m stateful.hunt` prints the table of `stateful/mutants.py`; `python -m stateful.hunt NAME` the picture of one.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copytree
from typing import NamedTuple

import disruptor
from model.draw import table
from stateful.adapters.threads import ByValue, InPlace
from stateful.failure import check
from stateful.mutants import MUTANTS, Mutant
from stateful.programs import PROGRAMS, Program
from stateful.scheduler import Failed, Granularity

ROOT = Path(__file__).parent.parent

BOUNDS: tuple[tuple[Granularity, int, int], ...] = (
    (Granularity.CELLS, 1, 1500),
    (Granularity.LOCKS, 1, 1500),
    (Granularity.CELLS, 2, 3000),
)
"""Granularity, pre-emptions, and schedules at most: tried one after the other."""

BROKEN = ("", "Broken", "TypeError", "NameError", "AttributeError", "ImportError", "SyntaxError")
"""What shows a mutant that lives, or one that is no program any more."""


class Kill(NamedTuple):
    """How a mutant was found."""

    mutant: str
    program: str
    granularity: str
    schedules: int
    error: str
    """The class of what was raised; empty if the mutant lives."""
    message: str
    picture: str


def apply(mutant: Mutant, folder: Path) -> None:
    """Patch a copy of the library; `ValueError` if the text does not stand there exactly once."""
    copytree(Path(disruptor.__file__).parent, folder / "disruptor", ignore=lambda _, names: {"__pycache__"} & {*names})
    path = folder / "disruptor" / mutant.file
    source = path.read_text(encoding="utf-8")
    if source.count(mutant.old) != 1:
        raise ValueError(f"{mutant.name!r}: its text stands {source.count(mutant.old)} times in {mutant.file}")
    path.write_text(source.replace(mutant.old, mutant.new), encoding="utf-8")


def hunt(first: str) -> Kill:
    """Explore the programs on the library of this process, `first` before the others, until one fails."""
    programs = sorted(PROGRAMS, key=lambda program: program.name != first)
    schedules = 0
    for program, granularity, preemptions, limit in _plan(programs):
        found = check(
            program,
            InPlace if program.in_place else ByValue,
            preemptions=preemptions,
            granularity=granularity,
            max_schedules=limit,
        )
        schedules += found.schedules
        if found.failed is not None:
            error = found.failed.error
            message = str(error).splitlines()[0]
            return Kill(
                "", program.name, granularity.value, schedules, type(error).__name__, message, str(found.failed)
            )
    return Kill("", "", "", schedules, "", "", "")


def _plan(programs: list[Program]) -> Iterator[tuple[Program, Granularity, int, int]]:
    for granularity, preemptions, limit in BOUNDS:
        yield programs[0], granularity, preemptions, limit
    for granularity, preemptions, limit in BOUNDS:
        for program in programs[1:]:
            yield program, granularity, preemptions, limit


def run(mutant: Mutant, *, seconds: float = 600) -> Kill:
    """Hunt one mutant in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        apply(mutant, Path(name))
        path = os.pathsep.join([name, str(ROOT)])
        done = subprocess.run(
            [sys.executable, "-m", "stateful.hunt", "--here", mutant.program],
            cwd=name,
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    if done.returncode:
        return Kill(mutant.name, "", "", 0, "Broken", done.stderr.strip().splitlines()[-1], done.stderr)
    return Kill(*json.loads(done.stdout))._replace(mutant=mutant.name)


def killed(kill: Kill) -> bool:
    """Tell whether a mutant was found, by a broken promise."""
    return kill.error not in BROKEN


def main(arguments: list[str]) -> int:
    """Print the table of all mutants, or the picture of one."""
    if arguments[:1] == ["--here"]:
        print(json.dumps(hunt(arguments[1])))
        return 0
    chosen = [mutant for mutant in MUTANTS if not arguments or mutant.name in arguments]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        kills = list(pool.map(run, chosen))
    if arguments:
        print("\n\n".join(kill.picture or f"{kill.mutant}: {kill}" for kill in kills))
    rows = [
        [
            mutant.name,
            mutant.breaks,
            mutant.bug,
            kill.program or "(lives)",
            kill.granularity,
            str(kill.schedules),
            kill.error,
        ]
        for mutant, kill in zip(chosen, kills, strict=True)
    ]
    print(table(["mutant", "breaks", "bug", "killed by", "points", "schedules", "how"], rows))
    alive = [kill.mutant for kill in kills if not killed(kill)]
    print(f"{len(kills) - len(alive)} of {len(kills)} killed" + (f"; alive or broken: {alive}" if alive else ""))
    return len(alive)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))


__all__ = ["Failed", "Kill", "apply", "hunt", "killed", "main", "run"]
