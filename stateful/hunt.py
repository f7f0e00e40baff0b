"""Hunting mutants: each in a process of its own, on a patched copy of the library, until a program or a test finds it.

`python -m stateful.hunt` prints the table of `stateful/mutants/`: mutant, class of bug, promise broken, killed by, after how
many schedules (or tests). Its last row is the control: the unmutated library passes the same programs with the same bounds.
With `--docs` the table goes into `docs/verification.md`, too. `python -m stateful.hunt NAME` prints the picture of one.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from model.draw import table
from stateful.adapters.single import SingleByValue, SingleInPlace
from stateful.adapters.threads import ByValue, InPlace
from stateful.failure import check
from stateful.mutants import MUTANTS, Mutant
from stateful.patched import ROOT, environment, patched, run_tests
from stateful.pieces import rewritten
from stateful.programs import PROGRAMS, SINGLE, Program
from stateful.scheduler import Exploration, Granularity

DOCS = ROOT / "docs" / "verification.md"

BOUNDS: tuple[tuple[Granularity, int, int], ...] = (
    (Granularity.CELLS, 1, 1500),
    (Granularity.LOCKS, 1, 1500),
    (Granularity.CELLS, 2, 3000),
)
"""Granularity, pre-emptions, and schedules at most: tried one after the other."""

SHARE = 60
"""Of the programs for one producer at a time, every which one is tried."""

BROKEN = (
    "",
    "Broken",
    "Late",
    "TypeError",
    "NameError",
    "UnboundLocalError",
    "AttributeError",
    "ImportError",
    "SyntaxError",
)
"""What shows a mutant that lives, or one that is no program any more."""

HEADINGS = ["mutant", "class", "least", "breaks", "killed by", "points", "schedules", "how"]


class Kill(NamedTuple):
    """How a mutant was found."""

    mutant: str
    program: str
    """The program, or the test, that failed."""
    granularity: str
    """Where the scheduler could switch; `tests` if it was a test that failed."""
    schedules: int
    """How many were run, the one that failed included; for a test, how many tests."""
    error: str
    """The class of what was raised; empty if the mutant lives."""
    message: str
    picture: str


def hunt(first: str) -> Kill:
    """Explore the programs on the library of this process, `first` before the others, until one fails."""
    programs = sorted(_all_like(first), key=lambda program: program.name != first)
    schedules = 0
    for program, granularity, preemptions, limit in _plan(programs):
        found = _explored(program, granularity, preemptions, limit)
        schedules += found.schedules
        if found.failed is not None:
            error = found.failed.error
            message = str(error).splitlines()[0]
            return Kill(
                "", program.name, granularity.value, schedules, type(error).__name__, message, str(found.failed)
            )
    return Kill("", "", "", schedules, "", "", "")


def _explored(program: Program, granularity: Granularity, preemptions: int, limit: int) -> Exploration:
    one, in_place = (SingleByValue, SingleInPlace) if program in SINGLE else (ByValue, InPlace)
    make = in_place if program.in_place else one
    return check(program, make, preemptions=preemptions, granularity=granularity, max_schedules=limit)


def _all_like(first: str) -> tuple[Program, ...]:
    """Return the programs that a mutant is hunted with: for the ring of many producers, or of one at a time."""
    single = [program for program in SINGLE if program.name == first]
    return (*single, *SINGLE[::SHARE]) if single else PROGRAMS


def _plan(programs: list[Program]) -> Iterator[tuple[Program, Granularity, int, int]]:
    for granularity, preemptions, limit in BOUNDS:
        yield programs[0], granularity, preemptions, limit
    for granularity, preemptions, limit in BOUNDS:
        for program in programs[1:]:
            yield program, granularity, preemptions, limit


def run(mutant: Mutant, *, seconds: float = 900) -> Kill:
    """Hunt one mutant in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        patched(mutant.patches, folder)
        if mutant.is_for_a_test:
            report = run_tests(folder, [mutant.program], seconds=seconds)
            return Kill(mutant.name, report.failed, "tests", report.tests, report.error, report.message, report.output)
        command = [sys.executable, "-m", "stateful.hunt", "--here", mutant.program]
        try:
            done = subprocess.run(
                command, cwd=name, env=environment(folder), capture_output=True, text=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            return Kill(mutant.name, "", "", 0, "Late", f"it took more than {seconds:.0f} seconds", "")
    if done.returncode:
        return Kill(mutant.name, "", "", 0, "Broken", done.stderr.strip().splitlines()[-1], done.stderr)
    return Kill(*json.loads(done.stdout))._replace(mutant=mutant.name)


def killed(kill: Kill) -> bool:
    """Tell whether a mutant was found, by a broken promise."""
    return kill.error not in BROKEN


def control(kills: Iterable[Kill], *, seconds: float = 1800) -> Kill:
    """Run the unmutated library through every program and test, with every bound, that killed somebody."""
    points = {kill.granularity for kill in kills if killed(kill)}
    schedules = 0
    single = [program for program in SINGLE if program.name in {mutant.program for mutant in MUTANTS}]
    for granularity, preemptions, limit in BOUNDS:
        for program in (*PROGRAMS, *single) if granularity.value in points else ():
            found = _explored(program, granularity, preemptions, limit)
            schedules += found.schedules
            if found.failed is not None:
                error = found.failed.error
                return Kill("", program.name, granularity.value, schedules, type(error).__name__, str(error), "")
    tests = sorted({mutant.program for mutant in MUTANTS if mutant.is_for_a_test})
    with tempfile.TemporaryDirectory() as name:
        patched((), Path(name))
        report = run_tests(Path(name), tests, seconds=seconds)
    where = "all programs, and the tests named here" if not report.error else report.failed
    return Kill("", where, "all of these", schedules + report.tests, report.error, report.message, report.output)


def row(mutant: Mutant, kill: Kill) -> list[str]:
    """Return the row of one mutant, under `HEADINGS`."""
    numbers = ", ".join(map(str, mutant.least))
    program = kill.program.partition("::")[0] or "(lives)"
    return [mutant.name, mutant.bug, numbers, mutant.breaks, program, kill.granularity, str(kill.schedules), kill.error]


def main(arguments: list[str]) -> int:
    """Print the table of all mutants, or the picture of one."""
    if arguments[:1] == ["--here"]:
        print(json.dumps(hunt(arguments[1])))
        return 0
    docs = arguments == ["--docs"]
    arguments = [] if docs else arguments
    if unknown := set(arguments) - {mutant.name for mutant in MUTANTS}:
        print(f"there is no mutant {sorted(unknown)}", file=sys.stderr)
        return 2
    chosen = [mutant for mutant in MUTANTS if not arguments or mutant.name in arguments]
    with ThreadPoolExecutor(int(os.environ.get("HUNTERS", os.cpu_count() or 1))) as pool:
        kills = list(pool.map(run, chosen))
    rows = [row(mutant, kill) for mutant, kill in zip(chosen, kills, strict=True)]
    alive = [kill.mutant for kill in kills if not killed(kill)]
    if arguments:
        print("\n\n".join(kill.picture or f"{kill.mutant}: {kill}" for kill in kills))
    else:
        unmutated = control(kills)
        passes = not unmutated.error
        where, points, schedules = unmutated[1:4]
        outcome = ["nothing", where, points, str(schedules), unmutated.error or "passes"]
        rows.append(["(none: the control)", "", "", *outcome])
        alive += [] if passes else ["the control"]
    made = table(HEADINGS, rows)
    print(made)
    if docs and not alive:
        DOCS.write_text(rewritten(DOCS.read_text(encoding="utf-8"), {"mutants": made}), encoding="utf-8")
    print(f"{sum(map(killed, kills))} of {len(kills)} killed" + (f"; alive, broken or wrong: {alive}" if alive else ""))
    return len(alive)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))


__all__ = ["ROOT", "Kill", "control", "hunt", "killed", "main", "run"]
