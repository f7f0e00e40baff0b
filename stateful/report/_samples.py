"""Evidence from samples: interrupts at every step, the Hypothesis machine, real threads, rings of others.

Rule 1: a sample says how many; it is no proof, however many they are.
Rule 2: the one step at which an interrupt does harm is shown, and is no problem of the run: it is expected (`BEYOND`).
"""

import random
from collections import Counter

from hypothesis import HealthCheck, settings

from disruptor._override import override
from stateful import foreign
from stateful.adapters.threads import ByValue, InPlace
from stateful.history import run as run_on_threads
from stateful.machine import RingMachine
from stateful.profiles import run_machine
from stateful.programs import PROGRAMS
from stateful.report._evidence import IDS, Evidence, Extent, Picture, Reach, Table, spread
from stateful.scenes import SCENES
from stateful.strikes import strike


def interrupts(extent: Extent) -> Evidence | None:
    """Interrupt operations at each of their steps, each time under the first schedules that make a difference."""
    from stateful.test_interrupts import BEYOND

    chosen = spread(tuple(SCENES), extent.scenes)
    if not chosen:
        return None
    rows, problems, total, runs = [], [], 0, 0
    for name in chosen:
        step, schedules, cut, harmed = 1, 0, 0, set[str]()
        while (struck := strike(SCENES[name], step, KeyboardInterrupt, max_schedules=extent.strikes)).where:
            schedules += struck.found.schedules
            cut += not struck.found.complete
            if struck.found.failed is not None:
                harmed.add(struck.failed_at)
            step += 1
        problems += [("S7", f"{name}: at {place}") for place in sorted(harmed - BEYOND)]
        beyond = "; ".join(sorted(harmed & BEYOND)) or "none"
        total, runs = total + step - 1, runs + schedules
        rows.append((name, str(step - 1), f"{schedules:,}", str(cut), beyond))
    head = ("operation", "steps", "schedules", "steps cut by the bound", "beyond: harm at")
    known = Table("The step beyond Python, where an interrupt would do harm", ("line",), tuple((b,) for b in BEYOND))
    table = Table("Operations interrupted at each step", head, tuple(rows))
    said = f"{total:,} steps struck, {runs:,} schedules"
    left = len(SCENES) - len(chosen)
    omitted = f"{left} of {len(SCENES)} operations. " if left else ""
    omitted += f"At most {extent.strikes} schedules a step. "
    omitted += "The step named below, which needs a second interrupt in one place, is not covered by the promise."
    cells = {"S7": said, "L1": said, "L2": said}
    return Evidence(Reach.BOUNDED, cells, total, "steps", omitted, tuple(problems), (table, known))


def machine(extent: Extent) -> Evidence | None:
    """Let Hypothesis write programs."""
    if not extent.examples:
        return None
    steps = 40
    begun = Counter[str]()

    class Machine(RingMachine):
        @override
        def teardown(self) -> None:
            begun["examples"] += 1
            super().teardown()

    quiet = settings(
        derandomize=True, deadline=None, max_examples=extent.examples, stateful_step_count=steps, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    problems: tuple[tuple[str, str], ...] = ()
    try:
        run_machine(Machine, settings=quiet)
    except Exception as error:
        problems = (("", f"{type(error).__name__}: {str(error).splitlines()[0]}"),)
    count = begun["examples"]
    cells = dict.fromkeys(IDS, f"{count:,} examples")
    omitted = f"Everything that {count:,} examples of at most {steps} steps have not met."
    return Evidence(Reach.SAMPLED, cells, count, "examples", omitted, problems)


def threads(extent: Extent) -> Evidence | None:
    """Run the programs on real threads, and judge the histories."""
    if not extent.repeats:
        return None
    problems, count = [], 0
    order = [program for program in PROGRAMS for _ in range(extent.repeats)]
    random.Random(0).shuffle(order)
    for program in order:
        count += 1
        try:
            run_on_threads(program, InPlace if program.in_place else ByValue)
        except AssertionError as error:
            problems.append(("", f"{program.name}: {str(error).splitlines()[0]}"))
    cells = dict.fromkeys(IDS, f"{count:,} histories")
    omitted = "Everything that the operating system's scheduler has not happened to do."
    return Evidence(Reach.SAMPLED, cells, count, "histories", omitted, tuple(problems))


def others(extent: Extent) -> Evidence | None:
    """Find again what is wrong with rings of others: the suite bites on code that is not ours."""
    chosen = spread(foreign.FINDINGS, extent.findings)
    if not chosen:
        return None
    rows, problems, pictures, cells = [], [], [], Counter[str]()
    for finding in chosen:
        try:
            text = foreign.picture(finding)
        except LookupError as error:
            problems.append((finding.promise, str(error).splitlines()[0]))
            continue
        cells[finding.promise] += 1
        rows.append((finding.ring, finding.title, finding.promise, finding.program))
        pictures.append(Picture(f"{finding.title} ({finding.ring})", "", text))
    table = Table("Found in rings of others", ("ring", "what", "breaks", "program"), tuple(rows))
    left = len(foreign.FINDINGS) - len(chosen)
    omitted = f"{left} of {len(foreign.FINDINGS)} findings." if left else ""
    said = {promise: f"{count} found" for promise, count in cells.items()}
    return Evidence(Reach.BOUNDED, said, len(rows), "findings", omitted, tuple(problems), (table,), tuple(pictures[:2]))
