"""How the first python-disruptor went about it, in our words: faults and all, to see whether the suite finds them.

What it did is taken from github.com/jaycosaur/python-disruptor, `disruptor/disruptor.py` and `subscriber.py` at 1afac3e.
Rule 1: the order of its steps is kept: what it tests, when, and under which lock. Nothing is put right.
Rule 2: a number that threads share is a cell, so that each access is a point where the scheduler may switch. Its table of
        barriers is shared as well: before each access to it, the cell next to it is read.
Rule 3: its barriers are `threading.Event`s: CPython's own code, on the scheduler's locks.

Run: pytest stateful --ring=stateful.adapters.earlier:make
"""

import threading
from typing import Protocol, cast, final

from disruptor._cell import Cell
from disruptor._sync import Runtime
from model.calls import EARLIEST
from model.oracle import View
from model.state import Call, Outcome
from stateful.adapters._rebound import rebound
from stateful.adapters.threads import named

VERBS = frozenset({"publish", "wait_for", "get", "update_sequence", "remove_subscriber", "close"})


class Event(Protocol):
    """What of `threading.Event` is used."""

    def set(self) -> None:
        """Let everybody through."""

    def clear(self) -> None:
        """Let nobody through."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set; return whether it is."""


class Refused(Exception):
    """The ring does not do that; the only argument is the name of the error."""


@final
class Subscriber:
    """A position, and an event on which producers wait for it."""

    def __init__(self, name: str, start: int, runtime: Runtime, barrier: Event) -> None:
        self.start = start
        self.barrier = barrier
        self.sequence: Cell = runtime.cell(-1)
        named(self.sequence, f"{name}'s position")

    def update_sequence(self, sequence: int) -> None:
        self.sequence.value = sequence
        self.barrier.set()
        self.barrier.clear()


@final
class Earlier:
    """A list of slots, the next sequence, an event for each sequence that somebody waits for."""

    def __init__(self, capacity: int, runtime: Runtime) -> None:
        self._runtime = runtime
        self._event = rebound(threading.Event, runtime)
        self.mu = runtime.lock()
        self.slots = runtime.array([""] * capacity)
        self.size = capacity
        self.next = runtime.cell(0)
        self.closed = runtime.cell(0)
        self.touched = runtime.cell(0)
        self._barriers: dict[int, Event] = {}
        self.subscribers: dict[str, Subscriber] = {}
        for label, shared in {
            "mu": self.mu,
            "next": self.next,
            "closed": self.closed,
            "barriers": self.touched,
        }.items():
            named(shared, label)

    def event(self) -> Event:
        """Make an event."""
        return cast("Event", self._event())

    def barriers(self) -> dict[int, Event]:
        """Return the table of barriers, after a point where the scheduler may switch."""
        _ = self.touched.value
        return self._barriers

    def register(self, name: str) -> int:
        self._open()
        with self.mu:
            start = max(0, self.next.value - self.size)
            self.subscribers[name] = Subscriber(name, start, self._runtime, self.event())
            return start

    def remove(self, name: str) -> None:
        with self.mu:
            self.subscribers.pop(name, None)

    def publish(self, word: str) -> int:
        self._open()
        sequence = self.next.value
        for subscriber in list(self.subscribers.values()):
            position = subscriber.sequence.value
            # Only once around exactly, and not at all before the first mark.
            if position >= 0 and (position - sequence) % self.size == 0:
                subscriber.barrier.wait()
        self.slots[sequence % self.size] = word
        self.next.value += 1
        barrier = self.barriers().pop(sequence, None)
        if barrier is not None:
            barrier.set()
        return sequence

    def wait_for(self, sequence: int, timeout: float | None) -> int:
        with self.mu:
            self._open()
            if sequence < self.next.value:
                return sequence
            barrier = self.barriers().get(sequence)
            if barrier is None:
                barrier = self.barriers().setdefault(sequence, self.event())
        if barrier.wait(timeout):
            return sequence
        raise Refused("WaitTimeout")

    def get(self, sequence: int) -> str:
        following = self.next.value
        if sequence < following - self.size:
            raise Refused("OutdatedSequence")
        if sequence > following:
            raise Refused("SequenceNotFound")
        return self.slots[sequence % self.size]

    def _open(self) -> None:
        if self.closed.value:
            raise Refused("DisruptorClosed")


@final
class Adapter:
    """Says what the ring can do, in the model's words."""

    notices_itself = False

    def __init__(self, capacity: int, runtime: Runtime) -> None:
        self.ring = Earlier(capacity, runtime)
        self.runtime = runtime

    def can(self, call: Call) -> bool:
        """No batches, claims, upstreams or loops; only the ring's own `wait_for` has a time-out."""
        if call.verb == "register_subscriber":
            return call.sequence == EARLIEST and not call.after
        if call.verb == "wait_for":
            return not call.name
        return call.verb in VERBS and not call.timed

    def perform(self, call: Call, timeout: float | None) -> Outcome:
        """Do one call; its time begins here."""
        if timeout is not None:
            self.runtime.monotonic_ns()
        ring, name = self.ring, call.name
        try:
            match call.verb:
                case "register_subscriber":
                    return Outcome("ok", (ring.register(name),))
                case "remove_subscriber":
                    ring.remove(name)
                case "publish":
                    return Outcome("ok", (ring.publish(str(call.events[0])),))
                case "wait_for":
                    return Outcome("ok", (ring.wait_for(call.sequence, timeout),))
                case "get":
                    return Outcome("ok", events=(ring.get(call.sequence),))
                case "update_sequence":
                    ring.subscribers[name].update_sequence(call.sequence)
                case "close":
                    ring.closed.value = 1
        except Refused as refused:
            return Outcome(str(refused))
        return Outcome("ok")

    def view(self) -> View | None:
        """Return what the ring shows: it has no word for what is claimed."""
        ring = self.ring
        positions = {name: max(s.start - 1, s.sequence.value) for name, s in ring.subscribers.items()}
        return View(None, ring.next.value - 1, ring.closed.value, tuple(sorted(positions.items())))

    def check(self) -> None:
        """The ring has no invariants of its own to check."""


make = Adapter
