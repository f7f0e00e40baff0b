"""The command `python -m benchmarks`: every case, interleaved with its peers, as tables, JSON and pictures.

Rule: nothing here is a test. Figures are ratios of one run on one machine; what falls short of its target is shown as that.
"""

import argparse
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from benchmarks import _graphs, _latency, _processes, _scaling, _threads, _waits
from benchmarks._report import Latencies, latency_table, surroundings, table, write
from benchmarks._timing import Case, Result, measure

SECTIONS: dict[str, Callable[[float], list[Case]]] = {
    "threads": _threads.cases,
    "graphs": _graphs.cases,
    "scaling": _scaling.cases,
    "processes": _processes.cases,
}
LATENCY, RECORDS, WAITS = "latency", "records", "waits"


def main(arguments: list[str]) -> int:
    """Run what was asked for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the events, three rounds: within two minutes")
    parser.add_argument("--rounds", type=int, help="rounds of each case (default: 7, quick: 3)")
    parser.add_argument(
        "--only", choices=[*SECTIONS, RECORDS, LATENCY, WAITS], action="append", help="some sections only"
    )
    parser.add_argument("--json", type=Path, help="write everything here")
    parser.add_argument("--pictures", type=Path, help="draw into this directory (needs matplotlib)")
    options = parser.parse_args(arguments)
    rounds = options.rounds or (3 if options.quick else 7)
    scale = 0.2 if options.quick else 1.0
    chosen = options.only or [*SECTIONS, RECORDS, LATENCY, WAITS]
    begin = time.perf_counter()
    results: list[Result] = []
    for name in chosen:
        for case in _cases(name, scale):
            results.append(measure(case, rounds, _progress))
    latencies: dict[str, Latencies] = {}
    if LATENCY in chosen:
        _progress("latency")
        latencies["threads"] = _latency.measured(rounds, int(20_000 * scale))
    waits = _waits.measured(rounds, int(1_000 * scale), _progress) if WAITS in chosen else {}
    _progress("")
    print("; ".join(f"{name}: {value}" for name, value in surroundings().items()))
    print(f"{rounds} rounds, {time.perf_counter() - begin:.0f} s\n")
    print(table(results))
    if latencies:
        print("\n" + latency_table(latencies))
    if waits:
        print("\n" + _waits.waits_table(waits))
    if options.json is not None:
        write(options.json, results, latencies)
    if options.pictures is not None:
        from benchmarks._pictures import draw

        draw(results, latencies, options.pictures)
    return 0


def _cases(name: str, scale: float) -> list[Case]:
    if name in (LATENCY, WAITS):
        return []
    if name != RECORDS:
        return SECTIONS[name](scale)
    if find_spec("numpy") is None:
        return []
    from benchmarks import _copying

    return _copying.cases(scale)


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
