"""Evidence from deaths: the process code on a simulated machine, each task killed at each of its steps."""

import logging

from stateful.deaths import MORTAL, strike
from stateful.report._evidence import IDS, Evidence, Extent, Reach, Table, spread


def deaths(extent: Extent) -> Evidence | None:
    """Kill the tasks of some programs."""
    chosen = spread(MORTAL, extent.deaths)
    if not chosen:
        return None
    rows, problems, total = [], [], 0
    logging.disable(logging.WARNING)  # each removal is logged, and there are thousands
    try:
        for program in chosen:
            for victim in program.tasks:
                try:
                    count = strike(program, victim, range(1))
                except AssertionError as error:
                    problems.append(("", str(error).splitlines()[0]))
                    continue
                total += count
                rows.append((program.name, victim, f"{count:,}"))
    finally:
        logging.disable(logging.NOTSET)
    cells = dict.fromkeys(IDS, f"{total:,} deaths")
    left = len(MORTAL) - len(chosen)
    omitted = f"{left} of {len(MORTAL)} programs. " if left else ""
    omitted += "One schedule each: the first; others, and stores that become visible later, are in the deep run."
    table = Table("Tasks killed at each step", ("program", "task", "deaths"), tuple(rows))
    return Evidence(Reach.BOUNDED, cells, total, "deaths", omitted, tuple(problems), (table,))
