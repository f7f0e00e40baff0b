"""How calls begin, go on, sleep, wake and return: the same for every action.

Rule 1: a call is `invoke`d, then goes on by one atomic step at a time (`outcomes`) until it has an outcome.
Rule 2: a call that can go on and whose time is over goes on: success wins. It fails with a time-out only at a moment
        when it is due and cannot go on.
Rule 3: a call that cannot go on falls asleep. Asleep, it does nothing until an effect wakes what it `waits` on, or
        its time is over. So a forgotten wake-up is a state in which somebody sleeps through what he waits for.
"""

from collections.abc import Iterator, Mapping

from model.action import ROOM, Action, Result
from model.actions import ACTIONS
from model.calls import text
from model.state import Call, Content, Outcome, Pending, State, readable, with_pending

Actions = Mapping[str, Action]


def invoke(state: State, task: str, call: Call) -> State:
    """Return the state in which `task` has begun `call`. A task has one call at a time; `ValueError` otherwise."""
    if any(other.task == task for other in state.pending):
        raise ValueError(f"task {task!r} already has a pending call")
    known = any(other.name == call.name for other in state.readers)
    floor = readable(state, call.name if known else "")
    return state._replace(pending=(*state.pending, Pending(task, call, floor=floor)))


def wake(state: State, channels: tuple[str, ...], actions: Actions = ACTIONS) -> State:
    """Return the state in which everybody who sleeps on one of `channels` is awake."""
    if not channels or not any(call.asleep for call in state.pending):
        return state
    return state._replace(
        pending=tuple(
            call._replace(asleep=False) if actions[call.call.verb].waits in channels else call for call in state.pending
        )
    )


def outcomes(state: State, call: Pending, actions: Actions = ACTIONS) -> Iterator[Result]:
    """Yield every way in which an awake call may go on now; none if it has to wait."""
    action = actions[call.call.verb]
    if call.error:
        yield fail(state, call, call.error, actions)
        return
    walks = False
    for after in action.walk(state, call):
        walks = True
        yield wake(after, action.wakes, actions), None
    error = action.refuse(state, call)
    if error:
        yield fail(state, call, error, actions)
        return
    if action.guard(state, call):
        for after, outcome in action.effect(state, call):
            if call.call.fails and outcome is not None:
                after = after._replace(breach=state.breach or breach(state, call, after))
            yield wake(after, action.wakes, actions), outcome
        return
    if not call.call.timed:
        error = action.hopeless(state, call)
        if error:
            yield fail(state, call, error, actions)
    elif call.due and not walks:  # behind the voids there may be what it waits for
        error = "InsufficientCapacity" if action.waits == ROOM else "WaitTimeout"
        yield fail(state, call, error, actions)


def fail(state: State, call: Pending, error: str, actions: Actions = ACTIONS) -> Result:
    """Return what follows when a call fails with `error`: at once, or in another step if it has a turn to give back."""
    if call.stage > 0 and not call.error:
        return with_pending(state, call._replace(error=error)), None
    after = actions[call.call.verb].undo(state, call)
    return after._replace(breach=state.breach or breach(state, call, after)), Outcome(error)


def breach(before: State, call: Pending, after: State) -> str:
    """Return what trace a failed call has left other than voids, or nothing (S7)."""
    moved = [b.name for b, a in zip(before.readers, after.readers, strict=True) if b.position != a.position]
    shown = [
        a.sequence
        for b, a in zip(before.slots, after.slots, strict=True)
        if a != b and not (b.content is Content.HELD and a.content is Content.VOID)
    ]
    if before.claimed != after.claimed:
        return f"{text(call.call)} failed and keeps a claim"
    if moved:
        return f"{text(call.call)} failed and moved {', '.join(moved)}"
    return f"{text(call.call)} failed and left {shown}" if shown else ""


def blocked(state: State, call: Pending, actions: Actions = ACTIONS) -> bool:
    """Tell whether a call cannot go on now."""
    return call.outcome is None and next(outcomes(state, call, actions), None) is None


def sleep(state: State, call: Pending) -> State:
    """Return the state in which a call that cannot go on has fallen asleep."""
    return with_pending(state, call._replace(asleep=True))


def expire(state: State, call: Pending) -> State:
    """Return the state in which the time-out of a call has passed, which wakes it."""
    return with_pending(state, call._replace(due=True, asleep=False))
