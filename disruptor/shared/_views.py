"""What is seen of a ring between processes from outside: the words of the command, and the keys of its JSON."""

from typing import Final, NamedTuple

PHASES: Final = ("open", "closed", "halted")
BROKEN: Final = "broken"
"""The phase of a ring that is closed or halted, and of which a subscriber has failed."""


class Participant(NamedTuple):
    """A process that has, or had, a ring open."""

    number: int
    """Its number in this ring, from 1; 1 has made the ring."""
    alive: bool
    process: int | None
    """The number of its process; None if it is dead, or hidden from here."""


class SubscriberView(NamedTuple):
    """What is seen of a subscriber."""

    serial: int
    """Its number in this ring, which no other subscriber ever has."""
    name: str
    position: int
    lag: int
    """How many published events it has yet to process."""
    reading: bool
    """Whether its owner has something in hand, or waits for it."""
    owner: Participant
    after: tuple[str, ...]
    """The names of those that go first."""
    failed: bool = False
    """Whether it has said that it will not go on; or was said to."""


class ClaimView(NamedTuple):
    """What is seen of an open claim."""

    first: int
    last: int
    owner: Participant


class View(NamedTuple):
    """What is seen of a ring, as `look` has read it."""

    name: str
    phase: str
    """One of `PHASES`, or `BROKEN`."""
    capacity: int
    published: int
    claimed: int
    free: int
    """How many sequences could be claimed without waiting, in `0..capacity`."""
    kind: str
    """How events are held, a name of `Kind`."""
    format: str
    """The format of events, in words."""
    slot_size: int
    """Bytes of a slot."""
    bytes: int
    """The size of the ring's memory."""
    policy: str
    """What becomes of dead subscribers that hold others back."""
    subscribers: tuple[SubscriberView, ...]
    """The registered ones, in order of registration."""
    claims: tuple[ClaimView, ...]
    """The claims that somebody has yet to finish, in order."""
    participants: int
    """How many processes have had the ring open, ever."""
    alive: tuple[Participant, ...]
    """Those of them that have it open."""
    sleepers_for_room: int
    sleepers_for_news: int
    locked: bool
    """Whether somebody holds the ring's lock."""
    locked_by: int | None
    """The number of the process that does; None if nobody does, or it is hidden from here."""
    dead_subscribers: int
    """How many subscribers were removed because they died."""
    dead_claims: int
    """How many claims were voided because their holder died."""

    @property
    def left_over(self) -> bool:
        """Whether nobody is left who has the ring open."""
        return not self.alive


class Listed(NamedTuple):
    """A ring in the directory: what is seen of it, or why nothing is."""

    name: str
    view: View | None
    error: str | None
    left_over: bool | None
    """Whether nobody is left who has it open; None if that cannot be found out."""
