"""What a run of the benchmarks says: where it was run, and a table a section, in the terminal and as JSON."""

import json
import os
import platform
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import disruptor
from benchmarks._latency import Latency
from benchmarks._timing import Result, middle

Latencies = dict[str, list[Latency]]


def surroundings() -> dict[str, Any]:
    """Return what the figures depend on."""
    spec = find_spec("disruptor._sequencer")
    compiled = spec is not None and not (spec.origin or "").endswith(".py")
    gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "machine": platform.machine(),
        "system": platform.system(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "disruptor": "compiled" if compiled else "interpreted",
        "gil": bool(gil),
        "public names": len(disruptor.__all__),
    }


def line(result: Result) -> str:
    """Return a result as one line of a table in Markdown."""
    ours, *peers = result.rates
    rate = middle(result.rates[ours])
    cells = [result.name, f"{rate[0]:,.0f} ({rate[1]:,.0f} to {rate[2]:,.0f})"]
    told = []
    for peer in peers:
        ratio = middle(result.ratios(peer))
        told.append(f"{ratio[0]:.2f} x {peer} ({ratio[1]:.2f} to {ratio[2]:.2f})")
    cells.append("; ".join(told) or "-")
    cells.append("-" if result.target is None else f"{result.target:g} x {peers[0]}: {verdict(result)}")
    return "| " + " | ".join(cells) + " |"


def verdict(result: Result) -> str:
    """Return whether a target was reached."""
    if result.target is None:
        return ""
    peer = list(result.rates)[1]
    return "reached" if middle(result.ratios(peer))[0] >= result.target else "falls short"


def table(results: list[Result]) -> str:
    """Return the tables of all sections in Markdown."""
    parts = []
    for section in dict.fromkeys(result.section for result in results):
        mine = [line(result) for result in results if result.section == section]
        head = ["| | events/s, median (extremes) | ratio, median (extremes) | target |", "| --- | --- | --- | --- |"]
        parts.append("\n".join([f"### {section}", "", *head, *mine]))
    return "\n\n".join(parts)


def latency_table(found: dict[str, Latencies]) -> str:
    """Return the latencies in Markdown."""
    lines = ["| | contender | p50 | p99 | p99.9 |", "| --- | --- | --- | --- | --- |"]
    for where, contenders in found.items():
        for name, rounds in contenders.items():
            cells = [f"{middle([one[k] for one in rounds])[0]:.1f} us" for k in range(3)]
            lines.append(f"| {where} | {name} | {' | '.join(cells)} |")
    return "\n".join(["### round trips, one event in flight, median of the rounds", "", *lines])


def write(path: Path, results: list[Result], latencies: dict[str, Latencies]) -> None:
    """Write everything as JSON."""
    plain = {
        "where": surroundings(),
        "results": [result._asdict() for result in results],
        "latencies": {
            where: {name: [one._asdict() for one in rounds] for name, rounds in contenders.items()}
            for where, contenders in latencies.items()
        },
    }
    path.write_text(json.dumps(plain, indent=1), encoding="utf-8")
