"""How many kernel calls an event costs: `python -m benchmarks._calls` counts them with `strace`.

Rule: a case is run with so many events and with three times as many; the difference is what the events cost, without the
start and the end.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import _processes, _threads

EVENTS = 6_400

CASES: dict[str, Callable[[int], float]] = {
    "threads, one a call": partial(_threads.ring_unicast, 1),
    "threads, batches of 64": partial(_threads.ring_unicast, 64),
    "queue.Queue": partial(_threads.queue_unicast, _threads.bounded),
    "processes, one a call": partial(_processes.ring, 1),
    "processes, batches of 64": partial(_processes.ring, 64),
    "multiprocessing.Queue": _processes.queues,
    "multiprocessing.Pipe": _processes.pipes,
}


def counted(case: str, events: int) -> dict[str, int]:
    """Return how often each kernel call was made, by all threads and processes."""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts"
        command = ["strace", "-f", "-c", "-U", "name,calls", "-o", str(counts)]
        child = [sys.executable, "-m", "benchmarks._calls", "--run", case, "--events", str(events)]
        subprocess.run([*command, *child], check=True, timeout=300)
        lines = [line.split() for line in counts.read_text(encoding="utf-8").splitlines()]
    return {line[0]: int(line[1]) for line in lines if len(line) == 2 and line[1].isdigit()}


def main(arguments: list[str]) -> int:
    """Count, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks._calls", description=__doc__)
    parser.add_argument("--run", choices=CASES, help="run one case only, and count nothing")
    parser.add_argument("--events", type=int, default=EVENTS)
    options = parser.parse_args(arguments)
    if options.run is not None:
        CASES[options.run](options.events)
        return 0
    print("| | kernel calls an event | most of them |\n| --- | --- | --- |")
    for case in CASES:
        few, many = counted(case, options.events), counted(case, 3 * options.events)
        extra = {call: (many[call] - few.get(call, 0)) / (2 * options.events) for call in many if call != "total"}
        most = sorted(extra, key=lambda call: -extra[call])[:3]
        told = ", ".join(f"{call} {extra[call]:.2f}" for call in most if extra[call] >= 0.005)
        print(f"| {case} | {sum(extra.values()):.2f} | {told or '-'} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
