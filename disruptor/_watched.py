"""News that is watched by who must not sleep: an event loop.

Rule 1: who watches counts as a sleeper, tests again under the lock, and leaves what is to be called (`_sync.py`, Rule 2).
Rule 2: whoever has news calls it once and forgets it, under the lock: it must not wait, raise an `Exception`, or run code of
        a user's. If an interrupt strikes who calls it, it may be called again.
"""

from collections.abc import Callable
from typing import Final, Protocol

from disruptor._cell import Cell


class Watchable(Protocol):
    """One kind of news, as far as it can be watched."""

    @property
    def watchable(self) -> bool:
        """Whether it can be watched."""

    def watch(self, ready: Callable[[], bool], call: Callable[[], object]) -> bool:
        """Return whether `ready()` is true; if it is not, have `call` called once, when there is news.

        The caller holds the lock; `ready` is only called under it, and what it raises passes through.
        """

    def unwatch(self, call: Callable[[], object]) -> None:
        """Forget `call`, if it was not called yet. The caller holds the lock."""


class Watched:
    """The part of a `Signal` that is watched."""

    __slots__ = ("_watchers", "sleepers")

    watchable: Final = True

    def __init__(self, sleepers: Cell) -> None:
        self._watchers: list[Callable[[], object]] = []  # not called yet; changed under the lock
        self.sleepers = sleepers

    def watch(self, ready: Callable[[], bool], call: Callable[[], object]) -> bool:
        """Return whether `ready()` is true; if it is not, have `call` called once: see `Watchable`."""
        left = False
        self.sleepers.value += 1  # first: too high, after an interrupt, costs time; too low, news
        try:
            self._watchers.append(call)
            left = not ready()
        finally:
            if not left:
                self.unwatch(call)
        return not left

    def unwatch(self, call: Callable[[], object]) -> None:
        """Forget `call`, if it was not called yet. The caller holds the lock."""
        if call in self._watchers:
            self._watchers.remove(call)
            self.sleepers.value -= 1

    def _call_watchers(self) -> None:
        """Call and forget all who watch. The caller holds the lock."""
        if self._watchers:
            called = [watcher() for watcher in self._watchers]
            self._watchers.clear()
            self.sleepers.value -= len(called)  # last: too high, after an interrupt, costs time; too low, news
