"""Deadlines: integer nanoseconds of the runtime's clock, never early.

Rule 1: a time-out is turned into a deadline once, before any lock is taken, rounded up.
Rule 2: what is left is clamped before it is given to the operating system, and looked at again afterwards.
Rule 3: the arithmetic is on integers, under contracts. A float is taken apart into a fraction, here and nowhere else:
        its product with 10^9 is a float again, and can be hundreds of nanoseconds too small (3382770490.5607247 s).
"""

import math
import numbers
from typing import Final, SupportsFloat

from disruptor._errors import InvalidType, InvalidValue

NS: Final = 1_000_000_000
"""Nanoseconds in a second."""

LONGEST_NS: Final = 2**62
"""The longest time-out, in nanoseconds: 146 years. Longer ones are as good as that."""

LONGEST_WAIT_NS: Final = 2**21 * NS
"""The longest single sleep, in nanoseconds: 24 days, exact as a float. Half of what every platform can wait at once:
on Windows `threading.TIMEOUT_MAX` is 4,294,967 seconds (0xFFFFFFFE milliseconds), elsewhere it is 292 years."""


def check_timeout(timeout: SupportsFloat | None) -> float | None:
    """Return `timeout` in seconds, or `None` for one that never ends (`None`, `inf`, more than a float can hold).

    Raises `InvalidValue` for a negative number and NaN, `InvalidType` for what is no real number, `bool` included.

    >>> check_timeout(float("inf"))
    >>> check_timeout(-1)
    Traceback (most recent call last):
        ...
    disruptor._errors.InvalidValue: timeout must be >= 0 seconds, not -1
    """
    if timeout is None:
        return None
    if type(timeout) is float and 0.0 <= timeout < math.inf:  # what is nearly always handed in
        return timeout
    number: object = timeout  # what users hand in may be anything, and whatever is a real number will do
    if isinstance(number, bool) or not isinstance(number, numbers.Real):
        raise InvalidType(f"timeout must be a number of seconds or None, not {number!r} ({type(number).__name__})")
    # The number itself is tested, not the float: Fraction(-1, 10**400) is negative, its float is -0.0.
    if number < 0 or math.isnan(seconds := _as_float(number)):
        raise InvalidValue(f"timeout must be >= 0 seconds, not {timeout!r}")
    return None if math.isinf(seconds) else seconds


def _as_float(number: SupportsFloat) -> float:
    """Return a real number, not negative, as a float: `inf` if it is too large for one."""
    try:
        return float(number)
    except OverflowError:
        return math.inf


def deadline_after(now: int, timeout: float) -> int | None:
    """Return the deadline, in nanoseconds, of a time-out of `timeout` seconds that begins at `now`; `None` for `inf`.

    Never early: the exact value of the float is rounded up. `timeout` is what `check_timeout` returned.

    >>> deadline_after(5, 0), deadline_after(0, 1e-10), deadline_after(0, 1e300) == LONGEST_NS
    (5, 1, True)
    """
    if math.isinf(timeout):
        return None
    if timeout >= LONGEST_NS // NS + 1:  # before it is multiplied
        return add_ns(now, LONGEST_NS)
    numerator, denominator = timeout.as_integer_ratio()
    return add_ns(now, ceil_ns(numerator, denominator))


def ceil_ns(numerator: int, denominator: int) -> int:
    """Return `numerator / denominator` seconds in nanoseconds, rounded up.

    pre: numerator >= 0
    pre: denominator >= 1
    post: __return__ * denominator >= numerator * NS
    post: (__return__ - 1) * denominator < numerator * NS

    >>> ceil_ns(1, 2), ceil_ns(1, 3 * NS)
    (500000000, 1)
    """
    return -(-numerator * NS // denominator)


def add_ns(now: int, duration: int) -> int:
    """Return the moment `duration` after `now`, or `LONGEST_NS` after it if that is earlier.

    pre: now >= 0
    pre: duration >= 0
    post: __return__ >= now
    post: __return__ - now == duration or __return__ - now == LONGEST_NS
    post: __return__ - now <= LONGEST_NS
    post: __return__ - now == duration or duration > LONGEST_NS
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
