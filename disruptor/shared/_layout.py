"""Where everything of a ring between processes lies in its memory, in words of 8 bytes.

Rule 1: one function of (capacity, subscribers, waiters, slot size) gives every place; who opens a ring computes it again
        from the header, and refuses a file whose size does not agree.
Rule 2: words that different processes store often are at least 64 bytes apart (one line of a processor's cache).
Rule 3: everything is zero at first, and zero means nothing there: so sequences in tables are stored as sequence + 1.
"""

from typing import Final, NamedTuple

MAGIC: Final = int.from_bytes(b"DISRUPTR", "little")
VERSION: Final = 3
"""Of this layout. To be raised with every change of what is here or of what the words mean."""


class Header:
    """Words that are written once, before anybody else can open the ring."""

    MAGIC: Final = 0
    VERSION: Final = 1
    BYTES: Final = 2
    """The size of the whole file."""
    CAPACITY: Final = 3
    MAX_SUBSCRIBERS: Final = 4
    MAX_WAITERS: Final = 5
    KIND: Final = 6
    """How events are held: see `_formats.py`."""
    SLOT_SIZE: Final = 7
    """Bytes of one slot, a multiple of 8."""
    POLICY: Final = 8
    """What is done about a subscriber that died: see `_deaths.py`."""
    CREATOR: Final = 9
    """Process number of who made the ring; for people only."""
    CREATED: Final = 10
    """When, in seconds since 1970; for people only."""
    DESCRIPTION: Final = 16
    """The format of events in words: UTF-8, filled up with zeros; who opens the ring must have the same."""
    DESCRIPTION_BYTES: Final = 640


class State:
    """Words that change while the ring lives."""

    CLAIMED: Final = 96
    PUBLISHED: Final = 104
    PHASE: Final = 112
    ROOM_SLEEPERS: Final = 120
    NEWS_SLEEPERS: Final = 128
    LIMIT: Final = 136
    TAKING: Final = 137
    """First sequence + 1 of the claim that is being taken."""
    BUSY: Final = 138
    """The number of the participant that holds the lock: it finds a holder that died."""
    PARTICIPANTS: Final = 139
    """How many numbers of participants were given."""
    DONE: Final = 140
    """How many claims are finished above `published`."""
    NEWEST_VOID: Final = 141
    """The highest void sequence + 1."""
    NAMES: Final = 142
    """How many names of subscribers were made up."""
    SERIALS: Final = 143
    """How many subscribers were registered, ever."""
    CHANGES: Final = 144
    """How often the table of gates has changed."""
    DEAD_SUBSCRIBERS: Final = 145
    """How many subscribers were removed because they died."""
    DEAD_CLAIMS: Final = 146
    """How many claims were voided because their holder died."""
    STARTING: Final = 147
    """1 while the ring is being started again: whoever finds it so after a death goes on with it."""
    VOIDED: Final = 148
    """How many sequences became void, ever; one claim more or less for each process that was killed while it gave one up."""


class GateWord:
    """The words of one subscriber."""

    SERIAL: Final = 0
    """Its number, or 0: not registered. Stored last when one joins, first when one leaves."""
    OWNER: Final = 1
    """The participant that reads through it."""
    BUSY: Final = 2
    """1 while somebody of the owner reads."""
    READER: Final = 3
    """The thread that reads, for messages."""
    UPSTREAMS: Final = 4
    """A bit for each row of the table that goes first."""
    FOLLOWERS: Final = 5
    FAILED: Final = 6
    """1 while it will not go on: see `_gate.py`."""
    POSITION: Final = 8
    NAME: Final = 16
    NAME_BYTES: Final = 64
    SIZE: Final = 24


class ClaimWord:
    """The words of one claim, in the row of the slot of its first sequence."""

    TAG: Final = 0
    """(first sequence + 1) * 4 + 1 if it is held, + 2 if it is finished above `published`."""
    LAST: Final = 1
    OWNER: Final = 2
    """The participant that holds it."""
    THREAD: Final = 3
    """The thread that must finish it, if known, or 0."""
    SIZE: Final = 4


class WaiterWord:
    """The words of one place where somebody can be parked."""

    OWNER: Final = 0
    """The participant that sleeps or is about to, or 0."""
    SIGNAL: Final = 1
    SIZE: Final = 2


GATES: Final = 160
"""The first word of the table of subscribers."""
MAX_SUBSCRIBERS: Final = 62
"""The most that a ring can have: their upstreams are bits of one word."""


class Layout(NamedTuple):
    """The places of one ring's tables.

    >>> layout = Layout(capacity=4, max_subscribers=2, max_waiters=4, slot_size=16)
    >>> layout.waiters, layout.claims, layout.voids, layout.events, layout.bytes
    (208, 216, 232, 240, 1984)
    """

    capacity: int
    """Slots; a power of two."""
    max_subscribers: int
    """Rows of the table of subscribers, in `1..MAX_SUBSCRIBERS`."""
    max_waiters: int
    """Places where somebody can be parked."""
    slot_size: int
    """Bytes of one slot, a multiple of 8."""

    @property
    def waiters(self) -> int:
        """The first word of the table of waiters."""
        return GATES + self.max_subscribers * GateWord.SIZE

    @property
    def claims(self) -> int:
        """The first word of the table of claims, a row for each slot."""
        return self.waiters + self.max_waiters * WaiterWord.SIZE

    @property
    def voids(self) -> int:
        """The first word of the table of voids, a word for each slot."""
        return self.claims + self.capacity * ClaimWord.SIZE

    @property
    def events(self) -> int:
        """The first word of the events; at the beginning of a line of the cache."""
        return -(-(self.voids + self.capacity) // 8) * 8

    @property
    def bytes(self) -> int:
        """The size of all."""
        return self.events * 8 + self.capacity * self.slot_size
