"""Small rings with actors around them, to be explored completely.

Rule 1: an actor is a name and a function from what it sees and where it is (`at`) to the calls that it may make next, each
        with where it is then. It has one call at a time. `DONE` is where it makes no calls any more.
Rule 2: an actor that is told that the ring or its subscriber is closed is done, or has only to clear up (`closing`).
Rule 3: every scenario closes its ring in the end, so that from every state there must be a way to the end.
"""

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from model import calls
from model.actions import ACTIONS
from model.explore import Promise, Report, explore
from model.graph import Move, Step
from model.liveness import ONCE_BEGUN
from model.promises import ALWAYS
from model.state import Call, Reader, State, reader, ring, without_pending
from model.steps import Actions, expire, invoke, outcomes, sleep

DONE = -1

Choices = Callable[[State, int], Iterator[tuple[Call, int]]]

CLOSING = ("DisruptorClosed", "DisruptorBroken", "SubscriberClosed", "ended", "closed")


class Actor(NamedTuple):
    """Somebody who makes calls."""

    name: str
    choices: Choices
    closing: int = DONE
    """Where it is after it was told that the ring is closed."""


class Scenario(NamedTuple):
    """A ring, and the actors around it."""

    start: State
    actors: tuple[Actor, ...]


class World(NamedTuple):
    """A state of a scenario: the ring, and where each actor is."""

    state: State
    at: tuple[int, ...]


def successors(scenario: Scenario, actions: Actions = ACTIONS) -> Callable[[World], Iterator[tuple[Step, World]]]:
    """Return the function that yields every step that may happen in a world."""
    index = {actor.name: k for k, actor in enumerate(scenario.actors)}
    closing = {actor.name: actor.closing for actor in scenario.actors}

    def moved(at: tuple[int, ...], task: str, place: int) -> tuple[int, ...]:
        k = index[task]
        return (*at[:k], place, *at[k + 1 :])

    def steps(world: World) -> Iterator[tuple[Step, World]]:
        state, at = world
        busy = {call.task for call in state.pending}
        for actor, place in zip(scenario.actors, at, strict=True):
            if actor.name in busy or place == DONE:
                continue
            for call, following in actor.choices(state, place):
                begun = invoke(state, actor.name, call)
                yield Step(actor.name, calls.text(call), Move.BEGINS), World(begun, moved(at, actor.name, following))
        for pending in state.pending:
            if pending.asleep:
                if pending.call.timed and not pending.due:
                    yield Step("clock", f"time-out of {pending.task}", Move.PASSES), World(expire(state, pending), at)
                continue
            blocked = True
            for after, outcome in outcomes(state, pending, actions):
                blocked = False
                if outcome is None:
                    yield Step(pending.task, "goes on"), World(after, at)
                    continue
                then = moved(at, pending.task, closing[pending.task]) if outcome.kind in CLOSING else at
                returned = World(without_pending(after, pending.task), then)
                yield Step(pending.task, f"{pending.call.verb} -> {outcome}", Move.RETURNS), returned
            if blocked:
                yield Step(pending.task, "falls asleep", Move.WAITS), World(sleep(state, pending), at)

    return steps


def done(world: World) -> bool:
    """Tell whether every actor has finished."""
    return not world.state.pending and all(place == DONE for place in world.at)


def run(
    scenario: Scenario,
    *,
    actions: Actions = ACTIONS,
    always: tuple[Callable[[State], bool], ...] = ALWAYS,
    sometimes: tuple[Callable[[State], bool], ...] = (),
    liveness: bool = False,
    obliged: Collection[Move] = ONCE_BEGUN,
) -> Report[World]:
    """Explore a scenario completely; see `model.explore.explore` for what is reported."""
    start = World(scenario.start, (0,) * len(scenario.actors))
    return explore(
        [start],
        successors(scenario, actions),
        always=[_of_state(promise) for promise in always],
        sometimes=[_of_state(promise) for promise in sometimes],
        done=done,
        liveness=liveness,
        obliged=obliged,
    )


def _of_state(promise: Callable[[State], bool]) -> Promise[World]:
    return Promise(promise.__name__, lambda world: promise(world.state))


# --- actors --------------------------------------------------------------------------------------------------


def producer(name: str, *events: str, timed: bool = False) -> Actor:
    """Return an actor that publishes `events` one by one."""

    def choices(state: State, at: int) -> Iterator[tuple[Call, int]]:
        following = at + 1 if at + 1 < len(events) else DONE
        yield calls.publish(events[at], timed=timed), following

    return Actor(name, choices)


def claimer(name: str, *sizes: int, timed: bool = False) -> Actor:
    """Return an actor that claims, once for each of `sizes`, then publishes or abandons what is held, in any order.

    It finishes claims of others as well: who finishes a claim makes no difference.
    """
    last = len(sizes)

    def choices(state: State, at: int) -> Iterator[tuple[Call, int]]:
        if at < last:
            yield calls.claim(sizes[at], timed=timed), at + 1
        for first, n in state.claims:
            taken = {call.call.sequence for call in state.pending if call.call.verb in ("publish_claim", "abandon")}
            within = {call.held for call in state.pending}
            if first not in taken | within:
                yield calls.publish_claim(first, *(f"{first + k}" for k in range(n))), at
                yield calls.abandon(first, n), at
        if at == last and not state.claims:
            yield calls.get(max(state.claimed, 0)), DONE

    return Actor(name, choices, closing=last)


def subscriber(name: str, *, timed: bool = False, fails: bool = False) -> Actor:
    """Return an actor that reads batches until the end; with `fails`, some blocks end by an exception."""

    def choices(state: State, at: int) -> Iterator[tuple[Call, int]]:
        if reader(state, name).turn is None:
            yield calls.read(name, timed=timed), 0
        else:
            yield calls.release(name), 0
            if fails:
                yield calls.release(name, fails=True), 0

    return Actor(name, choices)


def poller(name: str) -> Actor:
    """Return an actor that polls until the end."""

    def choices(state: State, at: int) -> Iterator[tuple[Call, int]]:
        yield (calls.poll(name) if reader(state, name).turn is None else calls.release(name)), 0

    return Actor(name, choices)


def looper(name: str) -> Actor:
    """Return an actor that loops over events until the end."""
    return Actor(name, lambda state, at: iter([(calls.iterate(name), 0)]))


def joiner(name: str, *, start: int = calls.EARLIEST, leaves: bool = False) -> Actor:
    """Return an actor that registers a subscriber and reads through it; with `leaves`, it may leave at any moment."""

    def choices(state: State, at: int) -> Iterator[tuple[Call, int]]:
        if at == 0:
            yield calls.register_subscriber(name, start=start), 1
            return
        if reader(state, name).turn is None:
            yield calls.read(name), 1
        else:
            yield calls.release(name), 1
        if leaves:
            yield calls.remove_subscriber(name), DONE

    return Actor(name, choices)


def closer(name: str = "closer", *, halts: bool = False) -> Actor:
    """Return an actor that closes the ring, at any moment; with `halts`, it may halt it instead."""

    def choices(state: State, at: int) -> Iterator[tuple[Call, int]]:
        yield calls.close(), DONE
        if halts:
            yield calls.halt(), DONE

    return Actor(name, choices)


def breaker(name: str, subscriber: str) -> Actor:
    """Return an actor that closes the ring, at any moment; before, it may let a subscriber fail.

    It may start the ring again, and halts it then: who was told of the failure reads no more.
    """

    def choices(state: State, at: int) -> Iterator[tuple[Call, int]]:
        if at < 2:
            yield calls.close(), DONE
            yield (calls.fail_subscriber(subscriber), 1) if at == 0 else (calls.start(), 2)
        else:
            yield calls.halt(), DONE

    return Actor(name, choices)


def with_readers(capacity: int, *readers: Reader) -> State:
    """Return a new ring with subscribers."""
    return ring(capacity)._replace(readers=readers)
