"""The runtime of rings between processes: as between threads, but no thread of a child is taken for one of its parent.

Rule: the thread that forks has the same identity in the child, and a new thread of the child may get one that a thread of
      the parent had. So the identities of a child are others: what was noted of a thread of the parent (who reads, who has
      the lock) is nobody's there.
"""

import os
from typing import Final, final

from disruptor._override import override
from disruptor._sync import ThreadRuntime

_FORKS: Final = [0]
"""How often this process, or one before it, was forked from another one."""
_SHIFT: Final = 64
"""More bits than the identity of a thread has."""


def _forked() -> None:
    _FORKS[0] += 1


os.register_at_fork(after_in_child=_forked)


@final
class ProcessRuntime(ThreadRuntime):
    """Locks, clock and threads as `ThreadRuntime` has them."""

    __slots__ = ()

    @override
    def ident(self) -> int:
        """Return a number that no other running thread has, nor any of the processes before this one had."""
        return super().ident() | _FORKS[0] << _SHIFT


PROCESSES: Final = ProcessRuntime()
