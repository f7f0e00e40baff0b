"""The role of the only producer: what the thread that has it needs to publish without the lock.

Rule 1: a role belongs to one thread for ever. Who takes over gets another role, and the limit of the old one stays lowered:
        whatever the former producer begins then goes under the lock, and is judged there.
Rule 2: only the thread of the role sets `busy`, and moves `claimed` and `published` without the lock. `limit` is written
        under the lock only.
"""

from collections.abc import Callable
from typing import final

from disruptor._cell import Cell
from disruptor._sequence import INITIAL


@final
class Role:
    """What one thread may do without the lock, and how far (`_single.py`)."""

    __slots__ = (
        "busy",
        "claimed",
        "filling",
        "ident",
        "items",
        "limit",
        "mask",
        "news_sleepers",
        "nudge",
        "owner",
        "published",
        "room_sleepers",
    )

    def __init__(
        self,
        ident: Callable[[], int],
        cell: Callable[[int], Cell],
        claimed: Cell,
        published: Cell,
        news_sleepers: Cell,
        room_sleepers: Cell,
        nudge: Callable[[], None],
        items: list[object],
    ) -> None:
        self.owner: int | None = None
        """The thread whose role it is; none until somebody publishes. Written under the lock, once; read without it: a
        thread finds itself only if it is the one."""
        self.busy = cell(0)
        """1 while its thread is in a call that may publish without the lock, or that waits for room. Written by that thread;
        read under the lock by who wants to take over, after the limit was lowered."""
        self.limit = cell(INITIAL)
        """The highest sequence that may be published without the lock; below all of them unless all is in order. Written
        under the lock; read without it: an old value is found out by the test that follows the announcement."""
        self.filling: int = INITIAL
        """The sequence whose event the user's code is filling, in place, while busy. Only the thread of the role writes it,
        and asks for it."""
        self.ident = ident
        """Returns the calling thread."""
        self.claimed, self.published = claimed, published
        self.news_sleepers, self.room_sleepers, self.nudge = news_sleepers, room_sleepers, nudge
        """Of the ring, at hand."""
        self.items, self.mask = items, len(items) - 1
        """The slots. Written after `claimed` has moved and before `published` does."""

    def shut(self) -> None:
        """Let nothing more be claimed without the lock. The caller holds it, and looks at `claimed` only afterwards."""
        self.limit.value = INITIAL
