"""What the workers of a pool have in common: one subscriber, and who has which event.

Rule 1: to the ring, a pool is one subscriber: it gates from its registration on, and its position is the frontier, up to
        which everything is done. What is done beyond is remembered, so that nothing is handled twice after a restart.
Rule 2: the turn of the subscriber is the pool's, from the first worker that begins to the last that ends.
Rule 3: what has become of the events is changed under the pool's lock, which is taken after the ring's and never before it;
        no code of the user's runs under it. Whoever has changed something that a worker may wait for nudges all afterwards.
Rule 4: a worker ends because there is nothing more to come only when everything that was taken is done: until then it may
        be given back, and somebody has to be there.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, Protocol, TypeVar, final

from disruptor._errors import DisruptorError, InvalidValue, SubscriberClosed, WaitTimeout
from disruptor._sequencer import OPEN
from disruptor._subscriber import Subscriber
from disruptor._sync import Runtime
from disruptor._turn import Turn
from disruptor.handlers._work import Work

E = TypeVar("E")


class Removable(Protocol):
    """A worker, as far as the pool knows it."""

    removed: bool
    """Whether it is to take nothing more. Written under the pool's lock."""

    @property
    def name(self) -> str:
        """For messages."""


@final
class Pool(Generic[E]):
    """The events of one pool, shared by its workers."""

    __slots__ = ("_barrier", "_lock", "_running", "_sequencer", "_turn", "_work", "key", "subscriber", "workers")

    def __init__(self, subscriber: Subscriber[E], key: Callable[[E], Hashable] | None, runtime: Runtime) -> None:
        self.subscriber: Subscriber[E] = subscriber
        self.key: Callable[[E], Hashable] | None = key
        self._barrier = subscriber._barrier
        self._sequencer = subscriber._sequencer
        self._lock = runtime.lock()
        self._running = 0
        self._turn: Turn | None = None
        self.workers: tuple[Removable, ...] = ()
        """Who belongs to it. Written under the lock; a tuple, so that an old one is the truth of a moment ago."""
        self._work = Work(subscriber._gate.position.value, self._sequencer.capacity)

    def enter(self) -> None:
        """Begin to work; the first to do so takes the turn."""
        with self._lock:
            if not self._running:
                gate = self.subscriber._gate
                self._turn = self.subscriber._begin()
                gate.reader = None  # no one thread's: whether one would wait for itself is not certain
                self._work.begin(gate.position.value)
            self._running += 1

    def leave(self) -> None:
        """End; the last to do so gives the turn back."""
        with self._lock:
            self._running -= 1
            if not self._running and self._turn is not None:
                self._turn.give()

    def add(self, workers: Iterable[Removable]) -> None:
        """Let workers belong to it."""
        with self._lock:
            self.workers = (*self.workers, *workers)

    def dismiss(self, workers: Iterable[Removable]) -> None:
        """Let workers take nothing more that could not all be added."""
        gone = tuple(workers)
        with self._lock:
            self.workers = tuple(worker for worker in self.workers if worker not in gone)
            for worker in gone:
                worker.removed = True
        self._sequencer.news.nudge()

    def remove(self, name: str) -> None:
        """Let a worker take nothing more; what it has in hand it may finish. `InvalidValue` if it is none, or the last."""
        with self._lock:
            gone = [worker for worker in self.workers if worker.name == name]
            if not gone:
                raise InvalidValue(f"{name!r} is no worker of {self.subscriber.name!r}, which has {self._told()}")
            if len(self.workers) == 1:
                raise InvalidValue(f"{name!r} is the last worker of {self.subscriber.name!r}; add another one before")
            self.workers = tuple(worker for worker in self.workers if worker.name != name)
            gone[0].removed = True
        self._sequencer.news.nudge()

    def confirm(self, worker: Removable) -> None:
        """Raise if the ring was halted or is broken by the pool, or if the pool or the worker was removed."""
        self._barrier.confirm()
        with self._lock:
            self._require(worker)

    def take(self, worker: Removable, deadline: int | None) -> tuple[int, bool]:
        """Wait for an event, and take it: return its sequence, and whether it has to be sorted first.

        Raises `WaitTimeout`, `DisruptorClosed` if there is nothing more to come, and as `confirm`.
        """
        keyed = self.key is not None

        def ready() -> bool:
            self._barrier.confirm()
            readable = self._barrier.readable()
            with self._lock:
                self._require(worker)
                if self._work.available(readable, keyed=keyed):
                    return True
                settled, following = self._work.settled, self._work.next
            if settled:
                self._barrier.refuse(following)
            return False

        def stirred() -> bool:
            """Tell, without the ring's lock, whether there is anything to find out under it."""
            try:
                return ready()
            except DisruptorError:
                return True

        while True:
            readable = self._barrier.readable()
            with self._lock:
                self._require(worker)
                taken = self._work.take(readable, keyed=keyed)
            if taken is not None:
                return taken
            with self._sequencer.lock:
                if not self._barrier.patience.until(ready, stirred, deadline):
                    raise WaitTimeout(f"there was nothing for {worker.name!r} within the time-out")

    def sort(self, sequence: int, event: E) -> bool:
        """Find out the key of an event in hand; return whether it is to be handled now: else it waits for its turn."""
        key = None if self.key is None else self.key(event)
        lane = self._work.lane(key)
        with self._lock:
            now = self._work.sort(sequence, lane)
        self._sequencer.news.nudge()  # who waits until this one is sorted
        return now

    def finish(self, sequence: int) -> None:
        """Note that an event in hand is done, and tell whoever may wait for that."""
        sequencer, gate, work = self._sequencer, self.subscriber._gate, self._work
        with self._lock:
            before = work.frontier
            more = work.finish(sequence)
            moved = work.frontier > before
            frontier = work.frontier
            if moved and sequencer.clearing is None:
                gate.position.value = frontier
        if moved:
            if sequencer.clearing is not None:  # unless another worker was faster, who has gone further
                sequencer.clearing.move(gate, frontier)
            sequencer.room.nudge()
        if more or (moved and gate.followers.value) or sequencer.phase.value != OPEN:
            sequencer.news.nudge()

    def give_back(self, sequence: int) -> None:
        """Let others have an event in hand that was not handled."""
        with self._lock:
            self._work.give_back(sequence)
        self._sequencer.news.nudge()

    def pause(self, worker: Removable, deadline: int | None) -> None:
        """Wait until `deadline`. Raises as `confirm` does, as soon as that is known."""

        def ready() -> bool:
            self.confirm(worker)
            return False

        with self._sequencer.lock:
            self._sequencer.news.wait_until(ready, deadline)

    def _told(self) -> str:
        return ", ".join(repr(worker.name) for worker in self.workers)

    def _require(self, worker: Removable) -> None:
        if worker.removed:
            raise SubscriberClosed(f"worker {worker.name!r} was removed from its pool")
