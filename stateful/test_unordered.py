"""Is every number that is read or written without the ring's lock in a cell? (`disruptor/_cell.py`, Rule 1)

In every run of the pairs of operations, order is taken from the locks and the cells alone, and every field, item and slot is
watched: what two tasks touch with no order between them is found, also in runs in which nothing comes of it.
"""

from collections.abc import Callable

import pytest

from stateful.adapters.threads import ByValue, InPlace
from stateful.programs import PAIRS, PROGRAMS
from stateful.races import races
from stateful.scheduler import Scheduler, reduced, unordered

MEANT = {
    "Gate.reader": "a thread compares it with itself: it finds itself only if it has written it itself",
    "Held.owner": "the same",
    "SimArray.[]": "`get` looks at a slot that may be written meanwhile, tests `claimed` afterwards, and then gives nothing",
    "items of a set": "`Slots._stale`: claims of different slots add and discard, each its own; a set operation is one step",
}
"""What is touched without order on purpose, and why no value of it does harm."""

OF_ONE_CLAIM = {
    "Claim._open": "tested without the lock, and again under it",
    "items of a list": "its events, before they are published: a claim is filled by one task, or each slot by one",
}
"""And in the two programs in which two tasks finish one claim."""

LOOKS = ("get x overwrite", "publish_event, fail x claim, publish on 2, in place, empty")
"""Programs in which they are."""


def test_what_is_not_in_a_cell_is_ordered() -> None:
    looks = tuple(program for program in PAIRS + PROGRAMS if program.name in LOOKS)
    assert races((*PAIRS[::10], *looks), ByValue, InPlace, 10) == set(MEANT)


@pytest.mark.deep
def test_what_is_not_in_a_cell_is_ordered_in_every_schedule() -> None:
    assert races(PAIRS + PROGRAMS, ByValue, InPlace, 2_000) == {*MEANT, *OF_ONE_CLAIM}


def toy(way: str) -> set[str]:
    """One task writes a slot, another reads it: with nothing, a lock, or a cell between them."""
    found: set[str] = set()

    def program(scheduler: Scheduler) -> Callable[[], None]:
        slots = scheduler.runtime.array(["old"])
        flag, lock = scheduler.runtime.cell(0), scheduler.runtime.lock()

        def write() -> None:
            if way == "lock":
                with lock:
                    slots[0] = "new"
            else:
                slots[0] = "new"
            flag.value = 1

        def read() -> None:
            if way == "lock":
                with lock:
                    _ = slots[0]
            elif way == "nothing" or flag.value:
                _ = slots[0]

        scheduler.spawn("writer", write)
        scheduler.spawn("reader", read)
        return lambda: None

    assert reduced(program, look=lambda log: found.update(unordered(log))).complete
    return found


@pytest.mark.parametrize(("way", "found"), [("nothing", {"SimArray.[]"}), ("lock", set()), ("cell", set())])
def test_only_locks_and_cells_make_order(way: str, found: set[str]) -> None:
    assert toy(way) == found
