"""Every operation of the public interface against every other, and dangerous ones by three.

Each operation is a task of its own, on a ring of one or two with one subscriber `S`, that is empty or full to begin with.
`start` opens a ring that was halted or is broken, so it meets the others on such rings, too.
What one of them waits for may never come: then it has to be a call that a correct ring keeps waiting, too.
`update_sequence` stands for reading by hand, `wait_for of S` for the barrier of a subscriber; a loop is begun and left.
"""

from itertools import combinations, combinations_with_replacement

from model import calls
from model.calls import EARLIEST, LATEST
from model.state import Call
from stateful.bodies import Body, Do, Program, claims, each, joins, polls, reads

HALTS, FAILS = calls.halt(), calls.fail_subscriber("S")
PLAIN: tuple[tuple[bool, Call | None], ...] = ((False, None), (True, None))
ENDED: tuple[tuple[bool, Call | None], ...] = ((False, HALTS), (True, HALTS), (True, FAILS))
"""How a ring is to begin with: whether it is full, and how it has ended."""

DANGEROUS = (
    "publish",
    "publish timed",
    "claim, publish",
    "claim, abandon",
    "read",
    "read timed",
    "join earliest",
    "remove",
    "close",
    "halt",
)
BY_VALUE = (
    *DANGEROUS,
    "publish_many",
    "read, fail",
    "poll",
    "iterate",
    "batches",
    "update_sequence",
    "wait_for",
    "wait_for timed",
    "wait_for of S",
    "join latest",
    "get",
    "fail",
    "start",
)
IN_PLACE = (
    "publish_event",
    "publish_event, fail",
    "claim, publish",
    "claim, abandon",
    "read",
    "read timed",
    "read, fail",
    "iterate",
    "remove",
    "join earliest",
    "get",
    "close",
    "halt",
    "fail",
    "start",
)


def loops_once(do: Do) -> None:
    """Take one event of a loop, and leave the loop."""
    if do(calls.iterate("S")).kind == "ok":
        do(calls.leave("S"))


def loops_one_batch(do: Do) -> None:
    """Take one batch of a loop, and leave the loop."""
    if do(calls.batches("S")).kind == "ok":
        do(calls.leave("S"))


def body(operation: str, side: str, capacity: int) -> Body:
    """Return the body of a task that does an operation; `side` tells its events and names from those of other tasks."""
    match operation:
        case "publish":
            return each(calls.publish(side))
        case "publish timed":
            return each(calls.publish(side), timeout=1.0)
        case "publish_many":
            return each(calls.publish_many(*(f"{side}{k}" for k in range(capacity))))
        case "publish_event":
            return each(calls.publish_event(side))
        case "publish_event, fail":
            return each(calls.publish_event(side, fails=True))
        case "claim, publish":
            return claims(side)
        case "claim, abandon":
            return claims(side, publish=False)
        case "read":
            return reads("S", 1)
        case "read timed":
            return reads("S", 1, timeout=1.0)
        case "read, fail":
            return reads("S", 1, fails=1)
        case "poll":
            return polls("S", 1)
        case "iterate":
            return loops_once
        case "batches":
            return loops_one_batch
        case "update_sequence":
            return each(calls.update_sequence("S", 0))
        case "wait_for":
            return each(calls.wait_for(capacity))
        case "wait_for timed":
            return each(calls.wait_for(capacity), timeout=1.0)
        case "wait_for of S":
            return each(calls.wait_for(capacity, "S"))
        case "join earliest":
            return joins(f"J{side}", EARLIEST, reads(f"J{side}", 1))
        case "join latest":
            return joins(f"J{side}", LATEST, reads(f"J{side}", 1))
        case "remove":
            return each(calls.remove_subscriber("S"))
        case "get":
            return each(calls.get(0))
        case "close":
            return each(calls.close())
        case "halt":
            return each(calls.halt())
        case "fail":
            return each(calls.fail_subscriber("S"))
        case "start":
            return each(calls.start())
    raise ValueError(f"there is no operation {operation!r}")


def against(
    names: tuple[str, ...], capacity: int, *, full: bool, in_place: bool = False, ended: Call | None = None
) -> Program:
    """Return the program of some operations against one another; `ended` is how the ring has ended before."""
    tasks = {side: body(name, side.lower(), capacity) for side, name in zip("ABC", names, strict=False)}
    publish = calls.publish_event if in_place else calls.publish
    events = tuple(publish(f"first{k}") for k in range(capacity)) if full else ()
    ending = {None: "", HALTS: ", halted", FAILS: ", broken"}[ended]
    state = f"{'in place, ' if in_place else ''}{'full' if full else 'empty'}{ending}"
    setup = (calls.register_subscriber("S", start=EARLIEST), *events, *(() if ended is None else (ended,)))
    return Program(f"{' x '.join(names)} on {capacity}, {state}", capacity, tasks, setup, in_place)


def _pairs(operations: tuple[str, ...], *, in_place: bool) -> tuple[Program, ...]:
    return tuple(
        against(names, capacity, full=full, in_place=in_place, ended=ended)
        for names in combinations_with_replacement(operations, 2)
        for capacity in (1, 2)
        for full, ended in (PLAIN + ENDED if "start" in names else PLAIN)
    )


PAIRS = _pairs(BY_VALUE, in_place=False) + _pairs(IN_PLACE, in_place=True)
"""Each pair on rings of one and two, empty and full."""

TRIPLES = tuple(against(names, 1, full=full) for names in combinations(DANGEROUS, 3) for full in (False, True))
"""Three different dangerous operations on a ring of one, empty and full."""
