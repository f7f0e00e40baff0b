"""The turn of a reader, by itself: whatever interrupts somebody who takes it, it goes with him."""

import sys

import pytest

from disruptor import Disruptor
from disruptor._turn import Turn


def test_a_turn_that_goes_is_given_back() -> None:
    ring: Disruptor[str] = Disruptor(2)
    reader = ring.register_subscriber()
    turn, other = reader._begin(), Turn(reader._turn, reader._gate)
    assert not other.take()
    del other  # this gives nothing back: it was never his
    assert not Turn(reader._turn, reader._gate).take()
    del turn
    assert reader._gate.reader is None
    assert Turn(reader._turn, reader._gate).take()


def test_a_turn_that_was_interrupted_before_it_was_made_goes_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    turn = Turn.__new__(Turn)
    del turn
    assert complaints == []
