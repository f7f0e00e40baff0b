"""Checks of what users hand in.

Rule 1: a wrong type is an `InvalidType`, a wrong value an `InvalidValue`; both name the argument, the value, the bound.
Rule 2: whatever has `__index__` is an integer, except `bool`: `True` events is a mistake, not one event.
"""

import operator
from typing import SupportsIndex

from disruptor._errors import InvalidType, InvalidValue
from disruptor._sequence import MAX_CAPACITY, is_capacity, nearest_capacities


def integer(what: str, value: SupportsIndex) -> int:
    """Return `value` as an `int`; `InvalidType` for anything that is not a whole number.

    >>> integer("n", 3)
    3
    >>> integer("n", True)
    Traceback (most recent call last):
        ...
    disruptor._errors.InvalidType: n must be an int, not True (bool)
    """
    if type(value) is int:
        return value
    if not isinstance(value, bool):
        try:
            return operator.index(value)
        except TypeError:
            pass
    raise InvalidType(f"{what} must be an int, not {value!r} ({type(value).__name__})")


def integer_between(what: str, value: SupportsIndex, low: int, high: int) -> int:
    """Return `value` as an `int` in `low..high`, both included; `InvalidValue` outside.

    >>> integer_between("n", 5, 1, 4)
    Traceback (most recent call last):
        ...
    disruptor._errors.InvalidValue: n must be in 1..4, not 5
    """
    number = integer(what, value)
    if not low <= number <= high:
        raise InvalidValue(f"{what} must be in {low}..{high}, not {number}")
    return number


def at_most(what: str, value: SupportsIndex | None, capacity: int) -> int:
    """Return how many there may be: `value`, the capacity if it is None or larger; `InvalidValue` below 1.

    >>> at_most("max_events", None, 8), at_most("max_events", 3, 8), at_most("max_events", 30, 8)
    (8, 3, 8)
    """
    return capacity if value is None else min(integer_between(what, value, 1, 2**63 - 1), capacity)


def one_of(what: str, value: str, choices: tuple[str, ...]) -> str:
    """Return `value`, which has to be one of some words.

    >>> one_of("producers", "two", ("multi", "single"))
    Traceback (most recent call last):
        ...
    disruptor._errors.InvalidValue: producers must be 'multi' or 'single', not 'two'
    """
    if not isinstance(value, str):
        raise InvalidType(f"{what} must be a str, not {value!r} ({type(value).__name__})")
    if value not in choices:
        raise InvalidValue(f"{what} must be {' or '.join(map(repr, choices))}, not {value!r}")
    return value


def sequence_number(what: str, value: SupportsIndex) -> int:
    """Return `value` as a sequence, an `int >= 0`; `InvalidValue` below.

    >>> sequence_number("sequence", -1)
    Traceback (most recent call last):
        ...
    disruptor._errors.InvalidValue: sequence must be >= 0, not -1
    """
    number = integer(what, value)
    if number < 0:
        raise InvalidValue(f"{what} must be >= 0, not {number}")
    return number


def ring_capacity(value: SupportsIndex) -> int:
    """Return `value` as the capacity of a ring, a power of two.

    >>> ring_capacity(6)
    Traceback (most recent call last):
        ...
    disruptor._errors.InvalidValue: capacity must be a power of two, not 6; the nearest are 4 and 8
    """
    number = integer("capacity", value)
    if is_capacity(number):
        return number
    if not 1 <= number <= MAX_CAPACITY:
        low, high = 1, MAX_CAPACITY
        nearest = low if number < low else high
        raise InvalidValue(f"capacity must be a power of two in {low}..{high}, not {number}; the nearest is {nearest}")
    below, above = nearest_capacities(number)
    raise InvalidValue(f"capacity must be a power of two, not {number}; the nearest are {below} and {above}")
