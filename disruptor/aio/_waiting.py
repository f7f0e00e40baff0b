"""Waiting in an event loop: for news of a ring, without a thread and without sleeping.

Rule 1: nobody sleeps here. Who waits leaves a `Wake` with the news that he waits for, and awaits a future of his loop.
Rule 2: whoever has the news calls it, once, under the ring's lock, and forgets it: many events that come before the loop
        has its turn cost it one call. Calling it never fails: in a loop that is gone, nobody waits any more.
Rule 3: however a wait ends, a cancellation included, nothing is left of it. Nothing is held and no position moves while
        somebody waits: whatever a call does, it does between two awaits.
Rule 4: a finaliser can run in the middle of anything, so it never waits for the ring's lock: it tries, and else hands over.
Rule 5: this is the only module that knows `asyncio`; `import disruptor` does not import it.
"""

from asyncio import AbstractEventLoop, get_running_loop
from collections.abc import Callable, Generator
from contextlib import suppress
from functools import partial
from typing import Final, final

from disruptor._errors import Unsupported
from disruptor._sequencer import Sequencer
from disruptor._sync import News, Runtime

PASSED: Final = 0
"""A deadline that has always passed: what is given it tries once."""


@final
class Wake:
    """What wakes one who waits in a loop, from whatever thread."""

    __slots__ = ("_loop", "called", "future")

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop = loop
        self.future = loop.create_future()
        self.called = False
        """Whether there was news: then nobody remembers it any more. Written under the ring's lock; who reads an old value
        takes the lock and looks."""

    def __call__(self) -> None:
        """Wake him; doing it again is fine."""
        self.called = True
        with suppress(Exception):  # the loop was closed: the publisher has nothing to do with that
            self._loop.call_soon_threadsafe(self._set)

    def _set(self) -> None:
        if not self.future.done():  # nor cancelled
            self.future.set_result(None)


async def news_of(
    sequencer: Sequencer, runtime: Runtime, news: News, watch: Callable[[Callable[[], object]], bool]
) -> None:
    """Wait for some news, unless `watch(wake)` is true; if it is false, it has left `wake` with `news`.

    Afterwards, it is time to try again. What `watch` raises passes through.
    """
    wake = Wake(get_running_loop())
    try:
        if not watch(wake):
            await wake.future
    except GeneratorExit:  # nobody awaits it any more (Rule 4)
        if not wake.called:
            handed_over(sequencer, runtime, partial(news.unwatch, wake))
        raise
    except BaseException:
        if not wake.called:
            with sequencer.lock:
                news.unwatch(wake)
        raise


def handed_over(sequencer: Sequencer, runtime: Runtime, undo: Callable[[], object]) -> None:
    """Do `undo` under the ring's lock: now if it is free, else in a thread (Rule 4); drop what it returns unlocked."""

    def later() -> None:
        with sequencer.lock:
            left = undo()
        del left

    if sequencer.lock.acquire(False):
        left: object = None
        try:
            left = undo()
        finally:
            sequencer.lock.release()
        del left
    else:
        runtime.spawn(later)


@final
class _Turn:
    """What a loop takes for: go on with me after the others."""

    __slots__ = ()

    def __await__(self) -> Generator[None, None, None]:
        yield


async def checkpoint() -> None:
    """Let the others of the loop have their turn: who never waits would keep it, and no time-out would ever strike."""
    await _Turn()


def require_watchable(sequencer: Sequencer) -> None:
    """Raise `Unsupported` if the ring's news cannot be watched."""
    if not sequencer.news.watchable:
        raise Unsupported(
            "a ring between processes (multiproc=True) cannot be awaited yet; read or publish in a thread"
        )
