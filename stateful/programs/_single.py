"""One producer that publishes without the lock, against everything else: each of its operations, and each of the others.

The ring is one on which the next publication goes without the lock (`alone`: without subscribers; `read`, `unread`: by one
that has read everything, or has one event to read), or has to go under it (`full`; and always on a ring of one). `A` has
made what is there, so it has the role. Sequences are such that what `A` publishes overwrites something.
"""

from model import calls
from model.calls import EARLIEST, LATEST
from model.state import Call
from stateful.bodies import Body, Program, claims, each, joins, reads
from stateful.programs._pairs import body

PRODUCING = ("publish", "publish timed", "publish_many", "claim, publish", "claim, abandon")
PRODUCING_IN_PLACE = ("publish_event", "publish_event, fail", "claim, publish", "claim, abandon")
AGAINST = (
    "read",
    "read timed",
    "read, fail",
    "iterate",
    "batches",
    "update_sequence",
    "wait_for",
    "wait_for timed",
    "wait_for of S",
    "join earliest",
    "join latest",
    "join at the oldest",
    "remove",
    "get",
    "get the new",
    "close",
    "close, wait_for",
    "halt",
    "halt, start",
    "fail",
    "fail, start",
    "publish",
    "publish twice",
    "claim, publish",
)
AGAINST_IN_PLACE = ("read", "iterate", "join earliest", "remove", "close", "halt, start", "publish_event")
"""Not `get`: what it gives is the ring's own object, which the next claim of the slot may change at once."""
ALONE = {"join earliest", "join latest", "join at the oldest", "wait_for", "wait_for timed", "get", "get the new"}
ALONE |= {"close", "close, wait_for", "halt, start", "publish", "publish twice", "publish_event", "claim, publish"}
"""What does not need a subscriber."""

FIRST = {1: 1, 2: 3, 4: 5}
"""The sequence that is published next, for each capacity; where the ring is full, it is the capacity."""


def setup(state: str, capacity: int, *, in_place: bool) -> tuple[Call, ...]:
    """Return the calls that make a ring be in a state."""
    publish = calls.publish_event if in_place else calls.publish
    count = capacity if state == "full" else FIRST[capacity]
    events = [publish(f"first{k}") for k in range(count)]
    if state == "alone":
        return tuple(events)
    marks = [] if state == "full" else [calls.update_sequence("S", capacity - 1)]
    last = [calls.update_sequence("S", count - 1)] if state == "read" and count > capacity else []
    return (calls.register_subscriber("S", start=EARLIEST), *events[:capacity], *marks, *events[capacity:], *last)


def operation(name: str, side: str, capacity: int, following: int) -> Body:
    """Return the body of a task; `following` is the sequence that is published next."""
    match name:
        case "publish_many":
            return each(calls.publish_many(*(f"{side}{k}" for k in range(max(1, capacity // 2)))))
        case "publish twice":
            return each(calls.publish(f"{side}0"), calls.publish(f"{side}1"))
        case "claim, publish":
            return claims(side)
        case "update_sequence":
            return each(calls.update_sequence("S", following - 1))
        case "wait_for":
            return each(calls.wait_for(following))
        case "wait_for timed":
            return each(calls.wait_for(following), timeout=1.0)
        case "wait_for of S":
            return each(calls.wait_for(following, "S"))
        case "join at the oldest":
            oldest = max(following - capacity, 0)
            return joins(f"J{side}", oldest, reads(f"J{side}", 1))
        case "join latest":
            return joins(f"J{side}", LATEST, reads(f"J{side}", 1))
        case "get":
            return each(calls.get(max(following - capacity, 0)))
        case "get the new":
            return each(calls.get(following))
        case "close, wait_for":
            return each(calls.close(), calls.wait_for(following))
        case "halt, start":
            return each(calls.halt(), calls.start())
        case "fail, start":
            return each(calls.fail_subscriber("S"), calls.start())
    return body(name, side, capacity)


def _program(one: str, other: str, capacity: int, state: str, *, in_place: bool) -> Program:
    following = capacity if state == "full" else FIRST[capacity]
    tasks = {"A": operation(one, "a", capacity, following), "B": operation(other, "b", capacity, following)}
    where = f"{capacity}, {'in place, ' * in_place}{state}"
    made = setup(state, capacity, in_place=in_place)
    return Program(f"single {one} x {other} on {where}", capacity, tasks, made, in_place, setup_by="A")


def _pairs(producing: tuple[str, ...], against: tuple[str, ...], *, in_place: bool) -> tuple[Program, ...]:
    return tuple(
        _program(one, other, capacity, state, in_place=in_place)
        for one in producing
        for other in against
        for capacity in (1, 2, 4)
        for state in ("alone", "read", "unread", "full")
        if state != "alone" or other in ALONE
        if capacity > 1 or state in ("alone", "full")
        if capacity < 4 or one == "publish_many"
    )


SINGLE: tuple[Program, ...] = _pairs(PRODUCING, AGAINST, in_place=False) + _pairs(
    PRODUCING_IN_PLACE, AGAINST_IN_PLACE, in_place=True
)
"""Each pair, for a ring with `producers="single"`."""
