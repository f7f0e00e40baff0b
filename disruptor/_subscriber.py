"""A subscriber: a position, what it has in hand, and the ways to read.

Rule 1: the position is moved only by whoever has the subscriber's *turn* (one reader at a time), and only forward.
Rule 2: `_move` tells everybody who may wait for it: producers, and the readers behind this subscriber.
Rule 3: what is handed out was published, and confirmed to be protected by this subscriber's gate after it was copied.
Rule 4: a reader walks past voids while it waits: a ring full of voids must not stop its producers.
"""

from collections.abc import Iterator
from collections.abc import Sequence as AbstractSequence
from typing import Generic, SupportsFloat, SupportsIndex, TypeVar, final

from disruptor._arguments import at_most, sequence_number
from disruptor._barrier import Barrier
from disruptor._batch import Batch, chosen, sequences_of
from disruptor._deadline import check_timeout
from disruptor._errors import DisruptorBroken, DisruptorClosed, InvalidValue, SubscriberBusy
from disruptor._gate import Gate
from disruptor._home import Home
from disruptor._override import override
from disruptor._polling import Polling
from disruptor._reading import Reading
from disruptor._sequence import Sequence, batch_end, lag
from disruptor._sequencer import CLOSED, HALTED, Sequencer
from disruptor._slots import Slots
from disruptor._sync import Lock, Runtime, deadline_of
from disruptor._turn import Turn

E = TypeVar("E")


@final
class Subscriber(Generic[E]):
    """One reader of a ring: it holds producers back until it has processed what they would overwrite.

    Made by `Disruptor.register_subscriber`. One thread reads through it at a time; a second one gets
    `SubscriberBusy`. Iterating gives events, `batches` and `read` give many at once.

    >>> from disruptor import Disruptor
    >>> ring: Disruptor[str] = Disruptor(4)
    >>> subscriber = ring.register_subscriber(name="printer")
    >>> ring.publish_many(["a", "b", "c"])
    range(0, 3)
    >>> ring.close()
    >>> for event in subscriber:
    ...     print(event, subscriber.sequence)
    a -1
    b 0
    c 1
    >>> subscriber
    <Subscriber 'printer' at 2, 0 behind>
    """

    __slots__ = (
        "__weakref__",
        "_barrier",
        "_gate",
        "_home",
        "_runtime",
        "_sequencer",
        "_slots",
        "_turn",
        "after",
        "name",
    )

    def __init__(
        self,
        sequencer: Sequencer,
        slots: Slots[E],
        runtime: Runtime,
        gate: Gate,
        turn: Lock,
        after: "tuple[Subscriber[E], ...]",
        home: "Home[Subscriber[E]]",
    ) -> None:
        self._home = home
        self._sequencer = sequencer
        self._slots = slots
        self._runtime = runtime
        self._turn = turn
        self._gate = gate
        self._barrier: Barrier = Barrier(sequencer, gate, tuple(upstream._barrier for upstream in after))
        self.after: tuple[Subscriber[E], ...] = after
        """The subscribers that go first: this one reads only what all of them have processed."""
        self.name: str = gate.name
        """The name given at registration, or one made up."""

    # --- looking -------------------------------------------------------------------------------------------

    @property
    def sequence(self) -> Sequence:
        """The highest sequence that this subscriber has processed; -1 for none. Never waits."""
        return Sequence(self._gate.position.value)

    @property
    def lag(self) -> int:
        """How many published events this subscriber has yet to process. Never waits."""
        return lag(self._sequencer.published.value, self._gate.position.value)

    @property
    def closed(self) -> bool:
        """Whether this subscriber was removed from its ring."""
        return not self._gate.alive.value

    @override
    def __reduce__(self) -> tuple[object, ...]:
        return self._home._reduce_subscriber(self)

    @override
    def __repr__(self) -> str:
        state = "removed" if self.closed else f"{self.lag} behind"
        after = f" after {', '.join(repr(upstream.name) for upstream in self.after)}" if self.after else ""
        return f"<Subscriber {self.name!r}{after} at {self.sequence}, {state}>"

    # --- waiting and marking by hand -----------------------------------------------------------------------

    def wait_for(self, sequence: SupportsIndex, timeout: SupportsFloat | None = None) -> Sequence:
        """Wait until this subscriber may read `sequence`; return the highest that it may, which is at least that.

        `timeout` in seconds covers every cause of waiting, upstream too. Moves nothing. Raises `WaitTimeout`,
        `DisruptorClosed` if the sequence can never come, `SubscriberClosed`. (LMAX: `SequenceBarrier.waitFor`.)
        """
        wanted = sequence_number("sequence", sequence)
        return self._barrier.wait_for(wanted, deadline_of(self._runtime, timeout))

    def update_sequence(self, sequence: SupportsIndex) -> None:
        """Mark everything up to `sequence` as processed.

        Going back, or past what may be read, is an `InvalidValue` and changes nothing; the same again is fine.
        Within a batch of one's own, this releases a part of it early.
        """
        wanted = sequence_number("sequence", sequence)
        turn = None if self._gate.reader == self._runtime.ident() else self._begin()
        try:
            self._barrier.registered()
            position = self._gate.position.value
            if wanted < position:
                raise InvalidValue(f"{self.name!r} is at {position} and cannot go back to {wanted}")
            readable = self._barrier.readable()
            if wanted > max(readable, position):
                raise InvalidValue(f"{self.name!r} may read up to {readable}, not {wanted}")
            self._move(wanted)
        finally:
            if turn is not None:
                turn.give()

    # --- reading -------------------------------------------------------------------------------------------

    def read(self, max_events: SupportsIndex | None = None, timeout: SupportsFloat | None = None) -> Reading[E]:
        """Return a context manager over the next batch: all that may be read, `max_events` at most.

        Entering it waits, `timeout` seconds at most, for at least one event. Leaving the block marks the batch
        processed; leaving it by an exception marks nothing, so the same events come again.
        Entering raises `WaitTimeout`, `SubscriberClosed`, `SubscriberBusy`, and `DisruptorClosed` after the last event.
        """
        most = at_most("max_events", max_events, self._sequencer.capacity)
        return Reading(self, most, check_timeout(timeout))  # a wrong one is told here; its clock starts on entering

    def poll(self, max_events: SupportsIndex | None = None) -> Polling[E]:
        """Return a context manager over what there is now: a batch as of `read`, or a `Poll`, which says why there is none.

        Entering it never waits; otherwise as `read`. Raises `DisruptorClosed` if the ring is halted or broken.
        """
        return Polling(self, at_most("max_events", max_events, self._sequencer.capacity))

    def __iter__(self) -> Iterator[E]:
        """Yield event after event; one is processed when the next is asked for. Ends after close and the last event.

        Leaving the loop by `break` or an exception does not mark the event in hand: it comes again.
        Raises `DisruptorClosed` if the ring is halted, `SubscriberClosed` if this subscriber is removed.
        """
        turn = self._begin()
        try:
            while (batch := self._next_or_end(self._sequencer.capacity)) is not None:
                for sequence, event in zip(batch.sequences, batch, strict=True):
                    yield event
                    self._move(sequence)
                    self._sign()
                    self._barrier.confirm()
                    if self._gate.position.value > sequence:
                        break  # the loop's body has marked more: what it has marked is not handed out
                else:
                    self._move(batch.end)
                del batch, event  # nothing that was processed is kept while it waits
        finally:
            turn.give()

    def batches(self, max_events: SupportsIndex | None = None) -> Iterator[Batch[E]]:
        """Yield batch after batch, each of `max_events` at most; otherwise as iterating by event."""
        return self._batches(at_most("max_events", max_events, self._sequencer.capacity))

    def close(self) -> None:
        """Remove this subscriber from its ring; see `Disruptor.remove_subscriber`."""
        self._home.remove_subscriber(self)

    def __enter__(self) -> "Subscriber[E]":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # --- inside --------------------------------------------------------------------------------------------

    def _begin(self) -> Turn:
        """Take the turn, without waiting."""
        turn = Turn(self._turn, self._gate)
        if not turn.take():
            self._barrier.registered()  # looked at afterwards: who is registered now was so when the turn was taken
            raise SubscriberBusy(
                f"subscriber {self.name!r} is being read; one reader at a time (a loop over it has to end first)"
            )
        self._sign()
        return turn

    def _sign(self) -> None:
        """Note whose turn it is: a loop may be handed on, and is then asked for its next by another thread."""
        self._gate.reader = self._runtime.ident()

    def _batches(self, most: int) -> Iterator[Batch[E]]:
        turn = self._begin()
        try:
            while (batch := self._next_or_end(most)) is not None:
                yield batch
                self._move(batch.end)
                self._sign()
                del batch
        finally:
            turn.give()

    def _next_or_end(self, most: int, deadline: int | None = None) -> Batch[E] | None:
        while True:
            try:
                return self._next(most, deadline)
            except DisruptorBroken:
                raise
            except DisruptorClosed:
                phase = self._sequencer.phase.value
                if phase == HALTED:
                    raise
                if phase == CLOSED and self._gate.position.value >= self._sequencer.claimed.value:
                    return None
                # It was started again meanwhile.

    def _next(self, most: int, deadline: int | None) -> Batch[E]:
        """Wait for the next batch. The caller has the turn."""
        while True:
            batch = self._look(self._gate.position.value + 1, most, deadline)
            if batch:
                return batch
            self._move(batch.end)  # nothing but voids (Rule 4)

    def _look(self, first: int, most: int, deadline: int | None) -> Batch[E]:
        """Wait until `first` may be read, and return what may be from there on: nothing, if it is all void."""
        end = batch_end(first, self._barrier.wait_for(first, deadline), most)
        events = self._slots.read(first, end - first + 1)
        sequences: AbstractSequence[Sequence] = sequences_of(first, end)
        voids = self._sequencer.voids
        if voids:
            shown = tuple(sequence for sequence in sequences if sequence not in voids)
            if len(shown) < len(events):
                events = chosen(events, [sequence - first for sequence in shown])
                sequences = shown
        self._barrier.confirm()  # until here the gate stood: what was copied is what was published
        return Batch(self._slots.decode(events) if self._slots.encodes else events, sequences, end)

    def _move(self, sequence: int) -> object:
        """Mark everything up to `sequence` as processed; return what that releases, to drop unlocked. Needs the turn."""
        released = None
        if sequence > self._gate.position.value:
            if self._sequencer.clearing is not None:
                released = self._sequencer.clearing.move(self._gate, sequence)  # it is there then, and stays
            self._gate.position.value = sequence
            self._sequencer.room.nudge()
            if self._gate.followers.value:
                self._sequencer.news.nudge()
        return released
