"""A plugin of pytest for runs on a broken library: the process ends with the tests, whatever waits for ever.

A thread that is no daemon would keep it: the interpreter waits for such threads at its end.
"""

import os
import sys

import pytest

_STATUS: list[int] = []


def pytest_sessionfinish(exitstatus: int | pytest.ExitCode) -> None:
    """Remember how the tests have ended."""
    _STATUS.append(int(exitstatus))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """End the process. All reports are written by now."""
    if _STATUS:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_STATUS[0])
