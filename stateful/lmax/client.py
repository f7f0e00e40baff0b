"""Asks the LMAX Disruptor, which is in a process of its own (`serve.py`), one operation at a time.

Rule 1: one process serves a whole test run: a new ring is an operation.
Rule 2: what comes back is checked for its type where it is used; what LMAX raised is raised here, as `Thrown`.
"""

import atexit
import json
import select
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple, final

from stateful.lmax._find import jar, missing

ROOT = Path(__file__).parent.parent.parent


LIMIT_S = 60.0
"""After so long LMAX counts as stuck: generous, for nothing is measured."""


class Thrown(Exception):
    """LMAX threw; the only argument is the simple name of the exception's class."""


class Look(NamedTuple):
    """What a ring shows."""

    cursor: int
    remaining: int
    lowest: int


@final
class Lmax:
    """A ring of LMAX. Every method raises `Thrown`."""

    def __init__(self, kind: str, capacity: int) -> None:
        self._process = _process()
        self.ask("new", kind, capacity)

    def ask(self, verb: str, *arguments: object) -> object:
        """Do one operation of `serve.py`, and return its answer."""
        to, back = self._process.stdin, self._process.stdout
        if to is None or back is None:
            raise RuntimeError("the process has no pipes")
        to.write(json.dumps([verb, *arguments]) + "\n")
        to.flush()
        # One line is asked for and one comes, so nothing of it can be in the buffer already.
        if not select.select([back], [], [], LIMIT_S)[0]:
            self._process.kill()
        line = back.readline()
        if not line:
            raise RuntimeError(f"the Java machine has ended at {verb}{arguments} with {self._process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise Thrown(answer["error"])
        return answer["ok"]

    def number(self, verb: str, *arguments: object) -> int:
        """Do an operation that answers with a number."""
        answer = self.ask(verb, *arguments)
        if not isinstance(answer, int):
            raise TypeError(f"{verb} answered {answer!r}")
        return answer

    def look(self) -> Look:
        """Return what the ring shows."""
        answer = self.ask("look")
        if not isinstance(answer, dict):
            raise TypeError(f"look answered {answer!r}")
        return Look(**answer)

    def poll(self, name: str, most: int, fails_at: int = -1) -> tuple[str, list[tuple[int, str]]]:
        """Return the state that a poll ended with, and what it handed out."""
        answer = self.ask("poll", name, most, fails_at)
        if not isinstance(answer, list):
            raise TypeError(f"poll answered {answer!r}")
        state, had = answer
        return str(state), [(int(sequence), str(word)) for sequence, word in had]


@cache
def _process() -> "subprocess.Popen[str]":
    reason = missing()
    if reason:
        raise RuntimeError(reason)
    process = subprocess.Popen(
        [sys.executable, "-m", "stateful.lmax.serve", str(jar())],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_end, process)
    return process


def _end(process: "subprocess.Popen[str]") -> None:
    """Close its standard input, which ends it, and wait for that."""
    process.communicate()
