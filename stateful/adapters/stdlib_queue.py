"""`queue.Queue` as a ring with one subscriber: CPython's own code, on the scheduler's locks.

Rule 1: an event stays in the queue until its reader is done with it: to read is to look at the front under the queue's own
        lock and condition, to release is `get_nowait`. (`get` alone would make room while the event is still in use.)
Rule 2: sequences are counted where a queue says that it can be extended, in `_put`, which runs under its lock.
Rule 3: there is one subscriber, there from the beginning; no batches of producers, claims, upstreams, close, or going back.

Run: pytest stateful --ring=stateful.adapters.stdlib_queue:make
"""

import queue
from typing import Protocol, cast, final

from disruptor._sync import Condition, Lock, Runtime
from model.calls import EARLIEST
from model.oracle import View
from model.state import Call, Outcome
from stateful.adapters._rebound import rebound


@final
class Item:
    """An event, and its sequence once it is in the queue."""

    __slots__ = ("sequence", "word")

    def __init__(self, word: str) -> None:
        self.word = word
        self.sequence = -1


class Queue(Protocol):
    """What of `queue.Queue` is used."""

    mutex: Lock
    not_empty: Condition
    queue: list[Item]

    def put(self, item: Item, block: bool = True, timeout: float | None = None) -> None:
        """Wait for room, and put."""

    def get_nowait(self) -> Item:
        """Take the front."""


def counting(capacity: int, runtime: Runtime) -> Queue:
    """Return a `queue.Queue` on `runtime` that numbers what is put into it."""
    base = rebound(queue.Queue, runtime)

    def _put(self: Queue, item: Item) -> None:
        item.sequence = vars(self).setdefault("count", 0)
        vars(self)["count"] += 1
        self.queue.append(item)

    return cast("Queue", type("Queue", (base,), {"_put": _put})(capacity))


@final
class Adapter:
    """Says what the queue can do, in the model's words."""

    notices_itself = False

    def __init__(self, capacity: int, runtime: Runtime) -> None:
        self.runtime = runtime
        self.queue = counting(capacity, runtime)
        self.subscriber = ""
        self.published = -1
        self.hand = 0
        self.busy = self.releasing = False

    def can(self, call: Call) -> bool:
        """Tell whether a queue can: one subscriber, from the beginning; publish, read, release; time-outs, too."""
        if call.verb == "register_subscriber":
            return not self.subscriber and call.sequence == EARLIEST and not call.after
        return bool(self.subscriber) and call.verb in ("publish", "read", "release")

    def perform(self, call: Call, timeout: float | None) -> Outcome:
        """Do one call."""
        match call.verb:
            case "register_subscriber":
                self.subscriber = call.name
                return Outcome("ok", (0,))
            case "publish":
                return self._publish(Item(str(call.events[0])), timeout)
            case "read":
                if self.busy:
                    return Outcome("SubscriberBusy")
                return self._read(call.n, timeout)
        self.releasing = True
        for _ in range(0 if call.fails else self.hand):
            self.queue.get_nowait()
        self.releasing = self.busy = False
        return Outcome("ok")

    def _publish(self, item: Item, timeout: float | None) -> Outcome:
        try:
            self.queue.put(item, timeout=timeout)
        except queue.Full:
            return Outcome("InsufficientCapacity")
        return Outcome("ok", (item.sequence,))

    def _read(self, most: int, timeout: float | None) -> Outcome:
        self.busy = True
        end = None if timeout is None else self.runtime.monotonic_ns() + round(timeout * 1e9)
        with self.queue.mutex:
            while not self.queue.queue:
                left = None if end is None else (end - self.runtime.monotonic_ns()) / 1e9
                if left is not None and left <= 0:
                    self.busy = False
                    return Outcome("WaitTimeout")
                self.queue.not_empty.wait(left)
            batch = list(self.queue.queue)[: most or None]
        self.hand = len(batch)
        return Outcome("ok", tuple(item.sequence for item in batch), tuple(item.word for item in batch))

    def view(self) -> View | None:
        """Return what the ring shows: a queue shows what is in it, from which the rest follows.

        While a batch is taken out one by one, no position: that of a ring moves at once.
        """
        if self.queue.mutex.locked():
            return None
        published = vars(self.queue).get("count", 0) - 1
        position = published - len(self.queue.queue)
        positions = ((self.subscriber, position),) if self.subscriber else ()
        return View(published, published, 0, None if self.releasing else positions)

    def check(self) -> None:
        """A queue has no invariants of its own to check."""


make = Adapter
