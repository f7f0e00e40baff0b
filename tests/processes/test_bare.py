"""Rings between processes where there is nothing but Python: no NumPy, no rich, and nobody says a word at the end."""

import subprocess
import sys
from pathlib import Path

import pytest

from disruptor.shared import _files
from tests.limits import LIMIT

BLOCKED = """
import sys
for name in ("numpy", "rich", "prometheus_client"):
    sys.modules[name] = None          # to import it is an ImportError
"""

WORK = """
import ctypes
from multiprocessing import get_context
from disruptor import Disruptor


class Tick(ctypes.Structure):
    _fields_ = [("price", ctypes.c_double)]


def fill(tick, sequence):
    tick.price = 1.5


def produce(words, ticks):
    with words, ticks:
        words.publish("word")
        ticks.publish_event(fill)


if __name__ == "__main__":
    words, ticks = Disruptor(4, multiproc=True), Disruptor(4, Tick, multiproc=True)
    readers = words.register_subscriber(), ticks.register_subscriber()
    child = get_context(METHOD).Process(target=produce, args=(words, ticks))
    child.start()
    assert list(readers[0]) == ["word"]
    assert [tick.price for tick in readers[1]] == [1.5]
    child.join()
    assert child.exitcode == 0
    print(words.name, ticks.name)
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_nothing_but_python_is_needed_and_nothing_is_said_at_the_end(method: str, tmp_path: Path) -> None:
    script = tmp_path / "bare.py"
    script.write_text(BLOCKED + WORK.replace("METHOD", repr(method)), encoding="utf-8")
    command = [sys.executable, "-W", "error", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    assert (done.returncode, done.stderr) == (0, "")  # the resource tracker is silent, too
    assert not {*done.stdout.split()} & {*_files.names()}
