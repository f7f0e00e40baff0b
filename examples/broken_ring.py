"""Somebody else's ring buffer, judged by the model.

`BrokenRing` forgets that its slowest reader has yet to read what it overwrites. The oracle is told what happened, and
answers with the first thing that no correct ring would have done.

Run: python examples/broken_ring.py
"""

from model import calls
from model.oracle import Mismatch, Oracle
from model.state import Outcome


class BrokenRing:
    """A ring of two slots for any number of readers, by somebody in a hurry."""

    def __init__(self) -> None:
        self.slots = ["", ""]
        self.published = -1
        self.positions: dict[str, int] = {}

    def register(self, name: str) -> int:
        self.positions[name] = -1
        return 0

    def publish(self, event: str) -> int:
        self.published += 1  # should wait for the slowest reader
        self.slots[self.published % 2] = event
        return self.published

    def read(self, name: str) -> tuple[int, str]:
        self.positions[name] += 1
        return self.positions[name], self.slots[self.positions[name] % 2]


def judge(ring: BrokenRing) -> None:
    """Use the ring, and tell the oracle everything."""
    oracle = Oracle(capacity=2)
    oracle.invoke("R", calls.register_subscriber("R"))
    oracle.respond("R", Outcome("ok", (ring.register("R"),)))
    for event in ("a", "b", "c"):
        oracle.invoke("P", calls.publish(event))
        oracle.respond("P", Outcome("ok", (ring.publish(event),)))
    oracle.invoke("R", calls.read("R", max_events=1))
    sequence, event = ring.read("R")
    oracle.respond("R", Outcome("ok", (sequence,), (event,)))


if __name__ == "__main__":
    try:
        judge(BrokenRing())
    except Mismatch as mismatch:
        print(mismatch)
