"""Evidence from the shipped code: programs explored completely, and its mutants hunted.

Rule 1: a result in the file of complete explorations is used if it was made with these very sources (`explored.digest`);
        what is missing is run, and put there.
Rule 2: every schedule is judged by the model, so by every promise. A promise is credited with the programs only that have
        what it speaks of: an upstream, a time-out, an end. That is read from their names and their setup.
"""

import json
from collections.abc import Callable
from itertools import groupby

from stateful import explored
from stateful.hunt import killed, run
from stateful.mutants import MUTANTS, Mutant
from stateful.programs import Program
from stateful.report._evidence import IDS, Evidence, Extent, Picture, Reach, Table, spread
from stateful.report._heat import heat
from stateful.scheduler import Granularity


def has_upstream(program: Program) -> bool:
    """Tell whether a subscriber of the setup is behind another."""
    return any(call.after for call in program.setup) or "behind" in program.name


def has_two_readers(program: Program) -> bool:
    """Tell whether there are two subscribers, or one joins."""
    return sum(call.verb == "register_subscriber" for call in program.setup) > 1 or "join" in program.name


def has_two_claims(program: Program) -> bool:
    """Tell whether sequences are claimed at two places."""
    words = ("claims", "batches", "producers", "time-outs")
    return program.name.count("publish") + program.name.count("claim,") > 1 or any(w in program.name for w in words)


SPEAKS: dict[str, Callable[[Program], bool]] = {
    "S4": has_two_readers,
    "S5": has_upstream,
    "S6": has_two_claims,
    "S8": lambda program: "join" in program.name,
    "S9": lambda program: "close" in program.name,
    "L3": lambda program: any(word in program.name for word in ("timed", "time-out", "tries")),
}
"""What a program has to have for a promise; the others speak of every program."""


def exploration(extent: Extent) -> Evidence | None:
    """Explore programs completely, by reduction, with any number of pre-emptions."""
    if extent.programs == 0:
        return None
    made_with = explored.digest()
    order = [Granularity.BYTECODES, *(g for g in Granularity if g is not Granularity.BYTECODES)]
    every = tuple(explored.jobs(made_with, [*explored.SETS], [g.value for g in order], []))
    # A part of all is taken from the pairs between bytecodes: they are short, and complete.
    short = tuple(job for job in every if (job[1], job[3]) == ("pairs", Granularity.BYTECODES.value))
    chosen = every if extent.programs is None else spread(short, extent.programs)
    have = {(row.program, row.granularity): row for row in explored.results(explored.RESULTS, made_with)}
    rows = []
    with explored.RESULTS.open("a", encoding="utf-8") as file:
        for job in chosen:
            row = have.get((job[2], job[3]))
            if row is None:
                row = explored.run(job)
                file.write(json.dumps(row) + "\n")
                file.flush()
            rows.append(row)
    problems = tuple(("", f"{row.program} on {row.granularity}: {row.failed}") for row in rows if row.failed)
    cells = {}
    for promise in IDS:
        speaks = SPEAKS.get(promise)
        mine = [row for row in rows if speaks is None or speaks(explored.PROGRAM[row.program])]
        if mine:
            cells[promise] = f"{sum(row.schedules for row in mine):,} schedules in {len(mine):,} explorations"
        else:
            cells[promise] = "no program of this run speaks of it"
    cut = sum(not row.complete for row in rows)
    left = len(every) - len(chosen)
    omitted = " ".join(
        [f"{left:,} of {len(every):,} explorations."] * bool(left) + [f"{cut} were cut by a limit."] * bool(cut)
    )
    reach = Reach.BOUNDED if cut else Reach.COMPLETE
    pictures = (heat(rows, in_place=False), heat(rows, in_place=True))
    count = sum(row.schedules for row in rows)
    return Evidence(reach, cells, count, "schedules", omitted, problems, _tables(rows), pictures)


def _tables(rows: list[explored.Row]) -> tuple[Table, ...]:
    lines = []
    ordered = sorted(rows, key=lambda row: (row.set, row.granularity))
    for (set_, granularity), grouped in groupby(ordered, key=lambda row: (row.set, row.granularity)):
        mine = [*grouped]
        lines.append((
            set_, granularity, f"{len(mine):,} of {len(explored.SETS[set_]):,}",
            str(sum(row.complete for row in mine)), f"{sum(row.schedules for row in mine):,}",
            str(sum(bool(row.failed) for row in mine)), f"{sum(row.seconds for row in mine):,.1f}",
        ))  # fmt: skip
    head = ("programs", "points", "explored", "complete", "schedules", "failed", "seconds")
    return (Table("Explorations of the shipped code", head, tuple(lines)),)


def mutants(extent: Extent) -> Evidence | None:
    """Hunt the mutants of the library."""
    chosen = _mutants(extent.mutants)
    if not chosen:
        return None
    rows, problems, cells = [], [], {}
    picture: Picture | None = None
    kills = [run(mutant) for mutant in chosen]
    for mutant, kill in zip(chosen, kills, strict=True):
        dead = killed(kill)
        if not dead:
            problems.append((mutant.breaks, f"{mutant.name} is not found: {kill.message or 'it lives'}"))
        by = kill.program if dead else "LIVES"
        rows.append((mutant.name, mutant.breaks, mutant.bug, by, kill.granularity, f"{kill.schedules:,}"))
        if dead and picture is None:
            picture = Picture(f"How the mutant \u201c{mutant.name}\u201d was found", "", kill.picture)
    for promise in IDS:
        mine = [killed(kill) for mutant, kill in zip(chosen, kills, strict=True) if mutant.breaks == promise]
        if mine:
            cells[promise] = f"{sum(mine)} of {len(mine)} killed"
    left = len(MUTANTS) - len(chosen)
    omitted = f"{left} of {len(MUTANTS)} mutants." if left else ""
    head = ("mutant", "breaks", "bug", "killed by", "points", "schedules")
    table = Table("Mutants of the shipped code", head, tuple(rows))
    pictures = (picture,) if picture is not None else ()
    count = sum(map(killed, kills))
    return Evidence(Reach.BOUNDED, cells, count, "mutants", omitted, tuple(problems), (table,), pictures)


def _mutants(most: int | None) -> tuple[Mutant, ...]:
    """Return at most so many mutants: the first of each promise before the second of any."""
    turn = {id(m): [n for n in MUTANTS if n.breaks == m.breaks].index(m) for m in MUTANTS}
    return tuple(sorted(MUTANTS, key=lambda m: turn[id(m)])[:most])
