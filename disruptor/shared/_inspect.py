"""A look at a ring between processes from outside: it takes no part, and cannot disturb.

Rule 1: the files are opened and mapped for reading only. No number is taken, no mark is set, no lock is taken: a ring can
        be looked at whose lock is held by a process that has been stopped.
Rule 2: so the numbers are read one after the other while the ring goes on, and a view may be torn: no two of its numbers
        need have been true at the same moment. What follows is read later: positions before `published`, `published` before
        `claimed`. So no lag is negative, no position is above `published`, and no room is shown that a claim had taken by
        then. Where a number would be out of its range all the same, it is clamped: lag at 0, room to `0..capacity`,
        `claimed` to at most `capacity` above `published`.
Rule 3: a row of a table is only believed if its first word (`SERIAL`, `TAG`) was the same before and after the others were
        read. The marks are read at the end: a subscriber that has changed hands since may be shown with a dead owner.
Rule 4: nothing that was read is trusted to be in its range: what is not a ring's is a `RingMismatch`.
"""

import os
from collections.abc import Iterator
from typing import NamedTuple

from disruptor._errors import InvalidValue, RingMismatch
from disruptor._sequence import INITIAL, lag, room, slot_of
from disruptor.shared._claims import DONE, HELD, tag_of
from disruptor.shared._deaths import Policy
from disruptor.shared._files import READING, folder_of, names, open_file
from disruptor.shared._formats import Kind
from disruptor.shared._header import About
from disruptor.shared._kernel import Words
from disruptor.shared._layout import GATES, ClaimWord, GateWord, Layout, State
from disruptor.shared._mapped import mapped_ring
from disruptor.shared._marks import holder, marks
from disruptor.shared._posix import fence
from disruptor.shared._segment import ENDINGS
from disruptor.shared._views import BROKEN, PHASES, ClaimView, Listed, Participant, SubscriberView, View


class _Row(NamedTuple):
    """A row of the table of subscribers, as it was read."""

    serial: int
    number: int
    name: str
    position: int
    owner: int
    reading: bool
    upstreams: int
    failed: bool


def look(name: str) -> View:
    """Return what is seen of a ring at this moment; the view may be torn (Rule 2).

    Raises `RingNotFound`, or `RingMismatch` if what is there is no ring of this version, or `InvalidValue` if this process
    itself has the ring open: it would lose its marks.
    """
    if name in ENDINGS:
        raise InvalidValue(f"ring {name!r} is open in this process: ask the ring itself")
    folder = folder_of(name)
    memory, about = mapped_ring(folder, name, reading=True)
    lock = open_file(folder, "lock", READING)
    try:
        return _view(name, about, memory.words(0, about.layout.voids), lock)
    finally:
        os.close(lock)


def listed() -> list[Listed]:
    """Return all rings of this user, left over ones and those that cannot be read included.

    Raises `InvalidValue` if this process itself has one of them open.
    """
    return [found for name in names() if (found := _listed(name)) is not None]


def _listed(name: str) -> Listed | None:
    """Return what is seen of a ring; None if it has just gone."""
    try:
        view = look(name)
    except (RingMismatch, OSError) as error:
        return Listed(name, None, str(error), _deserted(name)) if folder_of(name).exists() else None
    return Listed(name, view, None, view.left_over)


def users(name: str) -> dict[int, int | None]:
    """Return the number of each participant of a ring that is alive, and its process (None: hidden from here).

    It needs nothing but the file of marks. Raises `RingNotFound` or `RingMismatch` if there is none.
    """
    lock = open_file(folder_of(name), "lock", READING)
    try:
        return marks(lock)
    finally:
        os.close(lock)


def _deserted(name: str) -> bool | None:
    try:
        return not users(name)
    except (RingMismatch, OSError):
        return None


def _view(name: str, about: About, words: Words, lock: int) -> View:
    layout = about.layout
    kind = _one_of(name, "kind of events", [kind.name for kind in Kind], about.kind)
    policy = _one_of(name, "policy", [policy.value for policy in Policy], about.policy)
    rows = _rows(words, layout.max_subscribers)
    fence()
    published = words[State.PUBLISHED]
    fence()
    claimed = words[State.CLAIMED]
    if not INITIAL <= published <= claimed:
        raise RingMismatch(f"ring {name!r} says it has published up to {published}, and claimed up to {claimed}")
    claimed = min(claimed, published + layout.capacity)  # as it was when `published` was read, at most
    phase = _one_of(name, "phase", PHASES, words[State.PHASE])
    if phase != PHASES[0] and any(row.failed for row in rows):
        phase = BROKEN
    claims = [*_claims(words, layout, claimed)]
    holding = holder(lock, 0, 0)
    alive = marks(lock)

    def participant(number: int) -> Participant:
        return Participant(number, number in alive, alive.get(number))

    lowest = min((row.position for row in rows), default=published)
    return View(
        name=name,
        phase=phase,
        capacity=layout.capacity,
        published=published,
        claimed=claimed,
        free=room(layout.capacity, claimed, min(lowest, published)),
        kind=kind,
        format=about.description,
        slot_size=layout.slot_size,
        bytes=layout.bytes,
        policy=policy,
        subscribers=tuple(
            SubscriberView(
                row.serial,
                row.name,
                row.position,
                lag(published, row.position),
                row.reading,
                participant(row.owner),
                tuple(other.name for other in rows if row.upstreams >> other.number & 1),
                row.failed,
            )
            for row in rows
        ),
        claims=tuple(ClaimView(first, last, participant(owner)) for first, last, owner in claims),
        participants=words[State.PARTICIPANTS],
        alive=tuple(map(participant, alive)),
        sleepers_for_room=words[State.ROOM_SLEEPERS],
        sleepers_for_news=words[State.NEWS_SLEEPERS],
        locked=holding is not None,
        locked_by=None if holding is None else holding.process,
        dead_subscribers=words[State.DEAD_SUBSCRIBERS],
        dead_claims=words[State.DEAD_CLAIMS],
    )


def _one_of(name: str, what: str, known: "tuple[str, ...] | list[str]", number: int) -> str:
    if not 0 <= number < len(known):
        raise RingMismatch(f"ring {name!r} cannot be read: its {what} is {number}, not in 0..{len(known) - 1}")
    return known[number]


def _rows(words: Words, size: int) -> list[_Row]:
    """Return the registered subscribers, in order of registration."""
    rows = []
    for number in range(size):
        at = GATES + number * GateWord.SIZE
        serial = words[at + GateWord.SERIAL]
        fence()
        raw = b"".join(
            (words[at + GateWord.NAME + k] & 2**64 - 1).to_bytes(8, "little") for k in range(GateWord.NAME_BYTES // 8)
        )
        row = _Row(
            serial,
            number,
            raw.rstrip(b"\0").decode("utf-8", "replace"),
            words[at + GateWord.POSITION],
            words[at + GateWord.OWNER],
            bool(words[at + GateWord.BUSY]),
            words[at + GateWord.UPSTREAMS],
            bool(words[at + GateWord.FAILED]),
        )
        fence()
        if serial and words[at + GateWord.SERIAL] == serial:
            rows.append(row)
    return sorted(rows)


def _claims(words: Words, layout: Layout, claimed: int) -> Iterator[tuple[int, int, int]]:
    """Yield first sequence, last sequence and owner of each open claim up to `claimed`.

    They lie one after the other (Rule 4 of `_claims.py`). One that is just being taken or finished ends the list.
    """
    first = words[State.PUBLISHED] + 1
    while first <= claimed:
        at = layout.claims + slot_of(layout.capacity - 1, first) * ClaimWord.SIZE
        tag = words[at + ClaimWord.TAG]
        fence()
        last, owner = words[at + ClaimWord.LAST], words[at + ClaimWord.OWNER]
        fence()
        known = tag in (tag_of(first, HELD), tag_of(first, DONE)) and words[at + ClaimWord.TAG] == tag
        if known and first <= last <= claimed:
            if tag == tag_of(first, HELD):
                yield first, last, owner
            first = last + 1
        else:
            published = words[State.PUBLISHED]
            if published < first:
                return  # it is just being taken or finished
            first = published + 1  # it was finished meanwhile
