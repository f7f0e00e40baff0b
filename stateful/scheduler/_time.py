"""Virtual time: what it is called, and when it begins."""

from typing import Final

CLOCK: Final = "clock"
"""The name of the clock among the options."""

START_NS: Final = 1_000_000_000_000
"""The virtual time at the beginning: not zero, so that a forgotten `now` shows."""
