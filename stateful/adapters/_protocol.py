"""What a ring has to offer to be tested: one small Protocol.

Rule 1: an adapter does one call at a time for each task, and says how it ended, in the model's words.
Rule 2: what it cannot do it declares (`can`); the suite asks only for the rest, and says what it did not ask.
Rule 3: it makes its locks, conditions and clock from the runtime that it is given, so that the scheduler owns them.
"""

from collections.abc import Callable
from typing import Protocol

from disruptor._sync import Runtime
from model.oracle import View
from model.state import Call, Outcome


class Unasked(Exception):
    """A program needs what the ring under test has declared that it cannot do: it is not asked."""


class Ring(Protocol):
    """A ring under test."""

    notices_itself: bool
    """Whether an untimed call that waits for its own thread raises `SelfDeadlock`, and not just waits."""

    def can(self, call: Call) -> bool:
        """Tell whether it offers this call, with these arguments (`call.timed`: with a time-out)."""

    def perform(self, call: Call, timeout: float | None) -> Outcome:
        """Do one call, in the calling task, and tell how it ended. Waits as long as the call waits."""

    def view(self) -> View | None:
        """Return what the ring shows, or None while a change is under way. Not called by a task; must not wait."""

    def check(self) -> None:
        """Raise `AssertionError` if the ring finds itself inconsistent. Called when nothing is under way."""


Make = Callable[[int, Runtime], Ring]
"""Makes a ring of a capacity on a runtime."""
