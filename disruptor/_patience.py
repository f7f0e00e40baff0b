"""Waiting as the wait strategy of a ring or of one consumer says, and how often and how long somebody has waited.

Rule 1: what ends a wait is tested under the lock, by the same `ready`, whatever the strategy. `stirred` is asked without it,
        between two pauses: true whenever `ready` may have something new to say, and perhaps for nothing.
Rule 2: who looks again and again is no sleeper: nobody wakes him, and nobody pays for that. Whoever stops looking is counted
        as a sleeper, and tests again, before he sleeps (`Signal.wait_until`).
Rule 3: a deadline is looked at before each pause, and no pause goes beyond it. `ready` has the last word.
Rule 4: where waiters have to look after the dead, they do so as often as those who are parked.
Rule 5: who would sleep lets others run first, a few times, and looks again without the lock (`give_way`): who publishes
        then goes on; he need not be waited for at the lock, nor wake anybody. To look later is as to begin later.
Rule 6: the clock is read once when a call begins to wait, once when it has stopped, and not otherwise.
"""

from collections.abc import Callable, Iterator
from typing import Final, final

from disruptor._deadline import NS, seconds_until
from disruptor._sync import News, Runtime
from disruptor.stats import WaitStats
from disruptor.waiting import Blocking, WaitStrategy, check_pause

PATROL_NS: Final = 50_000_000
"""How long one looks before one looks for the dead, in nanoseconds."""

LOOKS: Final = 4
"""How often who would sleep gives way. (Between threads once would do; between processes an answer takes longer.)"""


@final
class Patience:
    """How the callers wait who wait for the same: producers for room, or one consumer for news.

    `strategy` is stored before anybody waits. `_figures` is replaced as a whole, under the ring's lock, so who only looks
    needs no lock: how many have begun to wait, how many wait now, and for how long in nanoseconds, less the present moment
    for each who waits now. `_told` is the longest that was told: who ends a wait reads the clock before he notes it, and who
    looks in between has counted on. Written by whoever looks, without a lock: of two who do so at once one may be forgotten.
    """

    __slots__ = ("_figures", "_news", "_runtime", "_told", "strategy")

    def __init__(self, runtime: Runtime, news: News, strategy: WaitStrategy) -> None:
        self._runtime = runtime
        self._news = news
        self.strategy: WaitStrategy = strategy
        self._figures = (0, 0, 0)
        self._told = 0

    def stats(self) -> WaitStats:
        """Return how often and how long somebody has waited; never waits."""
        while True:
            count, waiting, nanoseconds = figures = self._figures
            now = self._runtime.stopwatch_ns()
            if figures is self._figures:  # the moment belongs to these
                break
        self._told = told = max(self._told, nanoseconds + waiting * now)
        return WaitStats(count, waiting, told / NS)

    def give_way(self, deadline: int | None) -> bool:
        """Let others run, if it is for the ring to say how its caller waits; tell whether it is worth looking again.

        The caller does not hold the lock. Only for readers: who waits for room has the lock.
        """
        return isinstance(self.strategy, Blocking) and self._runtime.give_way(deadline)

    def until(self, ready: Callable[[], bool], stirred: Callable[[], bool], deadline: int | None) -> bool:
        """Wait until `ready()` is true, and return true; false once `deadline` has passed without.

        The caller holds the lock, and `ready` is only called under it; `stirred` without it. What they raise passes through.
        """
        begun = False

        def looks() -> bool:
            nonlocal begun
            if ready():
                return True
            if not begun:
                now = self._runtime.stopwatch_ns()
                count, waiting, nanoseconds = self._figures
                self._figures = (count + 1, waiting + 1, nanoseconds - now)
                begun = True
            return False

        try:
            if not isinstance(self.strategy, Blocking):
                done = self._look(looks, stirred, deadline)
                if done is not None:
                    return done
            return self._news.wait_until(looks, deadline)
        finally:
            if begun:
                now = self._runtime.stopwatch_ns()
                count, waiting, nanoseconds = self._figures
                self._figures = (count, waiting - 1, nanoseconds + now)

    def _look(self, ready: Callable[[], bool], stirred: Callable[[], bool], deadline: int | None) -> bool | None:
        """Wait without sleeping; None if the strategy has nothing more to say."""
        runtime, news = self._runtime, self._news
        pauses: Iterator[float | None] | None = None
        exhausted = False
        patrol = runtime.stopwatch_ns() + PATROL_NS

        def pause() -> None:
            """Look and pause, without the lock, until there is something to test with it."""
            nonlocal pauses, exhausted
            if pauses is None:
                pauses = iter(self.strategy.pauses())
            while not stirred():
                try:
                    seconds = check_pause(next(pauses))
                except StopIteration:
                    exhausted = True
                    return
                if deadline is not None:
                    now = runtime.monotonic_ns()
                    if now >= deadline:
                        return
                    if seconds is not None:
                        seconds = min(seconds, seconds_until(now, deadline))
                if news.patrols and runtime.stopwatch_ns() >= patrol:
                    return
                runtime.pause(seconds, deadline)

        while not ready():
            if deadline is not None and runtime.monotonic_ns() >= deadline:
                return False
            if exhausted:
                return None
            news.away(pause)
            if news.patrols and runtime.stopwatch_ns() >= patrol:
                news.patrol()
                patrol = runtime.stopwatch_ns() + PATROL_NS
        return True
