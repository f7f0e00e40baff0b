"""Your own ring under the suite: a small ring, and the adapter that lets the scheduler and the model loose on it.

Run: pytest stateful --ring=examples.own_ring:make
and see it pass; with `--ring=examples.own_ring:make_careless`, see how one forgotten wake-up is drawn.
"""

from disruptor._sync import Runtime
from model.calls import EARLIEST
from model.oracle import View
from model.state import Call, Outcome


class Busy(Exception):
    """Somebody is reading through this subscriber."""


class OwnRing:
    """A ring for one kind of use: publish one event, read a batch, close. Everything happens under one lock."""

    def __init__(self, capacity: int, runtime: Runtime, *, careless: bool = False) -> None:
        self.lock = runtime.lock()
        self.changed = runtime.condition(self.lock)
        self.slots: list[object] = [None] * capacity
        self.published = -1
        self.closed = False
        self.positions: dict[str, int] = {}
        self.ends: dict[str, int] = {}
        self.careless = careless

    def register(self, name: str) -> int:
        with self.lock:
            self.positions[name] = max(-1, self.published - len(self.slots))
            return self.positions[name] + 1

    def publish(self, event: object) -> int:
        with self.lock:
            while not self.closed and self.published - self._lowest() == len(self.slots):
                self.changed.wait()
            if self.closed:
                raise EOFError
            self.published += 1
            self.slots[self.published % len(self.slots)] = event
            self.changed.notify_all()
            return self.published

    def begin(self, name: str, most: int) -> range:
        with self.lock:
            if name in self.ends:
                raise Busy
            self.ends[name] = position = self.positions[name]
            while position == self.published:
                if self.closed:
                    del self.ends[name]
                    raise EOFError
                self.changed.wait()
            self.ends[name] = min(self.published, position + most)
            return range(position + 1, self.ends[name] + 1)

    def end(self, name: str, *, mark: bool) -> None:
        with self.lock:
            end = self.ends.pop(name)
            if mark:
                self.positions[name] = end
                if not self.careless:
                    self.changed.notify_all()

    def close(self) -> None:
        with self.lock:
            self.closed = True
            self.changed.notify_all()

    def _lowest(self) -> int:
        return min(self.positions.values(), default=self.published)


class Adapter:
    """Says what `OwnRing` can do, in the model's words."""

    notices_itself = False

    def __init__(self, ring: OwnRing) -> None:
        self.ring = ring

    def can(self, call: Call) -> bool:
        """No time-outs, no claims, no graphs; joiners start at the earliest."""
        if call.verb == "register_subscriber":
            return call.sequence == EARLIEST and not call.after
        return call.verb in ("publish", "read", "release", "close") and not call.timed

    def perform(self, call: Call, timeout: float | None) -> Outcome:
        """Do one call."""
        ring = self.ring
        try:
            match call.verb:
                case "register_subscriber":
                    return Outcome("ok", (ring.register(call.name),))
                case "publish":
                    return Outcome("ok", (ring.publish(call.events[0]),))
                case "read":
                    sequences = ring.begin(call.name, call.n or len(ring.slots))
                    events = (str(ring.slots[s % len(ring.slots)]) for s in sequences)
                    return Outcome("ok", tuple(sequences), tuple(events))
                case "release":
                    ring.end(call.name, mark=not call.fails)
                case "close":
                    ring.close()
        except EOFError:
            return Outcome("DisruptorClosed")
        except Busy:
            return Outcome("SubscriberBusy")
        return Outcome("ok")

    def view(self) -> View | None:
        """Return what the ring shows, unless somebody is inside."""
        if self.ring.lock.locked():
            return None
        positions = tuple(sorted(self.ring.positions.items()))
        return View(self.ring.published, self.ring.published, int(self.ring.closed), positions)

    def check(self) -> None:
        """The ring has no invariants of its own to check."""


def make(capacity: int, runtime: Runtime) -> Adapter:
    """Make the ring."""
    return Adapter(OwnRing(capacity, runtime))


def make_careless(capacity: int, runtime: Runtime) -> Adapter:
    """Make a ring whose readers forget to wake producers."""
    return Adapter(OwnRing(capacity, runtime, careless=True))
