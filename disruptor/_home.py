"""The ring that a subscriber is registered with, as far as the subscriber needs it."""

from typing import Protocol, TypeVar

S_contra = TypeVar("S_contra", contravariant=True)


class Home(Protocol[S_contra]):
    """A ring, with subscribers of type `S`."""

    def remove_subscriber(self, subscriber: S_contra) -> None:
        """Stop it from gating."""

    def _forsake(self, subscriber: S_contra) -> object:
        """Stop it from gating, as soon as nobody is after it; return what is to be dropped unlocked.

        The caller holds the ring's lock.
        """

    def _reduce_subscriber(self, subscriber: S_contra) -> tuple[object, ...]:
        """Return how it is pickled; `InvalidType` if it cannot be."""
