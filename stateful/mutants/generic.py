"""Generic mutants: an operator, a number, an argument, an assignment changed everywhere (mutmut), and who survives.

Rule 1: all mutants of the seven files that order, hold and hand out events are run by the fast tests first (`FIRST`).
Rule 2: who is not killed there is run again as a source patch, by everything that runs in continuous integration.
Rule 3: who survives that is listed in `equivalents.py` with the reason, or is a hole in the suite: the command fails.
        It fails, too, if something is listed that does not survive: a reason that is none.

`python -m stateful.mutants.generic [FOLDER]`; in a `FOLDER` that exists already, it goes on where it was interrupted.
"""

import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from shutil import copy

from model.draw import table
from stateful.mutants._workspace import FILES, FIRST, KILLED, LATE, Change, change, make, mutmut, outcomes
from stateful.mutants.equivalents import EQUIVALENTS
from stateful.patched import Report, patched, run_tests

SECOND = (
    *FIRST,
    "tests/processes/test_processes.py",
    "stateful/test_interrupted_ends.py",
    "stateful/test_scheduler.py",
    "stateful/test_machine.py",
    "stateful/test_programs.py",
    "stateful/test_interrupts.py",
)
"""By whom those are run that survive the first tests."""


def survivors(folder: Path) -> dict[str, Change]:
    """Run all mutants by the first tests; return those that nothing fails on, and nothing hangs on: name and change."""
    mutmut(folder, "run", "--max-children", "1", seconds=7200, output=folder / "run.txt")
    return {name: change(folder, name) for name, code in outcomes(folder) if code not in KILLED | LATE}


def again(folder: Path, name: str, file: str, *, seconds: float = 1200) -> Report:
    """Run one mutant as a source patch, by the second tests."""
    path = folder / "disruptor" / file
    unmutated = path.read_text(encoding="utf-8")
    try:
        mutmut(folder, "apply", name, seconds=60)
        with tempfile.TemporaryDirectory() as place:
            patched((), Path(place))
            copy(path, Path(place) / "disruptor" / file)
            return run_tests(Path(place), SECOND, seconds=seconds)
    finally:
        path.write_text(unmutated, encoding="utf-8")


def verdict(left: Iterable[Change], listed: Iterable[Change]) -> list[str]:
    """Return what is wrong: survivors that are not listed, and what is listed and does not survive."""
    left, listed = set(left), set(listed)
    return [f"survives: {one}" for one in sorted(left - listed)] + [
        f"listed, but does not survive: {one}" for one in sorted(listed - left)
    ]


def counts(codes: Mapping[str, int | None], alive: Iterable[Change]) -> str:
    """Return the table: for each file, how many mutants there are, and what became of them."""
    alive = [*alive]
    rows = []
    for file in FILES:
        mine = [code for name, code in codes.items() if name.startswith(f"disruptor.{file.removesuffix('.py')}.")]
        failed, late = sum(code in KILLED for code in mine), sum(code in LATE for code in mine)
        lives = sum(what.file == file for what in alive)
        numbers = [len(mine), failed, late, len(mine) - failed - late - lives, lives]
        rows.append([file, *map(str, numbers)])
    rows.append(["all", *(str(sum(int(cells[k]) for cells in rows)) for k in range(1, 6))])
    return table(["file", "mutants", "the first tests fail", "or hang", "the rest fail", "survive"], rows)


def main(arguments: list[str]) -> int:
    """Run everything; print the table; return how much is wrong."""
    began = time.monotonic()
    folder = Path(arguments[0] if arguments else tempfile.mkdtemp(prefix="mutants-"))
    folder.mkdir(exist_ok=True)
    make(folder)
    print(f"in {folder}", flush=True)
    left = survivors(folder)
    listed = {equivalent.change for equivalent in EQUIVALENTS}
    alive = []
    for name, what in left.items():
        if what not in listed:
            report = again(folder, name, what.file)
            print(f"{what}\n    {report.error or 'survives'} after {report.tests} tests: {report.failed}", flush=True)
            if report.error not in ("", "Broken"):
                continue
        alive.append(what)
    codes = dict(outcomes(folder))
    print(counts(codes, alive))
    wrong = verdict(alive, listed)
    print(*wrong, f"{len(codes)} mutants, {(time.monotonic() - began) / 60:.0f} minutes, {len(wrong)} wrong", sep="\n")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
