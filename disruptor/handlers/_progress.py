"""What a handler says of itself that is processed: earlier than its batch ends, or later, from any thread.

Rule 1: what was handed out is noted before the handler is called, so it can be marked at once; what was not, cannot.
Rule 2: behind the last event of a batch there may be voids, which the handler does not see. They are marked with that event.
Rule 3: whoever marks has the lock of this object: the position has one writer at a time, and never goes back.
Rule 4: a mark may come long after the handler's turn. Between processes the row may be another subscriber's by then, or
        another process may have gone on with this one. Both happen under the ring's lock, so a mark does, too (`mover`).
"""

from collections.abc import Callable
from typing import Any, SupportsIndex, final

from disruptor._arguments import sequence_number
from disruptor._errors import InvalidValue
from disruptor._sequence import Sequence
from disruptor._subscriber import Subscriber
from disruptor._sync import Lock, Runtime


def mover(subscriber: Subscriber[Any], runtime: Runtime) -> Callable[[int], object]:
    """Return what moves the position of a subscriber, from any thread, during its turn or after it (Rule 4).

    It raises `SubscriberBusy` if another process has gone on with the subscriber, and does nothing if it was removed.
    """
    sequencer, gate = subscriber._sequencer, subscriber._gate
    if not sequencer.room.patrols:
        return subscriber._move  # between threads a gate is its subscriber's for ever

    def move(sequence: int) -> None:
        if gate.reader == runtime.ident():
            if gate.alive.value:  # then this thread has the turn, and keeps it meanwhile
                subscriber._move(sequence)
            return
        with sequencer.lock:
            if gate.alive.value and sequence > gate.position.value:
                gate.position.value = sequence
                sequencer._wake()

    return move


@final
class Progress:
    """What `set_sequence_callback` is handed: call it with the highest sequence that is processed.

    It may be called from any thread, during `on_event` or long after: the position of the handler moves when it is called,
    and not before. (LMAX: `EventHandler.setSequenceCallback`, where a late call is not honoured.)
    """

    __slots__ = ("_handed", "_lock", "_move", "_name", "_passed", "_tails")

    def __init__(self, name: str, position: int, lock: Lock, move: Callable[[int], object]) -> None:
        self._name = name
        self._lock = lock
        self._move = move
        self._passed: int = position
        self._handed: int = position
        self._tails: list[tuple[int, int]] = []

    def __call__(self, sequence: SupportsIndex) -> None:
        """Mark everything up to `sequence` as processed; the same again, or less, does nothing.

        Raises `InvalidValue` if it was not handed out yet.
        """
        wanted = sequence_number("sequence", sequence)
        with self._lock:
            if wanted > self._handed:
                raise InvalidValue(f"{self._name!r} was given events up to {self._handed}, not {wanted}")
            released = self._mark(wanted)
        del released  # unlocked: a finaliser is the user's code

    @property
    def sequence(self) -> Sequence:
        """The highest sequence that is marked as processed; -1 for none."""
        return Sequence(self._passed)

    def shares(self, count: int) -> "tuple[Share, ...]":
        """Return as many shares in this: what all of them have marked is processed."""
        shares: list[Share] = []
        shares.extend(Share(self, shares) for _ in range(count))
        return tuple(shares)

    def hand(self, last: int | None, end: int) -> None:
        """Note that events up to `last` are handed out (None: no more of them), and that from there to `end` all is void."""
        released: object = None
        with self._lock:
            before = self._handed if last is None else last
            # It may have been handed out before, and further, in an earlier run.
            self._handed = max(self._handed, before)
            if end > before:
                self._tails.append((before, end))
                self._tails.sort()
                released = self._mark(self._passed)
        del released

    def _mark(self, wanted: int) -> object:
        """Move to `wanted`, and over the voids behind it; return what is to be dropped unlocked. The caller has the lock."""
        released: object = None
        passed = max(self._passed, wanted)
        while self._tails and self._tails[0][0] <= passed:
            passed = max(passed, self._tails.pop(0)[1])
        if passed > self._passed:
            released = self._move(passed)
            self._passed = passed
            self._handed = max(self._handed, passed)
        return released


@final
class Share:
    """What one of several handlers in one is handed instead of a `Progress`: it is called as that is."""

    __slots__ = ("_all", "_passed", "_progress")

    def __init__(self, progress: Progress, shares: "list[Share]") -> None:
        self._progress = progress
        self._passed = progress._passed
        self._all = shares

    def __call__(self, sequence: SupportsIndex) -> None:
        """Mark everything up to `sequence` as processed by this handler."""
        wanted = sequence_number("sequence", sequence)
        progress = self._progress
        with progress._lock:
            if wanted > progress._handed:
                raise InvalidValue(f"{progress._name!r} was given events up to {progress._handed}, not {wanted}")
            self._passed = max(self._passed, wanted)
            released = progress._mark(min(share._passed for share in self._all))
        del released

    @property
    def sequence(self) -> Sequence:
        """The highest sequence that this handler has marked as processed."""
        return Sequence(self._passed)
