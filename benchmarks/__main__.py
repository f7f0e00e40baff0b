"""The command `python -m benchmarks`: every case, interleaved with its peers, as tables, JSON and pictures.

Rule: nothing here is a test. Figures are ratios of one run on one machine; what falls short of its target is shown as that.
"""

import argparse
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from benchmarks import (
    _compiled,
    _graphs,
    _latency,
    _lmax,
    _operations,
    _payloads,
    _processes,
    _scaling,
    _threads,
    _waits,
)
from benchmarks._report import Latencies, latency_table, operations_table, surroundings, table, write
from benchmarks._timing import Case, measure
from stateful.pieces import rewritten

THREADS = "threads"
SECTIONS: dict[str, Callable[[float], list[Case]]] = {
    THREADS: _threads.cases,
    "graphs": _graphs.cases,
    "scaling": _scaling.cases,
    "processes": _processes.cases,
    "payloads": _payloads.cases,
}
RECORDS, LATENCY, OPERATIONS, LMAX, WAITS = "records", "latency", "operations", "lmax", "waits"
ALL = (*SECTIONS, RECORDS, LATENCY, OPERATIONS, LMAX, WAITS)
DOCS = Path(__file__).parent.parent / "docs"
QUICK = {THREADS: 0.1, "waits": 0.1}
"""The share of the events that a quick run takes, where it is not a twentieth: what is fast needs more of them."""


def main(arguments: list[str]) -> int:
    """Run what was asked for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer events, three rounds: within two minutes")
    parser.add_argument("--rounds", type=int, help="rounds of each case (default: 7, quick: 3)")
    parser.add_argument("--only", choices=ALL, action="append", help="some sections only")
    parser.add_argument("--compiled", type=Path, metavar="PYTHON", help="an interpreter that has the compiled wheel")
    parser.add_argument("--json", type=Path, help="write everything here")
    parser.add_argument("--pictures", type=Path, help="draw into this directory (needs matplotlib)")
    parser.add_argument("--docs", action="store_true", help="put tables and pictures into docs/performance.md")
    options = parser.parse_args(arguments)
    rounds = options.rounds or (3 if options.quick else 7)
    chosen = options.only or ALL

    def scaled(name: str) -> float:
        return QUICK.get(name, 0.05) if options.quick else 1.0

    begin = time.perf_counter()
    cases = [case for name in chosen for case in _cases(name, scaled(name))]
    if THREADS in chosen and options.compiled is not None:
        cases.append(_compiled.case(options.compiled, scaled(THREADS)))
    results = [measure(case, rounds, _progress) for case in cases]
    if LMAX in chosen:
        lacking = _lmax.missing()
        _progress(f"LMAX is left out: {lacking} is missing" if lacking else "LMAX")
        results += [] if lacking else _lmax.measured(rounds, 100_000 if options.quick else 500_000)
    latencies: dict[str, Latencies] = {}
    for where in _latency.CONTENDERS if LATENCY in chosen else ():
        _progress(f"latency: {where}")
        latencies[where] = _latency.measured(where, rounds, int(10_000 * scaled(LATENCY)))
    operations: dict[str, list[dict[str, float]]] = {}
    if OPERATIONS in chosen:
        _progress("operations")
        operations = _operations.measured(rounds, options.compiled)
    waits = _waits.measured(rounds, int(1_000 * scaled(WAITS)), _progress) if WAITS in chosen else {}
    _progress("")
    told = "; ".join(f"{name}: {value}" for name, value in surroundings().items())
    parts = [f"{told}; {rounds} rounds, {time.perf_counter() - begin:.0f} s", table(results)]
    parts += [latency_table(latencies)] if latencies else []
    parts += [operations_table(operations)] if operations else []
    parts += [_waits.waits_table(waits)] if waits else []
    print("\n\n".join(parts))
    if options.json is not None:
        write(options.json, results, latencies, operations)
    folder = DOCS / "performance" if options.docs else options.pictures
    if folder is not None:
        from benchmarks._pictures import draw

        draw(results, latencies, folder)
    if options.docs:
        page = DOCS / "performance.md"
        made = {"measured": "\n\n".join(parts)}
        page.write_text(rewritten(page.read_text(encoding="utf-8"), made), encoding="utf-8")
    return 0


def _cases(name: str, scale: float) -> list[Case]:
    if name in SECTIONS:
        return SECTIONS[name](scale)
    if name != RECORDS or find_spec("numpy") is None:
        return []
    from benchmarks import _copying

    return _copying.cases(scale)


def _progress(text: str) -> None:
    """Say what is being run: in place on a terminal; line by line, and not each round, elsewhere."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
    elif text and ("round" not in text or "round 1 " in text):
        sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
