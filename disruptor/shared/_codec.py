"""How an event becomes bytes and an event again, in another process.

Rule 1: both are called without the ring's lock, and only for what is whole: nobody decodes what was overwritten meanwhile.
Rule 2: what a codec raises reaches the caller; a claim that was made for it is abandoned.
"""

import pickle
from typing import Final, Generic, Protocol, TypeVar, cast, final

from disruptor._errors import RingMismatch

E = TypeVar("E")

PROTOCOL: Final = 5


class Codec(Protocol[E]):
    """Turns events into bytes and back: your own, or `PickleCodec`.

    `description` says in words what the bytes mean. Who opens a ring by name must have a codec with the same.
    """

    @property
    def description(self) -> str:
        """What the bytes mean."""

    def encode(self, event: E) -> bytes:
        """Return the bytes of an event."""

    def decode(self, stored: bytes) -> E:
        """Return the event of these bytes; they are a copy, and may be kept."""


@final
class PickleCodec(Generic[E]):
    """Pickle, protocol 5. As with all pickles: only open rings of people whom you trust; rings are their user's alone.

    >>> codec: PickleCodec[tuple[str, int]] = PickleCodec()
    >>> codec.decode(codec.encode(("a", 1)))
    ('a', 1)
    """

    description: Final = f"pickle, protocol {PROTOCOL}"

    def encode(self, event: E) -> bytes:
        """Return the pickle of an event."""
        return pickle.dumps(event, PROTOCOL)

    def decode(self, stored: bytes) -> E:
        """Return the event of a pickle. Raises `RingMismatch` if there is none: nothing that was published is empty."""
        if not stored:
            raise RingMismatch("a slot says that its event has 0 bytes, which is no pickle: its memory was damaged")
        return cast("E", pickle.loads(stored))
