"""What a ring shows of itself.

Rule 1: what only looks never waits and never changes anything. It is the truth of a moment, and may be old when it is read.
Rule 2: `get` reads first and tests afterwards: `claimed` moves before a slot is written.
"""

from typing import Generic, SupportsIndex, TypeVar

from disruptor._arguments import integer_between, sequence_number
from disruptor._clearing import oldest_there
from disruptor._errors import OutdatedSequence, SequenceNotFound, SequenceVoid
from disruptor._joining import Joining
from disruptor._sequence import Sequence, room
from disruptor._sequencer import HALTED, OPEN

E = TypeVar("E")


class Looking(Joining[E], Generic[E]):
    """What can be seen of a ring; a part of `Disruptor`."""

    __slots__ = ()

    @property
    def capacity(self) -> int:
        """The number of slots."""
        return self._sequencer.capacity

    @property
    def cursor(self) -> Sequence:
        """The highest sequence up to which everything is published or void; -1 for none."""
        return Sequence(self._sequencer.published.value)

    @property
    def claimed(self) -> Sequence:
        """The highest sequence handed to any producer; -1 for none."""
        return Sequence(self._sequencer.claimed.value)

    @property
    def remaining_capacity(self) -> int:
        """How many sequences could be claimed at this moment without waiting, in `0..capacity`."""
        sequencer = self._sequencer
        return room(sequencer.capacity, sequencer.claimed.value, sequencer.lowest())

    def has_available_capacity(self, n: SupportsIndex = 1) -> bool:
        """Tell whether `n` sequences (`1..capacity`) could be claimed at this moment without waiting."""
        return integer_between("n", n, 1, self.capacity) <= self.remaining_capacity

    @property
    def closed(self) -> bool:
        """Whether new claims are refused: the ring was closed or halted, or is broken."""
        return self._sequencer.phase.value != OPEN

    @property
    def halted(self) -> bool:
        """Whether every wait is refused."""
        return self._sequencer.phase.value == HALTED

    def get(self, sequence: SupportsIndex) -> E:
        """Return the event of `sequence`; never waits.

        Raises `SequenceNotFound` if it is not yet published, `OutdatedSequence` if it is no longer kept (tested
        after the event was read), `SequenceVoid` if it was abandoned; all are `LookupError`s.
        """
        wanted = sequence_number("sequence", sequence)
        sequencer = self._sequencer
        published = sequencer.published.value
        if wanted > published:
            raise SequenceNotFound(f"sequence {wanted} is not published yet; the cursor is at {published}")
        event = self._slots.at(wanted)
        void = wanted in sequencer.voids
        # `claimed` moves before a slot is written: if it is still low, what was read is what was published.
        oldest = oldest_there(sequencer)
        if wanted < oldest:
            raise OutdatedSequence(f"sequence {wanted} is no longer kept; the oldest kept is {oldest}")
        if void:
            raise SequenceVoid(f"sequence {wanted} is void: its claim was abandoned")
        return self._slots.decode([event])[0] if self._slots.encodes else event
