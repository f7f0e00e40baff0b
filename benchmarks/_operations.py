"""What one operation costs by itself: one thread, nobody waits, seconds of the processor; `SimpleQueue` in the same run.

Rule 1: with `--compiled PYTHON`, the same is measured by that interpreter, where the compiled wheel is installed, in turn.
Rule 2: it is a file of its own that imports nothing of these benchmarks: it runs in that interpreter as a program.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from disruptor import Disruptor

MANY = 64


def ring() -> tuple[Any, Any]:
    """Return a ring that is never full here, and its subscriber."""
    made: Disruptor[int] = Disruptor(65_536)
    return made, made.register_subscriber()


def publish(n: int) -> float:
    """`publish`."""
    one = ring()[0].publish
    return timed(lambda: [one(k) for k in range(n)])


def publish_with_a_time_out(n: int) -> float:
    """`publish(timeout=...)`."""
    one = ring()[0].publish
    return timed(lambda: [one(k, timeout=1.0) for k in range(n)])


def publish_many(n: int) -> float:
    """`publish_many` of 64."""
    many, events = ring()[0].publish_many, list(range(MANY))
    return timed(lambda: [many(events) for _ in range(n // 8)]) * 8


def claim(n: int) -> float:
    """`with claim()`, in place."""
    made: Disruptor[list[int]] = Disruptor(65_536, lambda: [0])
    made.register_subscriber()

    def run() -> None:
        for k in range(n // 4):
            with made.claim() as one:
                one[0][0] = k

    return timed(run) * 4


def iterate(n: int) -> float:
    """An event of a loop."""
    made, reader = ring()
    made.publish_many(range(n))
    made.close()
    return timed(lambda: sum(1 for _ in reader))


def batches(n: int) -> float:
    """A batch of 4 of a loop over batches."""
    made, reader = ring()
    made.publish_many(range(n))
    made.close()
    return timed(lambda: sum(1 for _ in reader.batches(4))) * 4


def read(n: int) -> float:
    """`with read(4)`."""
    made, reader = ring()
    made.publish_many(range(n))

    def run() -> None:
        for _ in range(n // 4):
            with reader.read(4):
                pass

    return timed(run) * 4


def put(n: int) -> float:
    """`SimpleQueue.put`."""
    one = SimpleQueue[int]().put
    return timed(lambda: [one(k) for k in range(n)])


def get(n: int) -> float:
    """`SimpleQueue.get`."""
    line = SimpleQueue[int]()
    for k in range(n):
        line.put(k)
    one = line.get
    return timed(lambda: [one() for _ in range(n)])


OPERATIONS = (publish, publish_with_a_time_out, publish_many, claim, iterate, batches, read, put, get)


def timed(run: Callable[[], object]) -> float:
    """Return the seconds of the processor."""
    begin = time.process_time()
    run()
    return time.process_time() - begin


def once(n: int = 8_000) -> dict[str, float]:
    """Return the nanoseconds of each operation."""
    return {str(operation.__doc__).rstrip("."): operation(n) / n * 1e9 for operation in OPERATIONS}


def measured(rounds: int, compiled: Path | None) -> dict[str, list[dict[str, float]]]:
    """Return the nanoseconds of each operation, by build, one a round."""
    found: dict[str, list[dict[str, float]]] = {"this build": []}
    for _ in range(rounds):
        found["this build"].append(once())
        if compiled is not None:
            answer = subprocess.run(
                [compiled, __file__], stdout=subprocess.PIPE, text=True, check=True, timeout=600, cwd=compiled.parent
            )
            found.setdefault("compiled", []).append(json.loads(answer.stdout))
    return found


if __name__ == "__main__":
    sys.path.pop(0)  # this folder
    json.dump(once(), sys.stdout)
