"""The life of one sequence, as the model lives it: explored, not drawn.

Rule 1: a small ring is explored completely. Wherever the sequence that is followed is in another state after a step than
        before, that is an arrow, and the call which made the step stands beside it.
"""

from docs.pictures.layers import Arrow, Box, draw
from model.scenarios import Scenario, World, claimer, subscriber, successors, with_readers
from model.state import Call, Content, Reader, State, slot

FOLLOWED = 1
"""Not the first, so that it may have to wait for one before it; on a ring of two, the fourth claim takes its slot again."""

BOXES = (
    Box("free", ("not claimed", "its slot may be in use")),
    Box("claimed", ("claimed", "may be half written"), "held"),
    Box("waits", ("published, not shown", "one before it is open"), "held"),
    Box("void waits", ("void", "one before it is open"), "void"),
    Box("readable", ("readable", "at or below the cursor"), "new"),
    Box("void", ("void", "nobody is shown it"), "void"),
    Box("in hand", ("in hand", "handed to the subscriber"), "new"),
    Box("processed", ("processed", "by all subscribers"), "done"),
    Box("reused", ("overwritten", "its slot is claimed anew"), "done"),
)


def stage(state: State) -> str:
    """Return what the sequence that is followed is, in a state."""
    if state.claimed < FOLLOWED:
        return "free"
    place = slot(state, FOLLOWED)
    if place.sequence > FOLLOWED:
        return "reused"
    if place.content is Content.HELD:
        return "claimed"
    void = place.content is Content.VOID
    if state.published < FOLLOWED:
        return "void waits" if void else "waits"
    if all(reader.position >= FOLLOWED for reader in state.readers):
        return "processed"
    if any(sequence == FOLLOWED for reader in state.readers for sequence, _ in reader.hand):
        return "in hand"
    return "void" if void else "readable"


def _said(call: Call) -> str:
    name = {"publish_claim": "claim.publish()", "abandon": "claim.abandon()", "claim": "claim()", "read": "read()"}
    if call.verb == "release":
        return "the block raises" if call.fails else "the block ends"
    if call.verb in ("publish_claim", "abandon") and call.sequence != FOLLOWED:
        return "the one before ends"
    return name[call.verb]


def arrows() -> list[Arrow]:
    """Return what leads from one stage to another."""
    scenario = Scenario(with_readers(2, Reader("S", -1)), (claimer("P", 1, 1, 1, 1), subscriber("S", fails=True)))
    steps = successors(scenario)
    start = World(scenario.start, (0,) * len(scenario.actors))
    found: dict[tuple[str, str], set[str]] = {}
    seen, todo = {start}, [start]
    while todo:
        world = todo.pop()
        for step, target in steps(world):
            one, other = stage(world.state), stage(target.state)
            if one != other:
                [call] = [pending.call for pending in world.state.pending if pending.task == step.actor]
                found.setdefault((one, other), set()).add(_said(call))
            if target not in seen:
                seen.add(target)
                todo.append(target)
    order = [box.name for box in BOXES]
    pairs = sorted(found, key=lambda pair: (order.index(pair[0]), order.index(pair[1])))
    return [Arrow(one, other, tuple(sorted(found[one, other]))) for one, other in pairs]


def life() -> str:
    """Return the picture."""
    return draw("The life of a sequence", BOXES, arrows())
