"""Two producers publish the lines of two files; three subscribers read them: one fast, one slow, one that joins late.

Run: python examples/lines.py [FILE FILE]
It prints what each subscriber received, and ends with an error if a line was lost, doubled or out of order.
"""

import sys
import threading
from pathlib import Path

from disruptor import Disruptor, InsufficientCapacity, Start, Subscriber, WaitTimeout

ROOT = Path(__file__).parent.parent
CAPACITY = 8

Line = tuple[str, int, str]
"""File, number of the line, text."""


def publish(ring: Disruptor[Line], path: Path, waits: list[int]) -> None:
    """Publish a file line by line; count how often the ring stayed full for a hundredth of a second."""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines()):
        while True:
            try:
                ring.publish((path.name, number, text), timeout=0.01)
                break
            except InsufficientCapacity:
                waits.append(number)


def receive(subscriber: Subscriber[Line], received: list[Line], waits: list[int]) -> None:
    """Collect lines one by one."""
    for line in subscriber:
        received.append(line)


def receive_slowly(subscriber: Subscriber[Line], received: list[Line], waits: list[int]) -> None:
    """Collect lines in small batches, with something to do after each, until the ring is closed and empty."""
    for batch in subscriber.batches(max_events=3):
        received.extend(batch)
        busy = threading.Event()
        busy.wait(0.002)


def receive_with_timeouts(subscriber: Subscriber[Line], received: list[Line], waits: list[int]) -> None:
    """Collect batches, and count how often nothing came for a millisecond."""
    while not received or received[-1][0] != "end":
        try:
            with subscriber.read(timeout=0.001) as batch:
                received.extend(batch)
        except WaitTimeout:
            waits.append(subscriber.sequence)


def main(first: Path, second: Path) -> int:
    """Run the example; return 0 if nothing was lost."""
    ring: Disruptor[Line] = Disruptor(CAPACITY)
    received: dict[str, list[Line]] = {"fast": [], "slow": [], "late": []}
    waits: dict[str, list[int]] = {name: [] for name in (*received, "producers")}
    fast = ring.register_subscriber(name="fast")
    slow = ring.register_subscriber(name="slow")
    readers = [
        threading.Thread(target=receive, args=(fast, received["fast"], waits["fast"])),
        threading.Thread(target=receive_slowly, args=(slow, received["slow"], waits["slow"])),
    ]
    writers = [threading.Thread(target=publish, args=(ring, path, waits["producers"])) for path in (first, second)]
    for thread in (*readers, *writers):
        thread.start()

    total = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in (first, second))
    ring.wait_for(total // 2, timeout=30)
    late = ring.register_subscriber(start=Start.EARLIEST, name="late")
    joined_at = late.sequence + 1
    readers.append(threading.Thread(target=receive_with_timeouts, args=(late, received["late"], waits["late"])))
    readers[-1].start()

    for thread in writers:
        thread.join()
    ring.publish(("end", 0, ""))
    ring.close()
    for thread in readers:
        thread.join()

    everything = received["fast"]
    ok = True
    for path in (first, second):
        expected = path.read_text(encoding="utf-8").splitlines()
        ok &= [text for name, _, text in everything if name == path.name] == expected
    ok &= received["slow"] == everything and received["late"] == everything[joined_at:]
    print(f"published {ring.cursor + 1} events from {first.name} and {second.name} through {CAPACITY} slots")
    print(f"the ring stayed full past a producer's time-out {len(waits['producers'])} times")
    for name, lines in received.items():
        start = joined_at if name == "late" else 0
        last = next(text for file, _, text in reversed(lines) if file != "end")
        print(f"{name:4} received {len(lines):3} events, from sequence {start}; last line: {last!r}")
    print("nothing was lost, doubled or out of order" if ok else "SOMETHING WENT WRONG")
    return 0 if ok else 1


if __name__ == "__main__":
    paths = [Path(name) for name in sys.argv[1:3]]
    sys.exit(main(*paths) if len(paths) == 2 else main(ROOT / "LICENSE", ROOT / "examples" / "data" / "planets.csv"))
