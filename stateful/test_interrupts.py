"""What if a `KeyboardInterrupt` strikes a task at any of its steps, while others are at work? (`strikes.py`)

Every step of each public operation is struck, each with the first few schedules that make a difference; in the deep run with
up to 200, and also by a `SystemExit`, which is how a thread dies. Where it cannot hold is listed, and shown not to hold.
"""

import pytest

from disruptor._sequencer import Sequencer
from model.actions import ACTIONS
from stateful.further_scenes import FURTHER
from stateful.scenes import SCENES
from stateful.scheduler import Failed
from stateful.strikes import strike

BEYOND = {"away: while given and not taken:"}
"""Where an interrupt does harm: between waking up and taking the lock again. CPython (3.11 to 3.13) does not look for one
there: it looks when a function begins, at a jump back, and after a call of C code has returned; the first time round, this
line has none of these before the lock is taken. So it takes a second interrupt, after the first was held back there."""


def strike_everywhere(name: str, error: type[BaseException], limit: int | None) -> set[str]:
    """Strike a scene at all steps; return where it did harm."""
    harmed: set[str] = set()
    step = 1
    scene = {**SCENES, **FURTHER}[name]
    while (struck := strike(scene, step, error, max_schedules=limit)).where:
        if struck.found.failed is not None:
            if struck.failed_at not in BEYOND:
                raise struck.found.failed
            harmed.add(struck.failed_at)
        step += 1
    assert step > 5
    return harmed


@pytest.mark.parametrize("name", SCENES)
def test_an_interrupt_does_no_harm(name: str) -> None:
    strike_everywhere(name, KeyboardInterrupt, 2)


@pytest.mark.deep
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("name", SCENES)
def test_an_interrupt_does_no_harm_in_any_schedule(name: str, error: type[BaseException]) -> None:
    strike_everywhere(name, error, 200)


@pytest.mark.deep
@pytest.mark.parametrize("name", FURTHER)
def test_nor_does_it_to_variants_of_the_operations(name: str) -> None:
    strike_everywhere(name, KeyboardInterrupt, 2)


def test_where_it_does_harm_is_where_we_say() -> None:
    assert strike_everywhere("wait_for", KeyboardInterrupt, 5) == BEYOND


def test_every_operation_is_struck() -> None:
    named = {verb for name in SCENES for verb in ACTIONS if verb in name.replace(",", "").split()}
    assert named == set(ACTIONS)


@pytest.mark.parametrize("name", ["publish", "claim, abandon", "publish into a full ring"])
def test_a_ring_that_does_not_recover_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sequencer, "recover", lambda self, first=None: None)
    with pytest.raises(Failed):
        strike_everywhere(name, KeyboardInterrupt, 4)
