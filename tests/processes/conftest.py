"""The rings of these tests lie in a directory of their own, so that nobody else tidies them up, nor they what is not theirs.

One directory for all tests of a process: a fork server keeps the environment that it was started with.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def rings() -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(dir=memory()) as folder:
        patch.setenv("DISRUPTOR_DIR", folder)
        yield Path(folder)


def memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
