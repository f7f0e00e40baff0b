"""Four producers, four subscribers, real threads: is nothing lost, doubled, torn or out of order, by value and in place?"""

from collections.abc import Iterator

import pytest

from tests.threads.accounting import ByValue, InPlace, run
from tests.threads.together import switching_often

SIZES = [(1, 250), (2, 500), (8, 1_500), (1024, 12_500)]
"""Capacity, and events a producer: 50,000 in the last."""


@pytest.fixture(autouse=True)
def _switch_often() -> Iterator[None]:
    with switching_often():
        yield


@pytest.mark.parametrize(("capacity", "each"), SIZES)
def test_nothing_is_lost_by_value(capacity: int, each: int) -> None:
    run(ByValue(), 4, 4, each, capacity, seed=capacity)


@pytest.mark.parametrize(("capacity", "each"), SIZES)
def test_nothing_is_lost_in_place(capacity: int, each: int) -> None:
    run(InPlace(), 4, 4, each, capacity, seed=capacity)


@pytest.mark.deep
@pytest.mark.parametrize("capacity", [8, 1024])
def test_nothing_of_a_million_is_lost_by_value(capacity: int) -> None:
    run(ByValue(), 4, 4, 250_000, capacity, seed=capacity)


@pytest.mark.deep
@pytest.mark.parametrize("capacity", [8, 1024])
def test_nothing_of_a_million_is_lost_in_place(capacity: int) -> None:
    run(InPlace(), 4, 4, 250_000, capacity, seed=capacity)
