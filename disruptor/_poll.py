"""What a subscriber that does not wait is told, if there is nothing for it.

Rule 1: each is true at some moment within the call, whatever others do meanwhile.
"""

from enum import Enum


class Poll(Enum):
    """Why `Subscriber.poll` has no events. (LMAX: `EventPoller.PollState`, which knows no end.)"""

    IDLE = "idle"
    """Nothing is published that this subscriber has yet to process."""
    GATED = "gated"
    """Something is, and a subscriber that goes before has yet to process it."""
    CLOSED = "closed"
    """The ring is closed, and this subscriber has had everything."""
