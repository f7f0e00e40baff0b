"""What may become of a call that is broken off: by an interrupt, or because its task is gone.

Rule 1: an interrupted call took effect as a whole, or leaves no trace but voids (S7). What it got is lost to its caller:
        a claim is made void, sooner or later, a batch is given back unmarked, a turn is free again.
Rule 2: it ends as any call does: at some moment after it began, and before anybody heard that it was broken off.
Rule 3: what is made void later is an open call of somebody who is not seen: `abandon`, which may happen at any time.
        At rest it has happened: a lost claim stops nobody for ever.
Rule 4: Python can interrupt the end of a `with` block before the library is in charge: then nothing of it has happened.
Rule 5: a crashed task may in addition stop half-way: what it marked is marked, the turn that it had stays taken.
"""

from collections.abc import Iterator

from model import calls
from model.actions import ACTIONS
from model.state import NONE, Outcome, Pending, State, reader, with_pending, with_reader
from model.steps import invoke

INTERRUPTED = Outcome("interrupted")
CRASHED = Outcome("crashed")
"""What calls return that were broken off."""

NOBODY = "(nobody)"
"""How the names of the tasks begin that nobody sees, and that no history can tell of."""

PUBLISHING = ("publish", "publish_many", "publish_event")
READING = ("read", "poll", "iterate", "batches")


def broken_off(state: State, call: Pending, end: Outcome) -> Iterator[State]:
    """Yield every state that a ring may be in when `call` was broken off just now, and so returns `end`."""
    if call.outcome in (INTERRUPTED, CRASHED):
        return
    after = with_pending(state, Pending(call.task, call.call, outcome=end))
    yield from _interrupted(after, call)
    if end == CRASHED:
        half = call.call.verb in PUBLISHING and call.held != NONE and call.outcome is None
        yield _lost(after, call.task, call.held, call.call.n) if half else after


def _interrupted(after: State, call: Pending) -> Iterator[State]:
    verb, name = call.call.verb, call.call.name
    happened = call.outcome is not None
    succeeded = call.outcome is not None and call.outcome.kind == "ok"
    if verb in PUBLISHING:
        yield _lost(after, call.task, call.held, call.call.n) if call.held != NONE and not happened else after
    elif verb == "claim":
        first = call.outcome.sequences[0] if call.outcome is not None and succeeded else NONE
        yield _lost(after, call.task, first, call.call.n)
    elif verb in ("publish_claim", "abandon"):
        yield after
        if not happened:
            yield _lost(after, call.task, call.call.sequence, call.call.n)
    elif verb == "register_subscriber":
        yield after
        if succeeded:
            yield with_reader(after, reader(after, name)._replace(alive=False))
    elif verb in READING:
        # A loop in progress is over, whether or not it came to take the next event.
        taken = reader(after, name).turn == call.task and verb not in ("read", "poll")
        in_progress = not happened and (call.stage > 0 or taken)
        yield _given_back(after, name) if succeeded or in_progress else after
    elif verb in ("release", "leave"):
        yield after
        yield _given_back(after, name)
    else:
        yield after if happened else ACTIONS[verb].undo(after, call)


def lose(state: State, task: str, claims: tuple[tuple[int, int], ...]) -> State:
    """Return the state in which `task` has gone, and its open claims, given by first sequence and length, with it."""
    for first, n in claims:
        state = _lost(state, task, first, n)
    return state


def _lost(state: State, task: str, first: int, n: int) -> State:
    nobody = f"{NOBODY} lost claim {first} of {task}"
    if (first, n) not in state.claims or any(other.task == nobody for other in state.pending):
        return state
    return invoke(state, nobody, calls.abandon(first, n))


def _given_back(state: State, name: str) -> State:
    subscriber = reader(state, name)
    return with_reader(state, subscriber._replace(hand=(), end=NONE, turn=None))
