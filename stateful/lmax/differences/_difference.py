"""What a known difference is, and how its two sides are shown."""

from collections.abc import Callable
from typing import NamedTuple

from disruptor import DisruptorError
from stateful.lmax.client import Lmax, Thrown


class Difference(NamedTuple):
    """A known difference between the LMAX Disruptor and this ring."""

    name: str
    lmax: str
    """What LMAX does."""
    ours: str
    """What this ring does."""
    reason: str
    """Why this ring does not do the same."""
    theirs: Callable[[], object]
    """Does it on a ring of LMAX, and returns what came."""
    gives: object
    """What comes there."""
    here: Callable[[], object]
    """Does it on a ring of ours, and returns what came."""
    comes: object
    """What comes here."""


def raised(act: Callable[[], object]) -> object:
    """Return what an action returns, or the name of what LMAX or our ring raised."""
    try:
        return act()
    except Thrown as thrown:
        return str(thrown)
    except DisruptorError as error:
        return type(error).__name__


def published(kind: str, capacity: int, words: str) -> Lmax:
    """Return a ring of LMAX in which each letter of `words` was published, without any gate."""
    lmax = Lmax(kind, capacity)
    for word in words:
        lmax.ask("publish", lmax.number("next", 1), word)
    return lmax
