"""What was explored completely: every pair of operations, the dangerous ones by three, and the programs.

`python -m stateful.explored` runs what is not yet in the file of results, in several processes, and can be stopped and
started again; `--docs` puts the tables into `docs/verification.md`: with `--set`, those of that set, and the others stay.

Rule 1: a result counts only for the sources that it was made with: their digest stands in each line.
Rule 2: no bound of pre-emptions. A limit of schedules that was reached is shown as a limit.
"""

import argparse
import ast
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from model.draw import table
from stateful.adapters.threads import ByValue, InPlace
from stateful.failure import check
from stateful.pieces import cells, pieces, rewritten
from stateful.programs import PAIRS, PROGRAMS, TRIPLES, Program
from stateful.scheduler import Granularity

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / ".explored.jsonl"
DOCS = ROOT / "docs" / "verification.md"

SETS: dict[str, tuple[Program, ...]] = {"pairs": PAIRS, "triples": TRIPLES, "programs": PROGRAMS}
PROGRAM = {program.name: program for programs in SETS.values() for program in programs}
LIMITS = {"pairs": 1_000_000, "triples": 4_000, "programs": 4_000}


class Row(NamedTuple):
    """What came out of one program."""

    digest: str
    set: str
    program: str
    granularity: str
    schedules: int
    redundant: int
    complete: bool
    failed: str
    seconds: float


def digest() -> str:
    """Return a digest of everything that a result depends on: this module, and all of this repository that it imports.

    What is imported within a function is left out: it is for rings between processes.
    """
    found = hashlib.sha256()
    for path in sorted(_reached(Path(__file__), set())):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


def _reached(path: Path, seen: set[Path]) -> set[Path]:
    """Add a file, and all files of this repository that it imports, to those seen; return them."""
    if path in seen:
        return seen
    seen.add(path)
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            parts = name.split(".")
            for k in range(1, len(parts) + 1):
                place = ROOT.joinpath(*parts[:k])
                for file in (place / "__init__.py", place.with_suffix(".py")):
                    if file.is_file():
                        _reached(file, seen)
    return seen


def run(job: tuple[str, str, str, str]) -> Row:
    """Explore one program."""
    made_with, set_, name, granularity = job
    program = PROGRAM[name]
    begin = time.perf_counter()
    found = check(
        program,
        InPlace if program.in_place else ByValue,
        granularity=Granularity(granularity),
        max_schedules=LIMITS[set_],
        reduce=True,
    )
    failed = "" if found.failed is None else str(found.failed).splitlines()[0]
    seconds = time.perf_counter() - begin
    return Row(made_with, set_, name, granularity, found.schedules, found.redundant, found.complete, failed, seconds)


def results(path: Path, made_with: str | None = None) -> list[Row]:
    """Return the results in a file; with `made_with`, only those that were made with these sources."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    rows = [Row(*json.loads(line)) for line in lines]
    return [row for row in rows if made_with is None or row.digest == made_with]


def summary(rows: list[Row]) -> str:
    """Return one line for each set and granularity."""
    lines = []
    for set_ in SETS:
        for granularity in Granularity:
            mine = [row for row in rows if (row.set, row.granularity) == (set_, granularity.value)]
            if mine:
                complete = sum(row.complete for row in mine)
                line = [
                    set_,
                    granularity.value,
                    f"{len(mine)} of {len(SETS[set_])}",
                    str(complete),
                    f"{sum(row.schedules for row in mine):,}",
                    f"{sum(row.redundant for row in mine):,}",
                    str(sum(bool(row.failed) for row in mine)),
                    f"{sum(row.seconds for row in mine):,.0f}",
                ]
                lines.append(line)
    head = ["programs", "points", "explored", "complete", "schedules", "given up as redundant", "failed", "seconds"]
    return table(head, lines)


def matrix(rows: list[Row], *, in_place: bool) -> str:
    """Return the pairs as a matrix: schedules between bytecodes, rings of one and two, empty and full, together."""
    counts: dict[tuple[str, str], int] = {}
    cut: set[tuple[str, str]] = set()
    for row in rows:
        if (row.set, row.granularity) == ("pairs", "bytecodes") and PROGRAM[row.program].in_place == in_place:
            one, two = row.program.rpartition(" on ")[0].split(" x ")
            counts[one, two] = counts.get((one, two), 0) + row.schedules
            if not row.complete:
                cut.add((one, two))
    names = list(dict.fromkeys(one for one, _ in counts))
    lines = [
        [one, *("" if (two, one) not in counts else f"{counts[two, one]}{'+' * ((two, one) in cut)}" for two in names)]
        for one in names
    ]
    return table(
        ["", *(str(k + 1) for k in range(len(names)))],
        [[f"{k + 1}. {line[0]}", *line[1:]] for k, line in enumerate(lines)],
    )


def details(rows: list[Row]) -> str:
    """Return the programs and triples that took most, and all that a limit has cut."""
    chosen = [row for row in rows if row.set != "pairs" and row.granularity == "bytecodes"]
    chosen.sort(key=lambda row: (row.complete, -row.schedules))
    lines = [
        [row.program, f"{row.schedules:,}", "yes" if row.complete else "limit", f"{row.seconds:.1f}"]
        for row in chosen
        if row.set == "programs" or not row.complete
    ]
    return table(["program", "schedules", "complete", "seconds"], lines)


def tables(rows: list[Row]) -> dict[str, str]:
    """Return the parts of the page on verification that are made here."""
    return {
        "explored": summary(rows),
        "pairs": matrix(rows, in_place=False),
        "pairs_in_place": matrix(rows, in_place=True),
        "programs": details(rows),
    }


def on_page(rows: list[Row], sets: list[str], page: str) -> dict[str, str]:
    """Return the parts of the page that tell of some sets; what it says of the other sets stays."""
    made = tables([row for row in rows if row.set in sets])
    if "pairs" not in sets:
        del made["pairs"], made["pairs_in_place"]
    if not {"triples", "programs"} <= {*sets}:
        del made["programs"]  # it tells of both
    head, *old = cells(pieces(page)["explored"])
    lines = cells(made["explored"])[1:] + [line for line in old if line[0] not in sets]
    lines.sort(key=lambda line: [*SETS].index(line[0]))
    return {**made, "explored": table(head, lines)}


def jobs(
    made_with: str, sets: list[str], granularities: list[str], done: list[Row]
) -> Iterator[tuple[str, str, str, str]]:
    """Yield what is left to do."""
    have = {(row.program, row.granularity) for row in done}
    for set_ in sets:
        for granularity in granularities:
            for program in SETS[set_]:
                if (program.name, granularity) not in have:
                    yield made_with, set_, program.name, granularity


def main(arguments: list[str]) -> int:
    """Explore, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m stateful.explored", description=__doc__)
    parser.add_argument("--set", choices=[*SETS], action="append", help="which programs (default: all)")
    parser.add_argument("--points", choices=[g.value for g in Granularity], action="append", help="default: all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--results", type=Path, default=RESULTS, help="file of results")
    parser.add_argument("--docs", action="store_true", help="put the tables into docs/verification.md")
    chosen = parser.parse_args(arguments)
    made_with = digest()
    sets: list[str] = chosen.set or [*SETS]
    todo = list(
        jobs(
            made_with,
            sets,
            chosen.points or [g.value for g in Granularity],
            results(chosen.results, made_with),
        )
    )
    with chosen.results.open("a", encoding="utf-8") as file, get_context("spawn").Pool(chosen.jobs) as pool:
        for row in pool.imap_unordered(run, todo):
            file.write(json.dumps(row) + "\n")
            file.flush()
            if row.failed:
                print(f"{row.program} on {row.granularity}: {row.failed}")
    rows = results(chosen.results, made_with)
    made = tables(rows)
    print("\n\n".join(made.values()))
    if chosen.docs:
        page = DOCS.read_text(encoding="utf-8")
        DOCS.write_text(rewritten(page, on_page(rows, sets, page)), encoding="utf-8")
    return int(any(row.failed for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
