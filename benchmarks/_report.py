"""What a run of the benchmarks says: where it was run, and a table a section, in the terminal and as JSON."""

import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

from benchmarks._latency import AT_MOST, Latency
from benchmarks._timing import Result, is_compiled, middle

Latencies = dict[str, list[Latency]]


def surroundings() -> dict[str, Any]:
    """Return what the figures depend on."""
    compiled = is_compiled()
    gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "machine": platform.machine(),
        "system": platform.system(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "disruptor": "compiled" if compiled else "interpreted",
        "gil": bool(gil),
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
    cells.append("; ".join(verdict(result, peer, target) for peer, target in result.targets()) or "-")
    return "| " + " | ".join(cells) + " |"


def verdict(result: Result, peer: str, target: float) -> str:
    """Return a target, and whether it was reached."""
    reached = middle(result.ratios(peer))[0] >= target
    return f"{target:g} x {peer}: {'reached' if reached else '**falls short**'}"


def table(results: list[Result]) -> str:
    """Return the tables of all sections in Markdown."""
    parts = []
    for section in dict.fromkeys(result.section for result in results):
        mine = [line(result) for result in results if result.section == section]
        head = ["| | events/s, median (extremes) | ratio, median (extremes) | target |", "| --- | --- | --- | --- |"]
        parts.append("\n".join([f"### {section}", "", *head, *mine]))
    return "\n\n".join(parts)


def latency_table(found: dict[str, Latencies]) -> str:
    """Return the latencies in Markdown; the target is a bound of the ratio of the medians."""
    lines = ["| | contender | p50 | p99 | p99.9 | target |", "| --- | --- | --- | --- | --- | --- |"]
    for where, contenders in found.items():
        for k, (name, rounds) in enumerate(contenders.items()):
            cells = [f"{middle([one[rank] for one in rounds])[0]:,.1f} us" for rank in range(3)]
            cells.append(_at_most(where, contenders) if k == 0 else "")
            lines.append(f"| {where} | {name} | {' | '.join(cells)} |")
    return "\n".join(["### latency, median of the rounds", "", *lines])


def _at_most(where: str, contenders: Latencies) -> str:
    if where not in AT_MOST:
        return "-"
    peer, bound = AT_MOST[where]
    if peer not in contenders:
        return "-"
    ours = next(iter(contenders.values()))
    ratio = middle([mine.p50 / other.p50 for mine, other in zip(ours, contenders[peer], strict=True)])
    reached = "reached" if ratio[0] <= bound else "**falls short**"
    return f"p50 at most {bound:g} x {peer}: {ratio[0]:.2f} ({ratio[1]:.2f} to {ratio[2]:.2f}), {reached}"


def operations_table(found: dict[str, list[dict[str, float]]]) -> str:
    """Return what operations cost, in Markdown, and how many times faster the compiled ones are."""
    ours = found["this build"]
    compiled = found.get("compiled", [])
    heads = ["", "nanoseconds, median (extremes)", *(["compiled", "times faster"] if compiled else [])]
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for name in ours[0]:
        columns = [[one[name] for one in build] for build in (ours, compiled) if build]
        cells = ["{:,.0f} ({:,.0f} to {:,.0f})".format(*middle(column)) for column in columns]
        if compiled:
            cells.append("{:.2f} ({:.2f} to {:.2f})".format(*middle([a / b for a, b in zip(*columns, strict=True)])))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(["### operations", "", *lines])


def write(
    path: Path,
    results: list[Result],
    latencies: dict[str, Latencies],
    operations: dict[str, list[dict[str, float]]],
) -> None:
    """Write everything as JSON."""
    plain = {
        "where": surroundings(),
        "results": [
            {**result._asdict(), "ratios": {peer: result.ratios(peer) for peer in list(result.rates)[1:]}}
            for result in results
        ],
        "latencies": {
            where: {name: [one._asdict() for one in rounds] for name, rounds in contenders.items()}
            for where, contenders in latencies.items()
        },
        "operations": operations,
    }
    path.write_text(json.dumps(plain, indent=1), encoding="utf-8")
