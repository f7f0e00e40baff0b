"""The header of a ring between processes: what its creator says of it, and nobody believes.

Rule 1: it is written before anybody else can open the ring, its mark last, and never again.
Rule 2: whoever opens a ring tests all of it before he computes a place from it: a forged or cut file is an error.
"""

from typing import NamedTuple

from disruptor._errors import RingMismatch
from disruptor._sequence import is_capacity
from disruptor.shared._kernel import Memory
from disruptor.shared._layout import GATES, MAGIC, MAX_SUBSCRIBERS, VERSION, Header, Layout, State


class About(NamedTuple):
    """What the header says of a ring."""

    layout: Layout
    kind: int
    policy: int
    description: str
    creator: int = 0
    created: int = 0


def write_header(memory: Memory, about: About) -> None:
    """Write the header of a new ring."""
    raw = about.description.encode()
    if len(raw) > Header.DESCRIPTION_BYTES:
        raise ValueError(f"a description has at most {Header.DESCRIPTION_BYTES} bytes, not {len(raw)}")
    words = memory.words(0, GATES)
    layout = about.layout
    words[Header.VERSION] = VERSION
    words[Header.BYTES] = layout.bytes
    words[Header.CAPACITY] = layout.capacity
    words[Header.MAX_SUBSCRIBERS] = layout.max_subscribers
    words[Header.MAX_WAITERS] = layout.max_waiters
    words[Header.SLOT_SIZE] = layout.slot_size
    words[Header.KIND] = about.kind
    words[Header.POLICY] = about.policy
    words[Header.CREATOR] = about.creator
    words[Header.CREATED] = about.created
    memory.buffer(Header.DESCRIPTION, len(raw))[:] = raw
    words[State.PARTICIPANTS] = 1
    words[Header.MAGIC] = MAGIC


def read_header(memory: Memory, name: str, size: int) -> About:
    """Read a header, and believe nothing of it: `RingMismatch` names what is wrong."""
    words = memory.words(0, State.CLAIMED)

    def expect(what: str, found: int, good: bool, bound: object) -> None:
        if not good:
            raise RingMismatch(f"ring {name!r} cannot be opened: its {what} is {found}, not {bound}")

    expect("mark", words[Header.MAGIC], words[Header.MAGIC] == MAGIC, MAGIC)
    expect("layout version", words[Header.VERSION], words[Header.VERSION] == VERSION, VERSION)
    capacity, slot_size = words[Header.CAPACITY], words[Header.SLOT_SIZE]
    subscribers, waiters = words[Header.MAX_SUBSCRIBERS], words[Header.MAX_WAITERS]
    expect("capacity", capacity, is_capacity(capacity), "a power of two")
    expect("table of subscribers", subscribers, 1 <= subscribers <= MAX_SUBSCRIBERS, f"in 1..{MAX_SUBSCRIBERS}")
    expect("table of waiters", waiters, 1 <= waiters <= 2**16, f"in 1..{2**16}")
    expect("slot size", slot_size, 0 < slot_size <= 2**31 and slot_size % 8 == 0, "a multiple of 8 in 8..2**31")
    layout = Layout(capacity, subscribers, waiters, slot_size)
    expect("size in bytes", size, size == layout.bytes == words[Header.BYTES], layout.bytes)
    raw = bytes(memory.buffer(Header.DESCRIPTION, Header.DESCRIPTION_BYTES)).rstrip(b"\0")
    return About(
        layout,
        words[Header.KIND],
        words[Header.POLICY],
        raw.decode(errors="replace"),
        words[Header.CREATOR],
        words[Header.CREATED],
    )
