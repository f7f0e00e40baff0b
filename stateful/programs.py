"""Small fixed programs, each made to be explored whole: a ring, some subscribers, and tasks that race.

Rule 1: a program is data and small functions; each task is given `do(call, timeout=None)`, which does one call.
Rule 2: nothing in a program nudges a waiter: the last event is the last one, so a lost wake-up stays lost.
Rule 3: events are words that are used once, so a word tells who published it.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from model import calls
from model.calls import LATEST
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

    def load(self, make: Make, scheduler: Scheduler) -> World:
        """Build the ring and start the tasks; the scheduler then decides everything."""
        world = World(make, self.capacity, scheduler)
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


# --- programs ------------------------------------------------------------------------------------------------

S, T = calls.register_subscriber("S"), calls.register_subscriber("T")
AFTER_S = calls.register_subscriber("T", after=("S",))
publish = calls.publish

BY_VALUE: tuple[Program, ...] = (
    Program("publish x read", 1, {"P": each(publish("a"), publish("b")), "C": reads_events("S", 2)}, (S,)),
    Program(
        "publish x publish x read",
        1,
        {"P": each(publish("a")), "Q": each(publish("b")), "C": reads_events("S", 2)},
        (S,),
    ),
    Program(
        "two loops",
        1,
        {"P": each(publish("a"), publish("b"), calls.close()), "C": loops("S"), "D": loops("T")},
        (S, T),
    ),
    Program(
        "batches of producers",
        2,
        {
            "P": each(calls.publish_many("a", "b")),
            "Q": each(calls.publish_many("c", "d")),
            "C": reads("S", 4, most=1),
        },
        (S,),
    ),
    Program(
        "close x waiting producers",
        1,
        {"P": each(publish("b")), "Q": each(publish("c")), "X": each(calls.close()), "C": loops("S")},
        (S, publish("a")),
    ),
    Program(
        "close x waiting producers, and nobody reads",
        1,
        {"P": each(publish("b")), "Q": each(publish("c")), "X": each(calls.close())},
        (S, publish("a")),
    ),
    Program(
        "halt x everybody",
        1,
        {"P": each(publish("b")), "X": each(calls.halt()), "C": reads("S", 3), "D": waits(5)},
        (S, publish("a")),
    ),
    Program(
        "producer's time-out x progress",
        1,
        {"P": each(publish("b"), timeout=1.0), "C": reads("S", 2, timeout=1.0)},
        (S, publish("a")),
    ),
    Program(
        "two time-outs and one wake-up",
        1,
        {"P": each(publish("b"), timeout=1.0), "Q": each(publish("c")), "C": reads("S", 2)},
        (S, publish("a")),
    ),
    Program(
        "tries without waiting",
        1,
        {"P": each(publish("a"), publish("b"), timeout=0.0), "C": reads("S", 2, timeout=0.0)},
        (S,),
    ),
    Program("tries on a full ring", 1, {"P": each(publish("a"), publish("b"), timeout=0.0)}, (S,)),
    Program(
        "one wants two slots, one wants one",
        2,
        {"P": each(calls.publish_many("c", "d")), "Q": each(publish("e")), "C": reads("S", 1, most=1)},
        (S, calls.publish_many("a", "b")),
    ),
    Program(
        "batch x get",
        2,
        {"P": each(calls.publish_many("a", "b")), "G": each(calls.get(0), calls.get(1))},
    ),
    Program(
        "join x publish within an old limit",
        2,
        {"P": each(publish("d")), "J": joins("S", calls.EARLIEST, reads("S", 1))},
        (publish("a"), publish("b"), publish("c")),
    ),
    Program(
        "claims out of order",
        2,
        {"P": two_claims("a", "b"), "C": reads_events("S", 2), "D": waits(1)},
        (S,),
    ),
    Program(
        "void x read",
        1,
        {"P": both(claims("x", publish=False), each(publish("a"))), "C": reads_events("S", 1)},
        (S,),
    ),
    Program(
        "void x loop",
        2,
        {
            "P": both(claims("x", "y", publish=False), each(publish("a"), calls.close())),
            "C": loops("S"),
        },
        (S,),
    ),
    Program(
        "open claim x time-out of a reader",
        2,
        {"P": claims("a"), "Q": each(publish("b")), "C": reads("S", 1, timeout=1.0)},
        (S,),
    ),
    Program(
        "claims without subscribers",
        1,
        {"P": claims("a"), "Q": claims("b"), "D": waits(1)},
    ),
    Program(
        "upstream x downstream",
        1,
        {"P": each(publish("a"), publish("b")), "C": reads_events("S", 2), "D": reads_events("T", 2)},
        (S, AFTER_S),
    ),
    Program(
        "downstream's time-out",
        1,
        {"C": reads("S", 1), "D": reads("T", 1, timeout=1.0)},
        (S, AFTER_S, publish("a")),
    ),
    Program(
        "time-outs while wake-ups keep coming",
        2,
        {
            "P": both(waits(9, timeout=1.0), each(publish("b"))),
            "D": reads("T", 1, timeout=2.0),
            "Q": both(waits(9, timeout=1.5), each(publish("c"), timeout=1.0)),
        },
        (S, AFTER_S, publish("a")),
    ),
    Program(
        "three claims, the first last",
        4,
        {"P": three_claims("a", "b", "c"), "C": reads_events("S", 3), "D": waits(2)},
        (S,),
    ),
    Program(
        "join behind x progress",
        1,
        {
            "P": each(publish("b")),
            "C": reads("S", 1),
            "J": joins("T", calls.EARLIEST, reads("T", 1), after=("S",)),
        },
        (S, publish("a")),
    ),
    Program(
        "marks by hand",
        4,
        {"C": each(*(calls.update_sequence("S", s) for s in (1, 0, 2, 1, 3))), "D": reads("S", 1)},
        (S, calls.publish_many("a", "b", "c")),
    ),
    Program(
        "close x open claim x loop",
        2,
        {"P": claims("a"), "X": each(calls.close()), "C": loops("S")},
        (S,),
    ),
    Program(
        "joiner at a sequence x publish",
        2,
        {"P": each(publish("c")), "J": joins("S", 0, reads("S", 1)), "K": joins("T", 1, reads("T", 2))},
        (publish("a"), publish("b")),
    ),
    Program(
        "join x publish",
        1,
        {"P": each(publish("a"), publish("b")), "J": joins("S", calls.EARLIEST, reads("S", 1))},
    ),
    Program(
        "join x open claim",
        2,
        {"P": claims("a"), "Q": each(publish("b")), "J": joins("S", LATEST, reads("S", 1))},
    ),
    Program(
        "leave x waiting producer",
        1,
        {"P": each(publish("b")), "L": each(calls.remove_subscriber("S"))},
        (S, publish("a")),
    ),
    Program(
        "leave x read",
        1,
        {
            "P": each(publish("a"), publish("b")),
            "L": each(calls.remove_subscriber("S")),
            "C": reads("S", 2),
        },
        (S,),
    ),
    Program(
        "read that fails",
        2,
        {"P": each(publish("a"), publish("b")), "C": reads("S", 3, fails=1)},
        (S,),
    ),
    Program(
        "loop that breaks",
        2,
        {"P": each(publish("a"), publish("b")), "C": both(loops("S", stop=2), reads("S", 1))},
        (S,),
    ),
    Program(
        "two readers of one subscriber",
        2,
        {"P": each(publish("a")), "C": reads("S", 1), "D": reads("S", 1, timeout=1.0)},
        (S,),
    ),
    Program(
        "wait and mark",
        1,
        {"P": each(publish("a"), publish("b")), "C": waits(0, "S", mark=True), "D": waits(1)},
        (S,),
    ),
    Program(
        "get x overwrite",
        1,
        {"P": each(publish("b")), "G": each(calls.get(0), calls.get(1))},
        (publish("a"),),
    ),
    Program(
        "publish into one's own batch",
        1,
        {"C": lambda do: _publish_within(do)},
        (S, publish("a")),
    ),
    Program(
        "early release",
        4,
        {
            "C": each(calls.read("S", 1), calls.update_sequence("S", 2), calls.release("S"), calls.read("S")),
            "P": each(publish("d"), publish("e"), publish("f"), timeout=1.0),
        },
        (S, calls.publish_many("a", "b", "c")),
    ),
    Program(
        "publish into one's own batch x leave",
        1,
        {
            "C": lambda do: _publish_within(do),
            "L": each(calls.remove_subscriber("S")),
        },
        (S, publish("a")),
    ),
    Program(
        "claims of two x batches",
        2,
        {"P": claims("a", "b"), "Q": claims("c", "d"), "C": loops_batches("S"), "X": each(calls.close())},
        (S,),
    ),
)

IN_PLACE: tuple[Program, ...] = (
    Program(
        "publish_event x read",
        1,
        {
            "P": each(calls.publish_event("a"), calls.publish_event("b")),
            "C": reads_events("S", 2),
        },
        (S,),
        in_place=True,
    ),
    Program(
        "translator that raises",
        1,
        {
            "P": each(calls.publish_event("a", fails=True), calls.publish_event("b")),
            "C": reads_events("S", 1),
            "G": each(calls.get(0)),
        },
        (S,),
        in_place=True,
    ),
    Program(
        "two translators",
        2,
        {
            "P": each(calls.publish_event("a")),
            "Q": each(calls.publish_event("b", fails=True)),
            "C": loops("S"),
            "X": each(calls.close()),
        },
        (S,),
        in_place=True,
    ),
    Program(
        "claim in place",
        2,
        {"P": claims("a", "b"), "Q": claims("c", publish=False), "C": reads_events("S", 2)},
        (S,),
        in_place=True,
    ),
)

PROGRAMS: tuple[Program, ...] = BY_VALUE + IN_PLACE


def _publish_within(do: Do) -> None:
    if do(calls.read("S")).kind == "ok":
        do(publish("b"))
        do(calls.release("S"))
