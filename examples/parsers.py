"""A pool of parsers: lines of several devices, parsed by whoever is free, but those of one device in order.

`python -m examples.parsers`
"""

import logging
import threading
from collections import defaultdict
from typing import NamedTuple

from disruptor import Disruptor, Sequence, on_error


class Reading(NamedTuple):
    """What a line says."""

    device: str
    number: int
    value: float


class Line:
    """A slot of the ring: a line, and what the parsers have made of it."""

    def __init__(self) -> None:
        self.text = ""
        self.reading: Reading | None = None


def device_of(line: Line) -> str:
    """Return the key: lines of one device are parsed in order, one at a time."""
    return line.text.partition(" ")[0]


class Parser:
    """A worker. The parsers share what was last parsed of each device: no two of them are ever at the same device."""

    def __init__(self, last: dict[str, int]) -> None:
        self.last = last

    def on_event(self, line: Line, sequence: Sequence, end_of_batch: bool) -> None:
        """Parse a line."""
        line.reading = None
        device, number, value = line.text.split()
        reading = Reading(device, int(number), float(value))
        if reading.number != self.last.get(device, -1) + 1:
            raise RuntimeError(f"{reading} after {self.last.get(device)}")
        self.last[device] = reading.number
        line.reading = reading


def main() -> None:
    """Parse the lines of three devices with four parsers, one of which leaves in the middle, and sum up after them."""
    logging.getLogger("disruptor").addHandler(logging.NullHandler())  # what is skipped is logged, and not shown here
    ring: Disruptor[Line] = Disruptor(64, Line)
    last: dict[str, int] = {}
    sums: defaultdict[str, float] = defaultdict(float)
    order: list[int] = []
    garbled: list[int] = []

    def sum_up(line: Line, sequence: Sequence, end_of_batch: bool) -> None:
        order.append(sequence)
        if line.reading is None:
            garbled.append(sequence)
        else:
            sums[line.reading.device] += line.reading.value

    def ours(failure: on_error.Failure) -> on_error.Decision:
        return on_error.SKIP if isinstance(failure.error, ValueError) else on_error.STOP

    pool = ring.handle_events_with_pool(*(Parser(last) for _ in range(4)), name="parser", key=device_of, on_error=ours)
    pool.then(sum_up)

    def send(text: str) -> None:
        with ring.claim() as claim:
            claim[0].text = text

    def sends(device: str) -> None:
        for number in range(100):
            send(f"{device} {number} {number / 4}")

    with ring:
        devices = [threading.Thread(target=sends, args=(device,)) for device in ("gauge", "meter", "scale")]
        for thread in devices:
            thread.start()
        send("gauge ? ?")
        pool.remove("parser-1")
        for thread in devices:
            thread.join()

    print(f"{len(order)} lines in order: {order == list(range(301))}, {len(garbled)} garbled")
    for device in sorted(sums):
        print(f"{device}: {last[device] + 1} readings, {sums[device]:g} in all")


if __name__ == "__main__":
    main()
