"""Where a new subscriber starts to read."""

from enum import Enum


class Start(Enum):
    """Where a new subscriber starts, when it is not a sequence of its own choice."""

    EARLIEST = "earliest"
    """The oldest sequence that cannot have been overwritten."""
    LATEST = "latest"
    """The first sequence that is not yet published."""
