"""Do deadlines never fire early, however odd, small or large the time-out; and is what is no time-out refused?"""

import math
import sys
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from disruptor._deadline import (
    LONGEST_NS,
    LONGEST_WAIT_NS,
    NS,
    add_ns,
    ceil_ns,
    check_timeout,
    deadline_after,
    seconds_until,
    wait_ns,
)
from disruptor._errors import DisruptorError

# `threading.TIMEOUT_MAX` where it is smallest: on Windows, 0xFFFFFFFE milliseconds, in whole seconds.
WINDOWS_TIMEOUT_MAX = 4294967.0

clocks = st.one_of(
    st.integers(0, 2**70),
    st.builds(int.__add__, st.sampled_from([2**31, 2**32, 2**53, 2**62, 2**63, 2**64]), st.integers(-3, 3)),
)
timeouts = st.one_of(
    st.floats(0, allow_nan=False, allow_infinity=False),
    st.floats(0, 2.0**32),
    st.floats(0, 1e-6),
    st.integers(0, 2**40),
)


def deadline(now: int, timeout: float) -> int:
    """Return a deadline that exists."""
    moment = deadline_after(now, timeout)
    assert moment is not None
    return moment


@given(clocks, timeouts)
@example(0, 0.1)
@example(0, 3382770490.5607247)  # a product of floats is 255 ns too small here
@example(0, 5e-324)
@example(0, sys.float_info.max)
def test_a_deadline_is_the_time_out_rounded_up_to_a_nanosecond(now: int, timeout: float) -> None:
    exact = Fraction(timeout) * NS
    waits = deadline(now, timeout) - now
    if exact <= LONGEST_NS:
        assert exact <= waits < exact + 1
    else:
        assert waits == LONGEST_NS


@given(clocks, timeouts, timeouts)
def test_a_longer_time_out_never_has_an_earlier_deadline(now: int, one: float, other: float) -> None:
    shorter, longer = sorted((one, other))
    assert deadline(now, shorter) <= deadline(now, longer)


@given(clocks)
def test_a_time_out_of_nought_is_over_at_once(now: int) -> None:
    assert deadline_after(now, 0) == deadline_after(now, 0.0) == deadline_after(now, -0.0) == now


@given(clocks)
def test_an_endless_time_out_has_no_deadline(now: int) -> None:
    assert deadline_after(now, math.inf) is None


@pytest.mark.parametrize("seconds", [1, 2, 60, 3600, 86400, 2**31, 2**32])
def test_whole_seconds_are_exact(seconds: int) -> None:
    assert deadline_after(7, seconds) == deadline_after(7, float(seconds)) == 7 + seconds * NS


@pytest.mark.parametrize("timeout", [146.2 * 365.25 * 86400, 1e18, 1e300, sys.float_info.max])
def test_a_time_out_longer_than_the_longest_is_as_long_as_that(timeout: float) -> None:
    assert deadline_after(5, timeout) == 5 + LONGEST_NS


@given(st.integers(0, 2**80), st.integers(1, 2**80))
def test_nanoseconds_of_a_fraction_are_rounded_up(numerator: int, denominator: int) -> None:
    assert ceil_ns(numerator, denominator) == math.ceil(Fraction(numerator * NS, denominator))


@given(clocks, st.integers(0, 2**80))
def test_adding_is_clamped(now: int, duration: int) -> None:
    assert add_ns(now, duration) == now + min(duration, LONGEST_NS)


@given(clocks, st.integers(1, 2**64))
def test_a_sleep_is_more_than_nothing_and_not_too_long_for_any_platform(now: int, left: int) -> None:
    seconds = seconds_until(now, now + left)
    assert 0 < seconds <= LONGEST_WAIT_NS / NS
    assert round(Fraction(seconds) * NS) == wait_ns(now, now + left) == min(left, LONGEST_WAIT_NS)


def test_the_longest_sleep_is_well_below_what_any_platform_can_wait() -> None:
    import threading

    assert LONGEST_WAIT_NS / NS <= WINDOWS_TIMEOUT_MAX / 2
    assert LONGEST_WAIT_NS / NS <= threading.TIMEOUT_MAX
    assert Fraction(LONGEST_WAIT_NS / NS) * NS == LONGEST_WAIT_NS


@given(clocks, timeouts)
def test_sleeping_again_and_again_ends_at_the_deadline(now: int, timeout: float) -> None:
    end = deadline(now, timeout)
    now = max(now, end - 5 * LONGEST_WAIT_NS)
    sleeps = 0
    while now < end:
        now += wait_ns(now, end)
        sleeps += 1
    assert now == end
    assert sleeps <= 5


@pytest.mark.parametrize("endless", [None, math.inf, 10**400, Fraction(10**400)])
def test_what_never_ends_is_none(endless: float | None) -> None:
    assert check_timeout(endless) is None


@given(timeouts)
def test_a_finite_time_out_is_itself_as_a_float(timeout: float) -> None:
    seconds = check_timeout(timeout)
    assert type(seconds) is float
    assert seconds == float(timeout)


@given(st.fractions(0, 10**9))
def test_a_fraction_is_the_nearest_float(timeout: Fraction) -> None:
    assert check_timeout(timeout) == float(timeout)


class Seconds(float):
    """A number of another library: numpy.float64 derives from float like this."""


def test_a_number_that_derives_from_float_becomes_a_plain_float() -> None:
    seconds = check_timeout(Seconds(1.5))
    assert seconds == 1.5
    assert type(seconds) is float


@pytest.mark.parametrize(
    "bad",
    [-1, -0.5, -5e-324, -math.inf, math.nan, Fraction(-1, 3), Fraction(-1, 10**400), -(10**400)],
    ids=lambda bad: repr(bad)[:20],
)
def test_a_negative_time_out_or_nan_is_refused_by_value(bad: float) -> None:
    with pytest.raises(ValueError) as caught:
        check_timeout(bad)
    assert isinstance(caught.value, DisruptorError)
    assert repr(bad) in str(caught.value)


@pytest.mark.parametrize("bad", ["1", b"1", True, False, 1j, Decimal(1), [1], object, ()], ids=repr)
def test_what_is_no_real_number_is_refused_by_type(bad: object) -> None:
    with pytest.raises(TypeError) as caught:
        check_timeout(bad)  # type: ignore[arg-type]  # wrong on purpose
    assert isinstance(caught.value, DisruptorError)
    assert repr(bad) in str(caught.value)
    assert type(bad).__name__ in str(caught.value)
