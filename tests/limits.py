"""How long a test waits for a condition at most: real threads and processes, on a machine that may be busy with others."""

import os
from typing import Final

LIMIT: Final = float(os.environ.get("TEST_LIMIT", "60"))
"""Seconds. Nothing that works takes nearly as long; a broken library (`stateful/patched.py`) is given less."""
