"""Deadlines: integer nanoseconds of the runtime's clock, never early.

Rule 1: a time-out is turned into a deadline once, before any lock is taken, rounded up.
Rule 2: what is left is clamped before it is given to the operating system, and looked at again afterwards.
Rule 3: the arithmetic is on integers, under contracts; floats are turned into integers here and nowhere else.
"""

import math
import numbers
from typing import Final

from disruptor._errors import InvalidType, InvalidValue

NS: Final = 1_000_000_000
"""Nanoseconds in a second."""

LONGEST_NS: Final = 2**62
"""The longest time-out, in nanoseconds: 146 years. Longer ones are as good as that."""

LONGEST_WAIT_NS: Final = 2**52
"""The longest single sleep, in nanoseconds: 52 days. Below what every platform can wait at once, and exact as a float."""


def check_timeout(timeout: float | None) -> float | None:
    """Return `timeout` in seconds, or `None` for one that never ends (`None`, `inf`).

    Raises `InvalidValue` for a negative number and NaN, `InvalidType` for what is no real number, `bool` included.

    >>> check_timeout(float("inf"))
    >>> check_timeout(-1)
    Traceback (most recent call last):
        ...
    disruptor._errors.InvalidValue: timeout must be >= 0 seconds, not -1
    """
    if timeout is None:
        return None
    number: object = timeout  # what users hand in may be anything, and whatever is a real number will do
    if isinstance(number, bool) or not isinstance(number, numbers.Real):
        raise InvalidType(f"timeout must be a number of seconds or None, not {number!r} ({type(number).__name__})")
    try:
        seconds = float(number)
    except OverflowError:
        seconds = math.inf if timeout > 0 else -math.inf
    if math.isnan(seconds) or seconds < 0:
        raise InvalidValue(f"timeout must be >= 0 seconds, not {timeout!r}")
    return None if math.isinf(seconds) else seconds


def deadline_after(now: int, timeout: float) -> int:
    """Return the deadline, in nanoseconds, of a finite time-out of `timeout` seconds that begins at `now`.

    >>> deadline_after(5, 0), deadline_after(0, 1e-10), deadline_after(0, 1e300) == LONGEST_NS
    (5, 1, True)
    """
    return add_ns(now, math.ceil(min(timeout * NS, LONGEST_NS)))


def add_ns(now: int, duration: int) -> int:
    """Return the moment `duration` after `now`, or `LONGEST_NS` after it if that is earlier.

    pre: now >= 0
    pre: duration >= 0
    post: __return__ >= now
    post: __return__ - now == duration or __return__ - now == LONGEST_NS
    post: __return__ - now <= LONGEST_NS
    """
    return now + (duration if duration < LONGEST_NS else LONGEST_NS)


def wait_ns(now: int, deadline: int) -> int:
    """Return how long to sleep at `now` for `deadline`, which is later: all that is left, or the longest single sleep.

    pre: deadline > now
    post: 0 < __return__ <= LONGEST_WAIT_NS
    post: now + __return__ <= deadline
    post: now + __return__ == deadline or __return__ == LONGEST_WAIT_NS
    """
    left = deadline - now
    return left if left < LONGEST_WAIT_NS else LONGEST_WAIT_NS


def seconds_until(now: int, deadline: int) -> float:
    """Return how long to sleep at `now` for `deadline`, which is later, in seconds; see `wait_ns`.

    >>> seconds_until(0, NS)
    1.0
    """
    return wait_ns(now, deadline) / NS
