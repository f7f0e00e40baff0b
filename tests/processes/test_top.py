"""`python -m disruptor top`: what follows from two looks, and the drawing of it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from disruptor.shared._top import Figure, Look, figures
from disruptor.shared._views import Participant, SubscriberView, View
from tests.limits import LIMIT
from tests.processes.owners import RING, owner, refused, run, said

SECOND = 1_000_000_000
ALIVE = Participant(2, True, 4711)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DISRUPTOR_DIR", str(tmp_path))
    return tmp_path


def view(published: int, claimed: int, free: int, *subscribers: SubscriberView) -> View:
    return View(
        name="0123456789abcdef",
        phase="open",
        capacity=8,
        published=published,
        claimed=claimed,
        free=free,
        kind="BYTES",
        format="pickle",
        slot_size=264,
        bytes=7808,
        policy="remove",
        subscribers=subscribers,
        claims=(),
        participants=2,
        alive=(ALIVE,),
        sleepers_for_room=0,
        sleepers_for_news=0,
        locked=False,
        locked_by=None,
        dead_subscribers=0,
        dead_claims=0,
    )


def subscriber(
    serial: int, position: int, lag: int, owner: Participant = ALIVE, *, reading: bool = False, failed: bool = False
) -> SubscriberView:
    return SubscriberView(serial, "reader", position, lag, reading, owner, (), failed)


# --- two looks ---------------------------------------------------------------------------------------------------


def test_the_first_look_has_no_rates() -> None:
    shown = figures(None, Look(view(9, 11, 2, subscriber(1, 5, 4)), SECOND))
    assert shown.title == "ring 0123456789abcdef: open"
    assert shown.producers == Figure("published", 9, 2, None, "11 claimed")
    assert shown.subscribers == (Figure("'reader'", 5, 4, None, "alive (process 4711)"),)
    assert shown.filled == 0.75
    assert shown.bar == "###############..... 6 of 8"


def test_rates_are_of_the_time_between_two_looks() -> None:
    before = Look(view(9, 11, 2, subscriber(1, 5, 4)), 1 * SECOND)
    now = Look(view(19, 19, 8, subscriber(1, 6, 13)), 3 * SECOND)
    shown = figures(before, now)
    assert shown.producers.rate == 5.0
    assert [one.rate for one in shown.subscribers] == [0.5]
    assert shown.bar == "." * 20 + " 0 of 8"


def test_no_time_between_two_looks_is_no_rate() -> None:
    look = Look(view(9, 11, 2, subscriber(1, 5, 4)), SECOND)
    shown = figures(look, look)
    assert [shown.producers.rate, *(one.rate for one in shown.subscribers)] == [None, None]


def test_a_new_subscriber_of_an_old_name_is_not_compared() -> None:
    before = Look(view(9, 11, 2, subscriber(1, 5, 4)), 1 * SECOND)
    now = Look(view(9, 11, 2, subscriber(2, 5, 4)), 2 * SECOND)
    assert [one.rate for one in figures(before, now).subscribers] == [None]


@pytest.mark.parametrize(
    ("one", "state"),
    [
        (subscriber(1, 0, 0, reading=True), "reading (process 4711)"),
        (subscriber(1, 0, 0, Participant(3, False, None), reading=True), "dead (participant 3)"),
        (subscriber(1, 0, 0, Participant(3, True, None)), "alive (process ?)"),
        (subscriber(1, 0, 0, failed=True), "failed (process 4711)"),
    ],
)
def test_how_a_subscriber_is(one: SubscriberView, state: str) -> None:
    assert figures(None, Look(view(0, 0, 8, one), 0)).subscribers[0].state == state


def test_a_ring_that_nobody_has_open_says_so() -> None:
    assert figures(None, Look(view(0, 0, 8)._replace(alive=()), 0)).title.endswith(": open, left over")


# --- drawn -------------------------------------------------------------------------------------------------------


def test_once() -> None:
    with owner() as (told, process):
        shown = said("top", told["name"], "--once", "--interval", "0.01")
        rows = [line.split() for line in shown.splitlines()]
        assert rows[0] == ["ring", f"{told['name']}:", "open"]
        assert ["at", "behind", "events/s", "state"] in rows
        assert ["published", "3", "3", "0.0", "6", "claimed"] in rows
        assert ["'parser'", "2", "1", "0.0", "alive", "(process", f"{process.pid})"] in rows
        assert rows[-1] == ["##################..", "7", "of", "8"]


def test_without_rich_the_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['rich'] = None; from disruptor.__main__ import main; "
        "sys.exit(main(['top', sys.argv[1], '--once']))"
    )
    with owner() as (told, _):
        done = subprocess.run(
            [sys.executable, "-c", code, told["name"]], capture_output=True, text=True, timeout=LIMIT, check=False
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "disruptor: top draws with rich, which is not installed: pip install 'disruptor[top]'\n"


def test_only_drawing_imports_rich() -> None:
    code = "import sys, disruptor, disruptor.__main__, disruptor.shared._top; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=LIMIT, check=False).returncode == 0


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "3601", "soon"])
def test_an_interval_is_a_number_of_seconds(seconds: str) -> None:
    done = run("top", "0" * 16, "--interval", seconds)
    assert done.returncode == 2
    assert f"above 0 and at most 3600, not {seconds!r}" in done.stderr


# An ignored interrupt, as a shell gives it to what runs in the background, would be inherited.
WATCH = """
import runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("disruptor", run_name="__main__", alter_sys=True)
"""


@contextmanager
def watching(name: str) -> "Iterator[subprocess.Popen[str]]":
    """Watch a ring as on a terminal; begin when it was drawn twice."""
    command = [sys.executable, "-c", WATCH, "top", name, "--interval", "0.01"]
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": "100", "TERM": "xterm"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        watchdog = threading.Timer(LIMIT, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            drawn = 0
            while drawn < 2:
                drawn += name in process.stdout.readline()
            yield process
        finally:
            watchdog.cancel()
            process.kill()


def test_it_ends_when_the_ring_is_gone() -> None:
    with owner() as (told, ring), watching(told["name"]) as process:
        ring.communicate("\n", timeout=LIMIT)
        _, errors = process.communicate(timeout=LIMIT)
        assert (process.returncode, errors) == (0, "")


def test_it_ends_at_an_interrupt() -> None:
    with owner() as (told, _), watching(told["name"]) as process:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=LIMIT)
        assert (process.returncode, errors) == (0, "")


def test_it_goes_on_when_all_have_died() -> None:
    with owner(RING) as (told, ring), watching(told["name"]) as process:
        ring.kill()
        assert process.stdout is not None
        while "left over" not in process.stdout.readline():
            assert process.poll() is None
        said("remove", told["name"])
        _, errors = process.communicate(timeout=LIMIT)
        assert (process.returncode, errors) == (0, "")
        assert told["name"] in refused("top", told["name"])
