"""The handlers of one ring as a whole: when they begin, and when all of them have ended.

Rule 1: whoever is registered counts, also one whose thread has not begun to run yet: a shutdown waits for it.
Rule 2: a run of a handler is taken by one thread. A thread that comes too late, or a second one, goes home.
Rule 3: no code of the user's runs under the lock, neither a handler nor whatever makes threads.
Rule 4: the lock is taken before the ring's, never after it.
Rule 5: nobody waits for himself: a handler that shuts its ring down closes it, and goes on.
Rule 6: a shutdown waits for those that it has told to end. A ring that is opened again meanwhile (which waits until all have
        ended) has begun something new, for which it does not wait.
Rule 7: handlers belong to the process that has registered them: a child that is forked has none of them.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import Enum
from functools import partial
from typing import Any, Final, Generic, NamedTuple, TypeVar, final
from weakref import WeakSet

from disruptor._errors import SelfDeadlock, SubscriberClosed, WaitTimeout
from disruptor._sequencer import CLOSED, HALTED, Sequencer
from disruptor._subscriber import Subscriber
from disruptor._sync import Runtime, Signal
from disruptor.handlers._processor import BatchEventProcessor
from disruptor.stats import HandlerStats, State

E = TypeVar("E")

Executor = Callable[[Callable[[], None]], object]
"""What runs a function of no arguments in a thread of its own, soon: `ThreadPoolExecutor(...).submit`, say."""


class Threads(NamedTuple):
    """How threads are made."""

    daemon: bool = False
    executor: Executor | None = None


class Stage(Enum):
    """Where a handler is. It goes round: started again, it is `BEGUN`."""

    IDLE = "was not started"
    BEGUN = "has not begun to run"
    RUNNING = "runs"
    ENDED = "has ended"


STATES: Final[dict[Stage, State]] = {
    Stage.IDLE: "idle",
    Stage.BEGUN: "begun",
    Stage.RUNNING: "running",
    Stage.ENDED: "ended",
}


@final
class Member(Generic[E]):
    """A handler among the others. Written under their lock."""

    __slots__ = ("processor", "stage", "thread")

    def __init__(self, processor: BatchEventProcessor[E]) -> None:
        self.processor = processor
        self.stage = Stage.IDLE
        self.thread: int | None = None

    @property
    def busy(self) -> bool:
        """Whether it has been started and has not ended."""
        return self.stage in (Stage.BEGUN, Stage.RUNNING)


@final
class Consumers(Generic[E]):
    """The handlers of one ring, in this process."""

    __slots__ = (
        "__weakref__",
        "_changed",
        "_errors",
        "_fail",
        "_lock",
        "_members",
        "_runtime",
        "_sequencer",
        "_starts",
        "_threads",
    )

    def __init__(
        self,
        sequencer: Sequencer,
        runtime: Runtime,
        fail: Callable[[Subscriber[E], BaseException], None],
        *,
        local: bool,
    ) -> None:
        self._sequencer = sequencer
        self._runtime = runtime
        self._fail = fail
        self.forked()
        if local:
            LOCAL.add(self)

    def forked(self) -> None:
        """Begin anew, in a child that was forked: its parent's handlers are its parent's, and none of them runs here."""
        self._lock = self._runtime.lock()
        self._changed = Signal(self._runtime, self._lock)
        self._members: tuple[Member[E], ...] = ()
        self._errors: list[BaseException] = []
        self._threads: Threads | None = None  # not None once they were started: who is added then begins at once
        self._starts = 0  # how often the ring was opened again; written under both locks

    def processors(self) -> tuple[BatchEventProcessor[E], ...]:
        """Return all handlers, in order of registration; never waits."""
        return tuple(member.processor for member in self._members)

    def names(self) -> tuple[str, ...]:
        """Return the names of all handlers, those of workers included, but of none that was removed; never waits."""
        return tuple(member.processor.name for member in self._members if not member.processor.closed)

    def stats(self) -> tuple[HandlerStats, ...]:
        """Return the figures of all handlers, in order of registration; never waits."""
        return tuple(member.processor.stats(STATES[member.stage]) for member in self._members)

    def add(self, processors: Iterable[BatchEventProcessor[E]]) -> None:
        """Add handlers; if the others were started, start them. Who gets no thread is not added."""
        added = tuple(map(Member, processors))
        with self._lock:
            left = tuple(member for member in self._members if member.busy or not member.processor.closed)
            self._members = (*left, *added)
            threads = self._threads
            todo = self._begun(added if threads is not None else ())
        try:
            self._spawn(todo, threads or Threads())
        except BaseException:
            with self._lock:
                self._members = tuple(member for member in self._members if member.busy or member not in added)
            raise

    def start(self, threads: Threads, deadline: int | None) -> None:
        """Open the ring again if it has to be, once everybody has ended who ends for that; then start who is not running."""
        me = self._runtime.ident()

        def ready() -> bool:
            """Open the ring if it has to be, as soon as nobody runs; certain in one step under the ring's lock.

            A failure that came between a test and the opening would be forgotten, and its handler not run again.
            """
            with self._sequencer.lock:
                if not self._sequencer.stopped():
                    return True
                busy = [member for member in self._members if member.busy]
                if any(member.thread == me for member in busy):
                    raise SelfDeadlock("a handler cannot start its own ring again: it has to end first")
                if not busy:
                    self._open()
                return not busy

        with self._lock:
            if not self._changed.wait_until(ready, deadline):
                raise WaitTimeout(f"the ring cannot be started again before its handlers have ended: {self._told()}")
            self._threads = threads
            closed = self._sequencer.phase.value == CLOSED  # then only who never ran has anything to do
            todo = self._begun(m for m in self._members if m.stage is Stage.IDLE or not (m.busy or closed))
        self._spawn(todo, threads)

    def drain(self, close: Callable[[], object]) -> int:
        """Close or halt the ring, and start who was never started: what was published before is to reach it.

        Return what `join` waits for. The lock is held, so nobody opens the ring again between the two (Rule 6).
        """
        with self._lock:
            close()
            starts = self._starts
            halted = self._sequencer.phase.value == HALTED
            threads = self._threads or Threads()
            todo = self._begun(m for m in self._members if m.stage is Stage.IDLE and not halted)
        self._spawn(todo, threads)
        return starts

    def join(self, starts: int, deadline: int | None) -> bool:
        """Wait until all have ended, and what they were given is marked; false for a handler, which does not wait.

        `starts` is what `drain` has returned. Raises `WaitTimeout`.
        """
        me = self._runtime.ident()

        def ended() -> bool:
            return self._starts != starts or not any(member.busy for member in self._members)

        def marked() -> bool:
            return self._starts != starts or self._all_marked()

        with self._lock:
            if any(member.thread == me for member in self._members):
                return False  # Rule 5
            if not self._changed.wait_until(ended, deadline):
                raise WaitTimeout(f"not all handlers have ended within the time-out: {self._told()}")
        with self._sequencer.lock:
            if not self._sequencer.room.wait_until(marked, deadline):
                raise WaitTimeout(f"not everything was marked as processed within the time-out: {self._told()}")
        return True

    def errors(self) -> list[BaseException]:
        """Return what has ended handlers since they were started."""
        with self._lock:
            return [*self._errors]

    # --- inside --------------------------------------------------------------------------------------------

    def _open(self) -> None:
        """Open the ring again. The caller holds both locks."""
        self._errors = []
        self._starts += 1
        try:
            self._sequencer.start()
        except BaseException:
            self._sequencer.start()
            raise

    def _all_marked(self) -> bool:
        """Tell whether nobody has anything to mark that is handed its progress. The caller holds the ring's lock."""
        if self._sequencer.stopped():
            return True
        published = self._sequencer.published.value
        gates = [member.processor.subscriber._gate for member in self._members if member.stage is Stage.ENDED]
        return all(gate.position.value >= published or not gate.alive.value for gate in gates)

    def _begun(self, members: Iterable[Member[E]]) -> list[Member[E]]:
        """Return the members, which are about to get a thread. The caller holds the lock."""
        chosen = [member for member in members if not member.processor.closed]
        for member in chosen:
            member.stage = Stage.BEGUN
        return chosen

    def _spawn(self, members: list[Member[E]], threads: Threads) -> None:
        """Give each its thread. Whoever gets none is as if it had not been started."""
        left = [*members]
        try:
            while left:
                run = partial(self._run, left[0])
                if threads.executor is None:
                    self._runtime.start_thread(run, left[0].processor.name, daemon=threads.daemon)
                else:
                    threads.executor(run)
                del left[0]
        except BaseException:
            with self._lock:
                for member in left:
                    if member.stage is Stage.BEGUN:  # it may run, if an interrupt came after its thread was made
                        member.stage = Stage.IDLE
                self._changed.wake()
            raise

    def _run(self, member: Member[E]) -> None:
        """Be the thread of a handler."""
        with self._lock:
            if member.stage is not Stage.BEGUN:
                return  # Rule 2
            member.stage = Stage.RUNNING
            member.thread = self._runtime.ident()
        errors: list[BaseException] = []
        try:
            member.processor.run(errors, partial(self._broken, member.processor.subscriber))
        finally:
            with self._lock:
                self._errors += errors
                member.stage = Stage.ENDED
                member.thread = None
                self._changed.wake()

    def _broken(self, subscriber: Subscriber[E], error: BaseException) -> None:
        with suppress(SubscriberClosed):  # it was removed: nobody waits for it
            self._fail(subscriber, error)

    def _told(self) -> str:
        """Return who is not done, for messages."""
        return ", ".join(
            f"{member.processor.name!r} {member.stage.value} and is at {member.processor.subscriber.sequence}"
            for member in self._members
            if member.busy or member.processor.subscriber.lag
        )


LOCAL: "Final[WeakSet[Consumers[Any]]]" = WeakSet()
"""Those of rings between threads: nobody else tells them that they are in a child (Rule 7)."""


def _forked() -> None:
    for consumers in LOCAL:
        consumers.forked()


if hasattr(os, "register_at_fork"):  # pragma: no branch - where nothing is forked there are no children either
    os.register_at_fork(after_in_child=_forked)
