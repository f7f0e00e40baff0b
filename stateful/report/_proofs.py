"""Evidence from provers: z3 on the protocol for every ring, CrossHair on the arithmetic that the library calls.

Rule 1: an obligation or a condition counts for a promise only if it names it. All others are what these rest on; they are
        in the total, and each has to be proved.
Rule 2: what waits for what can happen is L2's; no proof speaks of wake-ups or of time-outs.
"""

import ast
import re
import time
from collections import Counter, defaultdict
from pathlib import Path

from stateful.report._evidence import IDS, Evidence, Extent, Reach, Table


def z3(extent: Extent) -> Evidence | None:
    """Prove the obligations, and play the scenes that show that they are not empty."""
    if extent.z3 == 0:
        return None
    from tests.proofs.prove import obligations, verdicts
    from tests.proofs.scenes import SCENES, play

    if extent.z3 is None:
        found, left = verdicts(), 0
    else:
        todo = [*obligations()]
        found, left = [one.verdict() for one in todo[-extent.z3 :]], max(0, len(todo) - extent.z3)
    groups: dict[str, list[float]] = defaultdict(list)
    cells: Counter[str] = Counter()
    proved: Counter[str] = Counter()
    problems = []
    for verdict in found:
        groups[verdict.group].append(verdict.seconds)
        named = verdict.name.partition(":")[0]
        promise = named if named in IDS else "L2" if verdict.group == "progress" else ""
        cells[promise] += bool(promise)
        if verdict.verdict == "proved":
            proved[verdict.group] += 1
        else:
            problems.append((promise, f"{verdict.group}: {verdict.name}: {verdict.verdict}"))
    scenes = {name: play(scene) for name, scene in SCENES.items()} if not left else {}
    problems += [("", f"no run plays {name!r}") for name, played in scenes.items() if played is None]
    rows = [(name, str(len(all_)), str(proved[name]), f"{sum(all_):.2f}") for name, all_ in groups.items()]
    rows.append(("all", str(len(found)), str(sum(proved.values())), f"{sum(map(sum, groups.values())):.2f}"))
    tables = [Table("Obligations for z3", ("group", "obligations", "proved", "seconds"), tuple(rows))]
    if scenes:
        played = tuple((name, "no such run" if run is None else f"{len(run)} states") for name, run in scenes.items())
        tables.append(Table("Runs that show that the proofs are not empty", ("scene", "played in"), played))
    omitted = f"{left} obligations, and the scenes." if left else ""
    named_cells = {promise: naming(count, "obligation") for promise, count in cells.items() if count}
    count = sum(proved.values())
    return Evidence(Reach.PROVED, named_cells, count, "obligations", omitted, tuple(problems), tuple(tables))


def contracts(extent: Extent) -> Evidence | None:
    """Drive CrossHair through the gate, module by module."""
    if extent.contract_files == 0:
        return None
    from tests.contracts.gate import CONFIRMED, ROOT, analyse
    from tests.contracts.test_contracts import MODULES, conditions

    # The ones with the fewest conditions first: a quick report takes the first.
    names = sorted(MODULES, key=lambda name: sum(map(len, conditions(name).values())))
    chosen = names[: extent.contract_files]
    rows, problems, cells, total = [], [], Counter[str](), 0
    for name in chosen:
        begin = time.perf_counter()
        verdicts = analyse(ROOT / name)
        confirmed = {verdict.line for verdict in verdicts.found if verdict.state == CONFIRMED}
        problems += [("", f"{name}: {problem}") for problem in verdicts.problems]
        total += len(confirmed)
        seconds = time.perf_counter() - begin
        rows.append((name, str(len(verdicts.written.posts)), str(len(confirmed)), f"{seconds:.1f}"))
        for function, text in docstrings(ROOT / name).items():
            lines = conditions(name).get(function, frozenset())
            for promise in {*re.findall(r"\b[SL][1-9]\b", text)} & {*IDS}:
                cells[promise] += len(lines & confirmed)
    table = Table("Contracts, through the gate", ("file", "conditions", "confirmed", "seconds"), tuple(rows))
    said = {promise: naming(count, "condition") for promise, count in cells.items() if count}
    omitted = f"{len(names) - len(chosen)} of {len(names)} files: {', '.join(names[len(chosen) :])}."
    omitted = omitted if len(chosen) < len(names) else ""
    return Evidence(Reach.PROVED, said, total, "conditions", omitted, tuple(problems), (table,))


def naming(count: int, what: str) -> str:
    """Return so many of them in words."""
    return f"{count} {what} names it" if count == 1 else f"{count} {what}s name it"


def docstrings(path: Path) -> dict[str, str]:
    """Return the docstrings of the functions of a file."""
    functions = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]
    return {function.name: ast.get_docstring(function) or "" for function in functions}
