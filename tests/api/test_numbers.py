"""Every parameter that is a number, with every kind of wrong number: the product of two tables.

Rule 1: a wrong type is `InvalidType` and `TypeError`, a wrong value `InvalidValue` and `ValueError`; the message has
        the value and what it is called.
Rule 2: whatever has `__index__` is an int, except `bool`. The ring keeps a true `int` of it.
Rule 3: a refused call has changed nothing.
"""

import enum
import itertools
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import pytest

from disruptor import Disruptor, DisruptorError, InvalidType, InvalidValue
from disruptor._override import override
from tests.api.snapshot import snapshot

Ring = Disruptor[Any]


class Index:
    """An integer of another library: numpy's look like this."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value

    @override
    def __repr__(self) -> str:
        return f"Index({self.value})"


class Level(enum.IntEnum):
    """An integer with a name."""

    TWO = 2


class Forced:
    """Something that is a number only by force."""

    def __int__(self) -> int:
        return 2

    def __float__(self) -> float:
        return 2.0

    @override
    def __repr__(self) -> str:
        return "Forced()"


class Parameter(NamedTuple):
    """A call with a number: what the message calls it, values that are out of range, one that is fine, and its answer."""

    call: Callable[[Ring, Any], object]
    name: str
    out: tuple[int, ...]
    fine: int
    answer: object


FAR = 10**30
PARAMETERS: dict[str, Parameter] = {
    "capacity": Parameter(lambda ring, n: Disruptor(n).capacity, "capacity", (0, -1, 3, 6, FAR, -FAR), 2, 2),
    "claim": Parameter(lambda ring, n: ring.claim(n).sequences, "n", (0, -1, 5, FAR, -FAR), 2, range(2, 4)),
    "has_available_capacity": Parameter(
        lambda ring, n: ring.has_available_capacity(n), "n", (0, -1, 5, FAR, -FAR), 2, True
    ),
    "get": Parameter(lambda ring, s: ring.get(s) is ring.get(0), "sequence", (-1, -FAR), 0, True),
    "wait_for": Parameter(lambda ring, s: ring.wait_for(s), "sequence", (-1, -FAR), 1, 1),
    "a subscriber's wait_for": Parameter(lambda ring, s: ring.subscribers[0].wait_for(s), "sequence", (-1, -FAR), 0, 1),
    "update_sequence": Parameter(
        lambda ring, s: (ring.subscribers[0].update_sequence(s), ring.subscribers[0].sequence)[1],  # type: ignore[func-returns-value]  # to have it in one expression
        "sequence",
        (-1, -FAR),
        1,
        1,
    ),
    "start": Parameter(lambda ring, s: ring.register_subscriber(start=s).sequence, "start", (-1, -FAR), 1, 0),
    "read": Parameter(
        lambda ring, n: len(ring.subscribers[0].read(n).__enter__()), "max_events", (0, -1, 2**63, -FAR), 2, 2
    ),
    "batches": Parameter(
        lambda ring, n: len(next(ring.subscribers[0].batches(n))), "max_events", (0, -1, 2**63, -FAR), 2, 2
    ),
}
NO_INTEGERS: list[object] = [
    True, False, 2.0, 2.5, float("nan"), float("inf"), "2", b"2", (2,), [2], {}, 2j, Decimal(2), Fraction(2), Forced(),
    object, int,
]  # fmt: skip


def by_value() -> Ring:
    ring: Ring = Disruptor(4)
    ring.register_subscriber(name="S")
    ring.publish_many("ab")
    return ring


def in_place() -> Ring:
    ring: Ring = Disruptor(4, list)
    ring.register_subscriber(name="S")
    with ring.claim(2):
        pass
    return ring


RINGS = {"by value": by_value, "in place": in_place}
rings = pytest.mark.parametrize("make", RINGS.values(), ids=RINGS)
parameters = pytest.mark.parametrize("name", PARAMETERS)


def refused(ring: Ring, call: Callable[[], object], error: type[DisruptorError], twin: type[Exception]) -> str:
    """Check that `call` is refused and changes nothing; return the message."""
    before = snapshot(ring)
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, twin)
    assert snapshot(ring) == before
    return str(caught.value)


@rings
@parameters
@pytest.mark.parametrize("wrong", NO_INTEGERS, ids=repr)
def test_what_is_no_integer_is_refused(name: str, wrong: object, make: Callable[[], Ring]) -> None:
    ring, parameter = make(), PARAMETERS[name]
    message = refused(ring, lambda: parameter.call(ring, wrong), InvalidType, TypeError)
    assert message == f"{parameter.name} must be an int, not {wrong!r} ({type(wrong).__name__})"


@rings
@pytest.mark.parametrize("name", [name for name in PARAMETERS if name not in ("read", "batches")])
def test_none_is_refused_where_it_means_nothing(name: str, make: Callable[[], Ring]) -> None:
    ring, parameter = make(), PARAMETERS[name]
    message = refused(ring, lambda: parameter.call(ring, None), InvalidType, TypeError)
    assert message == f"{parameter.name} must be an int, not None (NoneType)"


@rings
@pytest.mark.parametrize(
    ("name", "wrong"), [(name, wrong) for name, parameter in PARAMETERS.items() for wrong in parameter.out]
)
@pytest.mark.parametrize("wrap", [int, Index])
def test_what_is_out_of_range_is_refused(name: str, wrong: int, wrap: type, make: Callable[[], Ring]) -> None:
    ring, parameter = make(), PARAMETERS[name]
    message = refused(ring, lambda: parameter.call(ring, wrap(wrong)), InvalidValue, ValueError)
    assert message.startswith(f"{parameter.name} must be ")
    assert f"not {wrong}" in message


@rings
@parameters
def test_whatever_has_an_index_is_an_integer(name: str, make: Callable[[], Ring]) -> None:
    parameter = PARAMETERS[name]
    for fine in (parameter.fine, Index(parameter.fine), *([Level.TWO] if parameter.fine == 2 else [])):
        answer = parameter.call(make(), fine)
        assert answer == parameter.answer
        assert type(answer) is type(parameter.answer)


# --- time-outs -----------------------------------------------------------------------------------------------

TIMED: dict[str, tuple[Callable[[], Ring], Callable[[Ring, Any], object]]] = {
    "publish": (by_value, lambda ring, timeout: ring.publish("c", timeout=timeout)),
    "publish_many": (by_value, lambda ring, timeout: ring.publish_many("c", timeout=timeout)),
    "publish_event": (in_place, lambda ring, timeout: ring.publish_event(print_nothing, timeout=timeout)),
    "claim": (by_value, lambda ring, timeout: ring.claim(timeout=timeout)),
    "claim in place": (in_place, lambda ring, timeout: ring.claim(timeout=timeout)),
    "wait_for": (by_value, lambda ring, timeout: ring.wait_for(0, timeout)),
    "waitFor": (by_value, lambda ring, timeout: ring.waitFor(0, timeout=timeout)),
    "a subscriber's wait_for": (by_value, lambda ring, timeout: ring.subscribers[0].wait_for(0, timeout)),
    "read": (by_value, lambda ring, timeout: ring.subscribers[0].read(timeout=timeout)),
}
NO_TIMES: list[object] = [True, False, "1", b"1", [], (1,), 1j, Decimal(1), Forced(), Index(1), object]
NEGATIVE: list[object] = [-1, -0.5, -5e-324, -1e300, float("-inf"), float("nan"), -FAR, -(10**400), Fraction(-1, 3)]


def print_nothing(event: object, sequence: int) -> None:
    """Fill an event with nothing."""


@pytest.mark.parametrize(("name", "wrong"), [*itertools.product(TIMED, NO_TIMES)], ids=lambda value: repr(value)[:20])
def test_what_is_no_time_is_refused(name: str, wrong: object) -> None:
    make, call = TIMED[name]
    ring = make()
    message = refused(ring, lambda: call(ring, wrong), InvalidType, TypeError)
    assert message == f"timeout must be a number of seconds or None, not {wrong!r} ({type(wrong).__name__})"


@pytest.mark.parametrize(("name", "wrong"), [*itertools.product(TIMED, NEGATIVE)], ids=lambda value: repr(value)[:20])
def test_a_negative_time_and_nan_are_refused(name: str, wrong: object) -> None:
    make, call = TIMED[name]
    ring = make()
    message = refused(ring, lambda: call(ring, wrong), InvalidValue, ValueError)
    assert message == f"timeout must be >= 0 seconds, not {wrong!r}"


@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize("timeout", [None, 0, 0.0, -0.0, 3, 5e-324, Fraction(1, 3), 10**400, float("inf")], ids=repr)
def test_every_real_number_from_nought_on_is_a_time(name: str, timeout: object) -> None:
    make, call = TIMED[name]
    call(make(), timeout)
