"""A log file is followed by a thread, and three tasks of an event loop each do something else with every line.

Run: python examples/tailing.py [LINES]
One counts, one looks for errors, one sends everything to a viewer. A viewer that is slow holds the others back by a ring
full of lines, and no further: nothing grows without bound, and nothing is lost. It ends with an error if a line is missing.
"""

import asyncio
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from disruptor import Disruptor
from disruptor.aio import AsyncSubscriber

LEVELS = ("INFO", "INFO", "WARNING", "INFO", "ERROR")


def serve(log: Path, lines: int) -> None:
    """Be the service that writes the log."""
    with log.open("a", encoding="utf-8") as file:
        for number in range(lines):
            file.write(f"{LEVELS[number % len(LEVELS)]} request {number}\n")
            file.flush()
        file.write("END\n")


def follow(log: Path, ring: Disruptor[str]) -> None:
    """Publish each line of a file that grows, in a thread: a file cannot be awaited. The ring is closed at its end."""
    with ring, log.open(encoding="utf-8") as file:
        line = ""
        while line != "END\n":
            line += file.readline()
            if not line.endswith("\n"):
                time.sleep(0.001)  # not written yet
            elif line != "END\n":
                ring.publish(line.rstrip())  # waits for the slowest of the three
                line = ""


async def count(lines: AsyncSubscriber[str]) -> Counter[str]:
    """Count the lines of each level, as many at once as there are."""
    levels: Counter[str] = Counter()
    async for batch in lines.batches():
        levels.update(line.partition(" ")[0] for line in batch)
    return levels


async def alarm(lines: AsyncSubscriber[str]) -> list[str]:
    """Collect the errors."""
    return [line async for line in lines if line.startswith("ERROR")]


async def send(lines: AsyncSubscriber[str], viewer: asyncio.StreamWriter) -> None:
    """Send everything to a viewer, as fast as he takes it."""
    async for line in lines:
        viewer.write(f"{line}\n".encode())
        await viewer.drain()
    viewer.close()
    await viewer.wait_closed()


async def view(stream: asyncio.StreamReader) -> int:
    """Be the viewer: return how many lines there were."""
    seen = 0
    async for line in stream:
        seen += line.startswith((b"INFO", b"WARNING", b"ERROR"))
    return seen


async def main(lines: int) -> int:
    """Run the example; return 0 if nothing was lost."""
    ring: Disruptor[str] = Disruptor(64)
    ours, theirs = socket.socketpair()
    _, viewer = await asyncio.open_connection(sock=ours)
    stream, writer = await asyncio.open_connection(sock=theirs)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "service.log"
        log.touch()
        async with asyncio.TaskGroup() as tasks:
            levels = tasks.create_task(count(ring.subscribe_async(name="counts")))
            errors = tasks.create_task(alarm(ring.subscribe_async(name="errors")))
            tasks.create_task(send(ring.subscribe_async(name="viewer"), viewer))
            seen = tasks.create_task(view(stream))
            for work in (
                threading.Thread(target=serve, args=(log, lines)),
                threading.Thread(target=follow, args=(log, ring)),
            ):
                work.start()
    writer.close()
    print(f"{lines} lines: {dict(levels.result())}")
    print(f"{len(errors.result())} errors, the last one {errors.result()[-1]!r}")
    print(f"the viewer has seen {seen.result()}")
    return int(not levels.result().total() == seen.result() == lines)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)))
