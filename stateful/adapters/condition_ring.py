"""The reference: a ring that is one lock and one condition, so short that it can be seen to be right.

Rule 1: everything happens under the lock; every change wakes everybody; every wait re-tests its own condition.
Rule 2: the ring speaks in exceptions, `Refused` with the name of the model's error; the adapter says it in outcomes.
Rule 3: it has batches, joiners, time-outs and close. It has no claims, no upstreams, no loops and no halt.

Run: pytest stateful --ring=stateful.adapters.condition_ring:make
"""

from collections.abc import Callable
from typing import final

from disruptor._sync import Runtime
from model.calls import EARLIEST, LATEST
from model.oracle import View
from model.state import Call, Outcome

VERBS = frozenset({"publish", "publish_many", "remove_subscriber", "read", "release", "get", "close"})


class Refused(Exception):
    """The ring does not do that; the only argument is the name of the error."""


@final
class ConditionRing:
    """A lock, a condition, a list of slots, and a position for each subscriber."""

    def __init__(self, capacity: int, runtime: Runtime) -> None:
        self.clock, self.lock = runtime.monotonic_ns, runtime.lock()
        self.changed = runtime.condition(self.lock)
        self.slots = [""] * capacity
        self.published, self.closed = -1, False
        self.positions: dict[str, int] = {}

    def register(self, name: str, *, latest: bool) -> int:
        with self.lock:
            self.positions[name] = self.published if latest else max(-1, self.published - len(self.slots))
            return self.positions[name] + 1

    def remove(self, name: str) -> None:
        with self.lock:
            self.positions.pop(name, None)
            self.changed.notify_all()

    def publish(self, words: tuple[str, ...], end: int | None) -> range:
        with self.lock:
            first, last = self._wait(lambda: self._room(len(words)), end, "InsufficientCapacity")
            for s in range(first, last + 1):
                self.slots[s % len(self.slots)] = words[s - first]
            self.published = last
            self.changed.notify_all()
            return range(first, last + 1)

    def read(self, name: str, most: int, end: int | None) -> tuple[tuple[int, ...], tuple[str, ...]]:
        with self.lock:
            first, last = self._wait(lambda: self._news(name, most), end, "WaitTimeout")
            sequences = tuple(range(first, last + 1))
            return sequences, tuple(self.slots[s % len(self.slots)] for s in sequences)

    def wait_for(self, sequence: int, end: int | None) -> int:
        with self.lock:
            self._wait(lambda: self._come(sequence), end, "WaitTimeout")
            return sequence

    def mark(self, name: str, sequence: int) -> None:
        with self.lock:
            if name in self.positions:
                self.positions[name] = sequence
                self.changed.notify_all()

    def get(self, sequence: int) -> str:
        with self.lock:
            if not self.published - len(self.slots) < sequence <= self.published:
                raise Refused("SequenceNotFound" if sequence > self.published else "OutdatedSequence")
            return self.slots[sequence % len(self.slots)]

    def close(self) -> None:
        with self.lock:
            self.closed = True
            self.changed.notify_all()

    def _room(self, n: int) -> tuple[int, int] | None:
        if self.closed and n:
            raise Refused("DisruptorClosed")
        first, last = self.published + 1, self.published + n
        lowest = min(self.positions.values(), default=self.published)
        return (first, last) if last <= lowest + len(self.slots) else None

    def _news(self, name: str, most: int) -> tuple[int, int] | None:
        if name not in self.positions:
            raise Refused("SubscriberClosed")
        first, last = self.positions[name] + 1, min(self.published, self.positions[name] + most)
        if self.closed and first > last:
            raise Refused("DisruptorClosed")
        return (first, last) if first <= last else None

    def _come(self, sequence: int) -> tuple[int, int] | None:
        if self.closed and sequence > self.published:
            raise Refused("DisruptorClosed")
        return (sequence, sequence) if sequence <= self.published else None

    def _wait(self, ready: Callable[[], tuple[int, int] | None], end: int | None, late: str) -> tuple[int, int]:
        while (sequences := ready()) is None:
            left = None if end is None else (end - self.clock()) / 1e9
            if left is not None and left <= 0:
                raise Refused(late)
            self.changed.wait(left)
        return sequences


@final
class Adapter:
    """Says what `ConditionRing` can do, in the model's words; it remembers who reads, and what is in whose hand."""

    notices_itself = False

    def __init__(self, capacity: int, runtime: Runtime) -> None:
        self.ring = ConditionRing(capacity, runtime)
        self.hands: dict[str, int] = {}

    def can(self, call: Call) -> bool:
        """Tell whether the ring has the verb; nobody is after anybody, and only the ring waits for a sequence."""
        if call.verb == "register_subscriber":
            return call.sequence in (EARLIEST, LATEST) and not call.after
        return call.verb in VERBS or (call.verb == "wait_for" and not call.name)

    def perform(self, call: Call, timeout: float | None) -> Outcome:
        """Do one call; its time begins here."""
        ring, name = self.ring, call.name
        end = None if timeout is None else ring.clock() + round(timeout * 1e9)
        try:
            match call.verb:
                case "publish" | "publish_many":
                    return Outcome("ok", tuple(ring.publish(tuple(map(str, call.events)), end)))
                case "register_subscriber":
                    return Outcome("ok", (ring.register(name, latest=call.sequence == LATEST),))
                case "remove_subscriber":
                    ring.remove(name)
                case "read":
                    return self._read(call, end)
                case "wait_for":
                    return Outcome("ok", (ring.wait_for(call.sequence, end),))
                case "release":
                    if not call.fails:
                        ring.mark(name, self.hands[name])
                    del self.hands[name]
                case "get":
                    return Outcome("ok", events=(ring.get(call.sequence),))
                case "close":
                    ring.close()
        except Refused as refused:
            return Outcome(str(refused))
        return Outcome("ok")

    def _read(self, call: Call, end: int | None) -> Outcome:
        if call.name in self.hands:
            return Outcome("SubscriberBusy" if call.name in self.ring.positions else "SubscriberClosed")
        self.hands[call.name] = -1
        try:
            sequences, words = self.ring.read(call.name, call.n or len(self.ring.slots), end)
        except BaseException:
            del self.hands[call.name]
            raise
        self.hands[call.name] = sequences[-1]
        return Outcome("ok", sequences, words)

    def view(self) -> View | None:
        """Return what the ring shows, unless somebody is inside."""
        ring = self.ring
        if ring.lock.locked():
            return None
        return View(ring.published, ring.published, int(ring.closed), tuple(sorted(ring.positions.items())))

    def check(self) -> None:
        """The ring has no invariants of its own to check."""


make = Adapter
