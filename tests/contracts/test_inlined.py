"""Arithmetic that stands on the hot path itself, not as a call: is it what the function under contract says?

Each expression is taken out of the source, so what is compared is what runs. The functions are confirmed over all paths
(`disruptor/_sequence.py`); here the expression agrees with them, whatever the sequences, and stands where it is said to.
"""

import ast
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disruptor._sequence import CAPACITIES, claim_end, oldest_kept, slot_of
from tests.contracts.gate import ROOT

FOLDER = ROOT / "disruptor"


class Inlined(NamedTuple):
    """An expression, how often it stands in a file, and what it stands for: given a sequence, a count and a mask."""

    file: str
    text: str
    times: int
    agrees: Callable[[int, int, int, int], bool]
    """Told the value of the expression, the sequence, the count, and the mask."""


def follows(value: int, sequence: int, n: int, mask: int) -> bool:
    return value == claim_end(sequence, 1)


def ends_a_claim(value: int, sequence: int, n: int, mask: int) -> bool:
    return value == claim_end(sequence, n)


def ends_a_claim_from(value: int, sequence: int, n: int, mask: int) -> bool:
    return value == claim_end(sequence - 1, n)


def begins_a_claim(value: int, sequence: int, n: int, mask: int) -> bool:
    return claim_end(value - 1, n) == sequence


def is_the_slot(value: int, sequence: int, n: int, mask: int) -> bool:
    return value == slot_of(mask, sequence)


def is_a_lap_before(value: int, sequence: int, n: int, mask: int) -> bool:
    """Once `sequence` is claimed, this one is overwritten, and the one after it is not."""
    return value < 0 or value == oldest_kept(sequence, mask + 1) - 1


INLINED = (
    Inlined("_publishing.py", "role.published.value + 1", 2, follows),
    Inlined("_publishing.py", "role.published.value + n", 1, ends_a_claim),
    Inlined("_publishing.py", "last - n + 1", 1, begins_a_claim),
    Inlined("_publishing.py", "role.mask & last", 1, is_the_slot),
    Inlined("_sequencer.py", "self.claimed.value + n", 2, ends_a_claim),
    Inlined("_sequencer.py", "last - n + 1", 1, begins_a_claim),
    Inlined("_sequencer.py", "first + n - 1", 3, ends_a_claim_from),
    Inlined("_sequencer.py", "first - self.capacity", 1, is_a_lap_before),
    Inlined("_sequencer.py", "last - self.capacity", 1, is_a_lap_before),
    Inlined("_single.py", "self.published.value + 1", 1, follows),
    Inlined("_slots.py", "self._mask & sequence", 1, is_the_slot),
    Inlined("_subscriber.py", "self._gate.position.value + 1", 1, follows),
)


def expressions(file: str) -> Iterator[str]:
    """Yield all arithmetic of a file, innermost parts included."""
    for node in ast.walk(ast.parse((FOLDER / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.BinOp):
            yield ast.unparse(node)


def names(sequence: int, n: int, mask: int) -> dict[str, object]:
    """Return what the names in these expressions stand for."""
    cell = SimpleNamespace(value=sequence)
    role = SimpleNamespace(published=cell, mask=mask)
    gate = SimpleNamespace(position=cell)
    ring = SimpleNamespace(claimed=cell, published=cell, capacity=mask + 1, _gate=gate, _mask=mask)
    return {"role": role, "self": ring, "sequence": sequence, "first": sequence, "last": sequence, "n": n}


@pytest.mark.parametrize("inlined", INLINED, ids=lambda inlined: f"{inlined.file}: {inlined.text}")
def test_it_stands_where_it_is_said_to(inlined: Inlined) -> None:
    assert list(expressions(inlined.file)).count(inlined.text) == inlined.times


@pytest.mark.parametrize("inlined", INLINED, ids=lambda inlined: f"{inlined.file}: {inlined.text}")
@given(sequence=st.integers(0, 2**70), n=st.integers(1, 2**30), capacity=st.sampled_from(CAPACITIES))
def test_it_agrees_with_the_function_under_contract(inlined: Inlined, sequence: int, n: int, capacity: int) -> None:
    value = eval(inlined.text, {"__builtins__": {}}, names(sequence, n, capacity - 1))
    assert inlined.agrees(value, sequence, n, capacity - 1)


@pytest.mark.parametrize(("text", "agrees"), [("last - n", begins_a_claim), ("role.mask | last", is_the_slot)])
def test_a_wrong_one_does_not_agree(text: str, agrees: Callable[[int, int, int, int], bool]) -> None:
    assert not agrees(eval(text, {"__builtins__": {}}, names(9, 2, 3)), 9, 2, 3)


def test_no_other_arithmetic_stands_in_the_way_without_the_lock() -> None:
    found = [text for text in expressions("_publishing.py") if text.startswith(("role", "last"))]
    said = {inlined.text for inlined in INLINED if inlined.file == "_publishing.py"} | {"last + 1", "last - n"}
    assert set(found) <= said
