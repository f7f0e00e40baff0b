"""Can a failure be read, and does what it prints lead back to it?"""

import re

import pytest

from disruptor._sequencer import Sequencer
from stateful.adapters.threads import ByValue
from stateful.failure import check, replay
from stateful.programs import PROGRAMS, Program
from stateful.scheduler import Granularity

PROGRAM: dict[str, Program] = {program.name: program for program in PROGRAMS}


def silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make everything that changes under the lock wake nobody."""
    monkeypatch.setattr(Sequencer, "_wake", lambda self: None)


def test_a_failure_is_a_picture_with_a_string_that_replays_it(monkeypatch: pytest.MonkeyPatch) -> None:
    silence(monkeypatch)
    program = PROGRAM["leave x waiting producer"]
    found = check(program, ByValue, preemptions=1, granularity=Granularity.LOCKS)
    assert found.failed is not None
    text = str(found.failed)
    assert "nothing moves, but a correct ring would go on with P: publish(b)" in text
    assert re.search(r"the ring shows +View", text)
    assert re.search(r"the model expects +View", text)
    written = re.search(r"replay: 'leave x waiting producer' on locks with '(.*)'", text)
    assert written is not None
    again = replay(program, ByValue, written[1], Granularity.LOCKS)
    assert again in text


def test_the_lanes_show_each_task_in_its_column(monkeypatch: pytest.MonkeyPatch) -> None:
    silence(monkeypatch)
    picture = replay(PROGRAM["leave x waiting producer"], ByValue, "", Granularity.LOCKS)
    lines = picture.splitlines()
    assert lines[0] == (
        "leave x waiting producer: Mismatch: nothing moves, but a correct ring would go on with P: publish(b)"
    )
    assert lines[1].split() == ["step", "P", "L", "setup"]
    column = lines[1].index("L")
    [removal] = [line for line in lines if "S.remove_subscriber()" in line]
    assert removal.index("S.remove_subscriber()") == column


def test_a_schedule_under_which_all_is_well_says_so() -> None:
    picture = replay(PROGRAM["publish x read"], ByValue, "", Granularity.CELLS)
    assert picture.startswith("publish x read: nothing is wrong\n")
    assert "store published = 0" in picture
