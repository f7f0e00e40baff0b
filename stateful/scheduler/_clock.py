"""The clock of a scheduler, where it begins, and what is raised when a run gets too long."""

from typing import Final

CLOCK: Final = "clock"
"""The name of the clock among the options."""

START_NS: Final = 1_000_000_000_000
"""The virtual time at the beginning: not zero, so that a forgotten `now` shows."""


class StepLimit(AssertionError):
    """A run took more steps than allowed: perhaps it never ends."""
