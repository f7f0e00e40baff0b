"""The state of a ring, as a value.

Rule 1: a state never changes; an action gives another one. Everything is a tuple, so states can be hashed and compared.
Rule 2: what a ring would remember is here, and nothing else, except the few fields marked *ghost*: they record what
        happened, so that a promise can be said as a predicate on one state.
Rule 3: one atomic step of the ring is one change of the state. What a real ring does between two states is its own affair.
"""

from collections.abc import Hashable
from enum import Enum, IntEnum
from typing import NamedTuple

from model.override import override

NONE = -1
"""The sequence before the first."""


class Phase(IntEnum):
    """The life of a ring; it only goes forward, until it is started again."""

    OPEN = 0
    CLOSED = 1
    HALTED = 2


class Content(Enum):
    """What a slot holds."""

    FREE = "free"
    HELD = "held"
    FULL = "full"
    VOID = "void"


class Slot(NamedTuple):
    """One place in the ring."""

    sequence: int = NONE
    """The sequence that it was last claimed for."""
    content: Content = Content.FREE
    """HELD while its claimer may be writing."""
    event: Hashable = None
    """What was published, if it is FULL."""


class Reader(NamedTuple):
    """A subscriber."""

    name: str
    position: int
    """The highest sequence that it has processed."""
    after: tuple[str, ...] = ()
    """Its upstreams."""
    alive: bool = True
    """Whether it is registered, and so a gate."""
    failed: bool = False
    """Whether it will not go on: so nobody after it gets past its position, until the ring is started again."""
    turn: str | None = None
    """The task that is reading through it."""
    hand: tuple[tuple[int, Hashable], ...] = ()
    """The sequences and events that were handed out and not yet marked."""
    end: int = NONE
    """The last sequence that the batch in hand covers."""
    promised: int = 0
    """Ghost: the first sequence that it was promised when it joined."""
    asked: int = NONE
    """Ghost: the start that it asked for, or negative for the earliest or the latest."""
    ended: bool = False
    """Ghost: it was told that there is nothing more to come."""


class Call(NamedTuple):
    """A call of a method: the verb and its arguments; see `model/calls.py` for the readable way to write one."""

    verb: str
    events: tuple[Hashable, ...] = ()
    n: int = 1
    sequence: int = NONE
    name: str = ""
    after: tuple[str, ...] = ()
    timed: bool = False
    """Whether it has a time-out; when that has passed, its `Pending` is `due`."""
    fails: bool = False
    """Whether the user's code in it raises: a translator, or the block around a batch."""


class Outcome(NamedTuple):
    """How a call ended."""

    kind: str
    """"ok", "ended" (of an iteration), "idle", "gated" or "closed" (of `poll`), or the name of an error."""
    sequences: tuple[int, ...] = ()
    events: tuple[Hashable, ...] = ()

    @override
    def __str__(self) -> str:
        parts = [self.kind]
        if self.sequences:
            parts.append(span(self.sequences))
        if self.events:
            parts.append(", ".join(map(str, self.events)))
        return " ".join(parts)


class Pending(NamedTuple):
    """A call that has begun and has not returned."""

    task: str
    call: Call
    stage: int = 0
    """How far a call of several steps has come."""
    floor: int = NONE
    """What could be read when it began: it may return no less, whatever it has missed since."""
    held: int = NONE
    """The sequence that a call holds between its steps."""
    due: bool = False
    """Its time-out has passed."""
    asleep: bool = False
    """It has found that it cannot go on, and does nothing until it is woken."""
    error: str = ""
    """It has found that it fails with this, and has yet to give its turn back."""
    outcome: Outcome | None = None
    """It has taken effect, and is about to return this. Used by the oracle; the explorer returns at once."""


class State(NamedTuple):
    """Everything about one ring at one moment."""

    slots: tuple[Slot, ...]
    claimed: int = NONE
    """The highest sequence handed to any producer."""
    published: int = NONE
    """The highest sequence up to which everything is published or void."""
    phase: Phase = Phase.OPEN
    readers: tuple[Reader, ...] = ()
    claims: tuple[tuple[int, int], ...] = ()
    """Claims that somebody holds: first sequence and length."""
    pending: tuple[Pending, ...] = ()
    breach: str = ""
    """Ghost: a call that failed and yet left a trace."""
    announced: int = NONE
    """The sequence up to which a single producer, without the lock, is about to claim, unless it is refused."""
    released: int = NONE
    """The sequence up to which nothing is kept: all that had to read it have, and the ring clears (`model/clearing.py`)."""

    @property
    def capacity(self) -> int:
        """The number of slots."""
        return len(self.slots)


def ring(capacity: int) -> State:
    """Return a new ring.

    >>> ring(2).claimed
    -1
    """
    return State(slots=(Slot(),) * capacity)


def span(sequences: tuple[int, ...]) -> str:
    """Return sequences as text.

    >>> span((3,)), span((3, 4, 5)), span((3, 5))
    ('3', '3..5', '3, 5')
    """
    if len(sequences) > 1 and sequences == tuple(range(sequences[0], sequences[-1] + 1)):
        return f"{sequences[0]}..{sequences[-1]}"
    return ", ".join(map(str, sequences))


def slot(state: State, sequence: int) -> Slot:
    """Return the slot of `sequence`."""
    return state.slots[sequence % len(state.slots)]


def finished(state: State, sequence: int) -> bool:
    """Tell whether `sequence` is published or void, and not overwritten."""
    place = slot(state, sequence)
    return place.sequence == sequence and place.content in (Content.FULL, Content.VOID)


def reader(state: State, name: str) -> Reader:
    """Return the subscriber called `name`; `KeyError` if there never was one."""
    for candidate in state.readers:
        if candidate.name == name:
            return candidate
    raise KeyError(name)


def broken(state: State) -> bool:
    """Tell whether a subscriber has failed: then there are no new claims."""
    return any(gate.alive and gate.failed for gate in state.readers)


def cut_off(state: State, name: str, sequence: int) -> bool:
    """Tell whether an upstream of `name`, or who goes before that, has failed before `sequence`."""
    upstreams = [reader(state, upstream) for upstream in reader(state, name).after]
    return any(
        upstream.alive and upstream.position < sequence and (upstream.failed or cut_off(state, upstream.name, sequence))
        for upstream in upstreams
    )


def lowest(state: State) -> int:
    """Return the lowest of `published` and the positions of all gates."""
    return min([state.published, *(gate.position for gate in state.readers if gate.alive)])


def shown_as_claimed(state: State) -> int:
    """Return the highest sequence that looks claimed: it is, or it is announced."""
    return max(state.claimed, state.announced)


def oldest(state: State) -> int:
    """Return the oldest sequence that is kept, or would be."""
    return max(shown_as_claimed(state) - state.capacity, state.released) + 1


def has_room(state: State, n: int) -> bool:
    """Tell whether `n` more sequences fit."""
    return state.claimed + n <= lowest(state) + state.capacity


def readable(state: State, name: str = "") -> int:
    """Return the highest sequence that `name` may read; without a name, that anybody may.

    Only an upstream that died is removed before those after it: it no longer counts for them.
    """
    if not name:
        return state.published
    upstreams = (reader(state, upstream) for upstream in reader(state, name).after)
    return min([state.published, *(upstream.position for upstream in upstreams if upstream.alive)])


def with_slots(state: State, changes: dict[int, Slot]) -> State:
    """Return the state with the slots of some sequences replaced."""
    slots = list(state.slots)
    for sequence, changed in changes.items():
        slots[sequence % len(slots)] = changed
    return state._replace(slots=tuple(slots))


def with_reader(state: State, changed: Reader) -> State:
    """Return the state with one subscriber replaced."""
    return state._replace(readers=tuple(changed if other.name == changed.name else other for other in state.readers))


def with_pending(state: State, changed: Pending) -> State:
    """Return the state with the pending call of one task replaced."""
    return state._replace(pending=tuple(changed if other.task == changed.task else other for other in state.pending))


def without_pending(state: State, task: str) -> State:
    """Return the state without the pending call of `task`."""
    return state._replace(pending=tuple(other for other in state.pending if other.task != task))
