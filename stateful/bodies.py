"""What programs are made of: tasks, and what tasks do.

Rule 1: a program is data and small functions; each task is given `do(call, timeout=None)`, which does one call.
Rule 2: nothing in a program nudges a waiter: the last event is the last one, so a lost wake-up stays lost.
Rule 3: events are words that are used once, so a word tells who published it.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from model import calls
from model.oracle import Oracle
from model.state import Call, Outcome
from stateful.adapters._protocol import Make
from stateful.scheduler import Scheduler
from stateful.world import World


class Do(Protocol):
    """Does one call in the task that it was given to."""

    def __call__(self, call: Call, timeout: float | None = None) -> Outcome:
        """Do `call`, with a time-out in seconds of virtual time."""


Body = Callable[[Do], None]


class Program(NamedTuple):
    """A ring, and tasks that use it."""

    name: str
    capacity: int
    tasks: dict[str, Body]
    setup: tuple[Call, ...] = ()
    in_place: bool = False
    setup_by: str = "setup"
    """The task that makes the setup: a single producer that goes on afterwards has the role already."""

    def load(self, make: Make, scheduler: Scheduler, oracle: Oracle | None = None) -> World:
        """Build the ring and start the tasks; the scheduler then decides everything. Without an `oracle`, one is made."""
        world = World(make, self.capacity, scheduler, oracle, setup_by=self.setup_by)
        for call in self.setup:
            world.setup(call)
        for name, body in self.tasks.items():
            scheduler.spawn(name, _bound(body, world, name))
        return world


def _bound(body: Body, world: World, task: str) -> Callable[[], None]:
    def do(call: Call, timeout: float | None = None) -> Outcome:
        return world.do(task, call, timeout)

    return lambda: body(do)


# --- bodies --------------------------------------------------------------------------------------------------


def each(*steps: Call, timeout: float | None = None) -> Body:
    """Return a body that does `steps` one after the other."""

    def body(do: Do) -> None:
        for call in steps:
            do(call, timeout)

    return body


def reads(name: str, batches: int, *, most: int = 0, timeout: float | None = None, fails: int = 0) -> Body:
    """Return a body that reads `batches` batches through `name`; the first `fails` blocks end by an exception."""

    def body(do: Do) -> None:
        for k in range(batches):
            if do(calls.read(name, most), timeout).kind != "ok":
                return
            do(calls.release(name, fails=k < fails))

    return body


def polls(name: str, times: int, *, most: int = 0) -> Body:
    """Return a body that polls `times` times through `name`."""

    def body(do: Do) -> None:
        for _ in range(times):
            if do(calls.poll(name, most)).kind == "ok":
                do(calls.release(name))

    return body


def reads_events(name: str, count: int) -> Body:
    """Return a body that reads batches through `name` until it has had `count` events."""

    def body(do: Do) -> None:
        had = 0
        while had < count:
            outcome = do(calls.read(name))
            if outcome.kind != "ok":
                return
            had += len(outcome.events)
            do(calls.release(name))

    return body


def loops(name: str, *, stop: int | None = None) -> Body:
    """Return a body that loops over events until the end, or leaves the loop with the `stop`-th in hand."""

    def body(do: Do) -> None:
        had = 0
        while do(calls.iterate(name)).kind == "ok":
            had += 1
            if had == stop:
                do(calls.leave(name))
                return

    return body


def loops_batches(name: str) -> Body:
    """Return a body that loops over batches until the end."""

    def body(do: Do) -> None:
        while do(calls.batches(name)).kind == "ok":
            pass

    return body


def claims(*words: str, publish: bool = True, timeout: float | None = None) -> Body:
    """Return a body that claims room for `words`, and publishes or abandons them."""

    def body(do: Do) -> None:
        outcome = do(calls.claim(len(words)), timeout)
        if outcome.kind == "ok":
            first = outcome.sequences[0]
            do(calls.publish_claim(first, *words) if publish else calls.abandon(first, len(words)))

    return body


def two_claims(first: str, second: str) -> Body:
    """Return a body that claims twice, and publishes the second claim before the first."""

    def body(do: Do) -> None:
        one, two = do(calls.claim()), do(calls.claim())
        if one.kind == two.kind == "ok":
            do(calls.publish_claim(two.sequences[0], second))
            do(calls.publish_claim(one.sequences[0], first))

    return body


def three_claims(first: str, second: str, third: str) -> Body:
    """Return a body that claims three times, and publishes the first claim last."""

    def body(do: Do) -> None:
        one, two, three = (do(calls.claim()).sequences[0] for _ in range(3))
        do(calls.publish_claim(two, second))
        do(calls.publish_claim(three, third))
        do(calls.publish_claim(one, first))

    return body


def joins(name: str, start: int, then: Body, after: tuple[str, ...] = ()) -> Body:
    """Return a body that registers `name` and goes on."""

    def body(do: Do) -> None:
        if do(calls.register_subscriber(name, start=start, after=after)).kind == "ok":
            then(do)

    return body


def both(first: Body, second: Body) -> Body:
    """Return a body that does one body after the other."""

    def body(do: Do) -> None:
        first(do)
        second(do)

    return body


def waits(sequence: int, name: str = "", *, mark: bool = False, timeout: float | None = None) -> Body:
    """Return a body that waits for a sequence and, with `mark`, marks it."""

    def body(do: Do) -> None:
        outcome = do(calls.wait_for(sequence, name), timeout)
        if mark and outcome.kind == "ok":
            do(calls.update_sequence(name, outcome.sequences[0]))

    return body


def publishes_within(do: Do) -> None:
    """Read through S, and publish before the batch is done with."""
    if do(calls.read("S")).kind == "ok":
        do(calls.publish("b"))
        do(calls.release("S"))
