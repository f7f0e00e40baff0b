"""Evidence from the model: its scenarios explored, its mutants found, and another's counts found again.

Rule 1: a promise is credited with the states of those scenarios only in which its partner was seen (`PARTNERS`): where it
        was put to the test.
Rule 2: scenarios and mutants are those of the tests, with what is pinned there.
"""

from typing import Any

from model.actions import ACTIONS
from model.draw import Row, svg_lanes
from model.explore import Report
from model.promises import ALWAYS, PARTNERS, SOMETIMES
from model.scenarios import Scenario, run
from model.witness import Setting
from model.witness import run as run_witness
from stateful.report._evidence import IDS, Evidence, Extent, Picture, Reach, Table, promise_id, spread
from stateful.report._graph import growth, state_space


def scenarios(extent: Extent) -> Evidence | None:
    """Explore the scenarios; `None` if the extent leaves them all out."""
    from tests.model import test_mutants as small
    from tests.model.test_scenarios import PINNED

    if extent.scenario_states == 0:
        return None
    limit = extent.scenario_states
    todo: list[tuple[str, Scenario, tuple[int, int, int] | None]] = [
        (f"small: {name}", scenario, None)
        for name, scenario in (("one subscriber, fails", small.ONE), ("a chain of two", small.BEHIND))
    ]
    if limit is None or limit > 10_000:
        more = (("two subscribers", small.TWO), ("a joiner", small.JOIN), ("claims out of order", small.CLAIMS))
        todo += [(f"small: {name}", scenario, None) for name, scenario in more]
    chosen = {name: pinned for name, pinned in PINNED.items() if limit is None or pinned.states <= limit}
    todo += [(name, pin.scenario, (pin.states, pin.transitions, pin.depth)) for name, pin in chosen.items()]
    rows, problems, credit = [], [], dict.fromkeys(IDS, 0)
    total = 0
    for name, scenario, expected in todo:
        report = run(scenario, sometimes=SOMETIMES)
        total += report.states
        if report.violation is not None:
            broken = report.violation.promise.partition("_")[0].upper()
            problems.append((broken if broken in IDS else "", f"{name}: {report.violation.promise}"))
        elif not report.complete:
            problems.append(("", f"{name}: not complete"))
        if expected not in (None, report[:3]):
            problems.append(("", f"{name}: the counts have changed"))
        for promise in ALWAYS:
            if PARTNERS[promise].__name__ not in report.unmet:
                credit[promise_id(promise)] += report.states
        rows.append((name, *_counts(report), f"{len(SOMETIMES) - len(report.unmet)} of {len(SOMETIMES)}"))
    cells = {
        promise: f"{states:,} states" if states else "holds, but was not put to the test here"
        for promise, states in credit.items()
    }
    left = len(PINNED) - len(chosen)
    omitted = f"{left} of {len(PINNED)} large scenarios." if left else ""
    table = Table(
        "Scenarios of the model, each explored completely",
        ("scenario", "states", "transitions", "depth", "promises put to the test"),
        tuple(rows),
    )
    pictures = (state_space(), growth())
    return Evidence(Reach.COMPLETE, cells, total, "states", omitted, tuple(problems), (table,), pictures)


def _counts(report: Report[Any]) -> tuple[str, str, str]:
    return f"{report.states:,}", f"{report.transitions:,}", str(report.depth)


def mutants(extent: Extent) -> Evidence | None:
    """Judge each wrong specification by the promise that it breaks; and the right one, by all."""
    from tests.model.test_mutants import MUTANTS

    chosen = spread(tuple(MUTANTS), extent.spec_mutants)
    if not chosen:
        return None
    rows, problems = [], []
    killed, asked = dict.fromkeys(IDS, 0), dict.fromkeys(IDS, 0)
    pictures: list[Picture] = []
    for name in chosen:
        mutant = MUTANTS[name]
        promise = promise_id(mutant.breaks)
        asked[promise] += 1
        report = run(mutant.scenario, actions={**ACTIONS, mutant.verb: mutant.action}, always=(mutant.breaks,))
        found = report.violation
        dead = found is not None and found.promise == mutant.breaks.__name__
        killed[promise] += dead
        if not dead:
            problems.append((promise, f"{name} is not found"))
        rows.append((name, promise, f"{report.states:,}", str(len(found.trace)) if found is not None else "lives"))
        if found is not None and not pictures:
            steps = [Row(step.actor, step.text) for step, _ in found.trace]
            steps[-1] = steps[-1]._replace(note=found.promise)
            actors = dict.fromkeys(row.actor for row in steps)
            caption = f"The shortest way in which the mutant \u201c{name}\u201d breaks {promise}"
            pictures.append(Picture(caption, svg_lanes(actors, steps, title=caption), str(found), standalone=True))
    cells = {promise: f"{killed[promise]} of {count} killed" for promise, count in asked.items() if count}
    left = len(MUTANTS) - len(chosen)
    omitted = f"{left} of {len(MUTANTS)} mutants." if left else ""
    table = Table(
        "Mutants of the specification", ("mutant", "breaks", "states looked at", "steps to the break"), tuple(rows)
    )
    count = sum(killed.values())
    return Evidence(Reach.COMPLETE, cells, count, "mutants", omitted, tuple(problems), (table,), tuple(pictures))


WITNESSES = {
    "Disruptor_SPMC": (Setting(writers=1, readers=3), False, (8_496, 28_049, 82)),
    "Disruptor_MPMC_liveliness": (Setting(writers=2, readers=2), True, (14_365, 44_581, 61)),
    "Disruptor_MPMC": (Setting(writers=2, readers=3), True, (112_929, 422_781, 81)),
}
"""What TLC found, as published; `tests/model/test_witness.py` says where. It is what is compared with, not what is shown."""


def witness(extent: Extent) -> Evidence | None:
    """Explore the published models, and compare the counts with TLC's."""
    chosen = tuple(WITNESSES)[: extent.witnesses]
    if not chosen:
        return None
    rows, problems, total = [], [], 0
    for name in chosen:
        setting, multi, published = WITNESSES[name]
        report = run_witness(setting, multi=multi)
        total += report.states
        same = report.complete and report[:3] == published
        if not same:
            problems.append(("", f"{name}: not the counts of TLC"))
        rows.append((name, *_counts(report), "the same" if same else "NOT the same"))
    left = len(WITNESSES) - len(chosen)
    table = Table("Published models", ("model", "states", "transitions", "depth", "as TLC counted"), tuple(rows))
    omitted = f"{left} of {len(WITNESSES)} published models." if left else ""
    return Evidence(Reach.COMPLETE, {}, total, "states", omitted, tuple(problems), (table,))
