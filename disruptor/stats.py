"""What a ring tells of itself in figures: `Disruptor.stats()` returns them, `disruptor.prometheus` exports them.

Rule 1: figures are plain integers that are kept where something happens anyway: per claim that is given up, per wait, per
        batch of a handler. Nothing is kept, counted or called per event.
Rule 2: to look at them never waits and never changes anything. They are read one after the other: each was true at some
        moment of the call, and no two of them need have been true at the same one.
Rule 3: of a ring between processes, what lies in its memory is the same in all of them: claims, publications, voids,
        positions, failures. Waits and handlers are those of the process that asks; one that was forked begins with the
        figures of its parent.
"""

from dataclasses import dataclass
from typing import Literal

from disruptor._sequence import Sequence

State = Literal["idle", "begun", "running", "ended"]
"""Where a handler is."""


@dataclass(frozen=True, slots=True)
class WaitStats:
    """How often and how long calls have waited. A call that found at once what it asked for has not waited.

    Nor has a reader that found it while it gave way, before it would have slept (`disruptor.waiting.Blocking`).

    A call that is given no time (`timeout=0`) and does not find it counts as one wait, of next to no time: so does each try
    of a call that is awaited in an event loop. What that one awaits in between is not counted.
    """

    count: int
    """How many calls have begun to wait, ever."""
    waiting: int
    """How many wait at this moment."""
    seconds: float
    """How long they have waited altogether, those included that still do. It never goes down."""


@dataclass(frozen=True, slots=True)
class SubscriberStats:
    """The figures of one subscriber."""

    name: str
    position: Sequence
    """The highest sequence that it has processed; -1 for none."""
    lag: int
    """How many published events it has yet to process."""
    failed: bool
    """Whether it will not go on until the ring is started again: it, or a handler before it, has gone wrong."""
    waits: WaitStats
    """The waits of those who read through it."""


@dataclass(frozen=True, slots=True)
class HandlerStats:
    """The figures of one handler. Its waits are those of the subscriber of the same name."""

    name: str
    state: State
    """Whether it was never started, has a thread that has not begun to run, runs, or has ended."""
    batches: int
    """How many batches it is done with."""
    events: int
    """How many events were in them."""
    errors: int
    """How often it has raised."""
    busy_seconds: float
    """How long it has worked on batches, those included that it failed at, with the pauses that its policy has asked for."""

    @property
    def mean_batch(self) -> float:
        """The mean number of events in a batch; 0 before the first."""
        return self.events / self.batches if self.batches else 0.0


@dataclass(frozen=True, slots=True)
class RingStats:
    """The figures of a ring."""

    capacity: int
    state: Literal["open", "closed", "halted", "broken"]
    """Whether new claims are taken, refused, everything is refused, or a subscriber has failed."""
    claimed: int
    """How many sequences were handed to producers, ever."""
    published: int
    """How many of them, from the first on without a gap, are published or void."""
    voids: int
    """How many have become void, ever; also above a claim that is still open."""
    remaining_capacity: int
    """How many sequences could be claimed without waiting."""
    producer_waits: WaitStats
    """The waits for room."""
    subscribers: tuple[SubscriberStats, ...]
    """The registered subscribers, in order of registration."""
    handlers: tuple[HandlerStats, ...]
    """The handlers, in order of registration."""
