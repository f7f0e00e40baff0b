"""Processes that have a ring open, for tests that look at it from outside; and the command that looks."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from disruptor.shared import _files
from tests.limits import LIMIT

TOLD = """
import json, os, sys, threading
from disruptor import Disruptor
def tell(ring, **more):
    print(json.dumps({
        "name": ring.name, "capacity": ring.capacity, "published": ring.cursor, "claimed": ring.claimed,
        "free": ring.remaining_capacity, "process": os.getpid(),
        "subscribers": [[s.name, s.sequence, s.lag, [a.name for a in s.after]] for s in ring.subscribers],
        **more}), flush=True)
"""

RING = """
ring = Disruptor(8, multiproc=True)
parser = ring.register_subscriber(name="parser")
writer = ring.register_subscriber(name="writer", after=parser)
ring.publish_many(range(4))
with parser.read(3):
    pass
claim = ring.claim(2)
ring.publish("finished, but behind an open claim")
tell(ring)
input()
"""


@contextmanager
def owner(code: str = RING) -> "Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]":
    """Run `code`, which tells of its ring and then waits for a line or a signal; give what it told, and its process."""
    command = [sys.executable, "-c", TOLD + code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline()), process
        finally:
            process.kill()


def left_over(code: str = RING) -> str:
    """Leave a ring over, whose owner was killed; return its name."""
    with owner(code) as (told, process):
        process.kill()
        process.wait(LIMIT)
    return str(told["name"])


def memory_of(name: str) -> Path:
    """Return the file with the memory of a ring."""
    return _files.folder_of(name) / "memory"


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `python -m disruptor`."""
    command = [sys.executable, "-m", "disruptor", *arguments]
    environment = {**os.environ, "COLUMNS": "100"}
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False, env=environment)


def said(*arguments: str) -> str:
    """Return what `python -m disruptor` says when all is well."""
    done = run(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def refused(*arguments: str) -> str:
    """Return the one line of complaint with which `python -m disruptor` ends."""
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (1, ""), done
    [line] = done.stderr.splitlines()
    return line
