"""One worker of a pool: it takes an event, handles it, and takes the next.

Rule 1: an event is taken when it is about to be handled, and no earlier: nobody sits on one that others could handle.
Rule 2: what was not handled to its end goes back to the pool, whatever was the reason: the ring was halted, the worker was
        removed while it waited to try again, its handler has failed.
Rule 3: errors are the business of the worker's policy, as for other handlers. To rewind is to try the event again: it is a
        batch of its own.
"""

from collections.abc import Callable, Hashable
from itertools import count
from typing import Generic, SupportsIndex, TypedDict, TypeVar, final

from disruptor._deadline import check_timeout
from disruptor._errors import InvalidType, WaitTimeout
from disruptor._override import override
from disruptor._sequence import Sequence
from disruptor._start import Start
from disruptor._sync import Runtime, deadline_of
from disruptor.handlers._handler import HandlerFunction, Hooks, Manner
from disruptor.handlers._pool import Pool
from disruptor.handlers._processor import BatchEventProcessor
from disruptor.on_error import Failure, Policy, stop
from disruptor.waiting import WaitStrategy

E = TypeVar("E")


class PoolOptions(TypedDict, Generic[E], total=False):
    """How a pool is to work."""

    name: str
    """Of the subscriber; its workers are NAME-1, NAME-2 and so on. Otherwise it is that of the first worker's function or
    class."""
    key: Callable[[E], Hashable]
    """What events have in common that have to be handled in order, one at a time: those with equal keys. Without it, events
    are begun in order, and that is all."""
    on_error: Policy
    """What is done when a worker raises: see `disruptor.on_error`; `stop`, if not given."""
    timeout: float
    """Seconds without an event after which `on_timeout` of a worker is called, again and again; never, if not given."""
    start: "Start | SupportsIndex"
    """The first event that the pool is given: as in `register_subscriber`."""
    wait: WaitStrategy
    """How its workers wait for events; as the readers of the ring do, if not given."""


def checked(options: PoolOptions[E]) -> tuple[Callable[[E], Hashable] | None, Manner]:
    """Return the key and the manner that options of a pool ask for; `InvalidType` or `InvalidValue` if they are wrong."""
    unknown = options.keys() - PoolOptions.__optional_keys__
    if unknown:
        raise InvalidType(f"there are no options {', '.join(map(repr, sorted(unknown)))} of a pool")
    key, policy = options.get("key"), options.get("on_error", stop)
    if key is not None and not callable(key):
        raise InvalidType(f"key must be callable, not {key!r}")
    if not callable(policy):
        raise InvalidType(f"on_error must be callable, not {policy!r}; see disruptor.on_error")
    return key, Manner(1, True, policy, check_timeout(options.get("timeout")))


@final
class WorkProcessor(BatchEventProcessor[E], Generic[E]):
    """A handler that gets some of the events. (LMAX 3: `WorkProcessor`.)"""

    __slots__ = ("_name", "_on_event", "_pool", "removed")

    def __init__(
        self, handler: object, hooks: Hooks[E], manner: Manner, pool: Pool[E], name: str, runtime: Runtime
    ) -> None:
        super().__init__(handler, hooks, manner, pool.subscriber, runtime)
        self._on_event = event_function(handler, hooks)
        self._pool = pool
        self._name = name
        self.removed = False

    @property
    @override
    def name(self) -> str:
        """The name of the worker."""
        return self._name

    @property
    @override
    def closed(self) -> bool:
        """Whether it, or its pool, was removed."""
        return self.removed or self.subscriber.closed

    @override
    def _enter(self) -> Callable[[], object]:
        self._pool.enter()
        return self._pool.leave

    @override
    def _work(self) -> None:
        pool, hooks, patience = self._pool, self._hooks, self._manner.timeout
        if hooks.on_start is not None:
            self._call("on_start", hooks.on_start)
        while True:
            try:
                sequence, unsorted = pool.take(self, deadline_of(self._runtime, patience))
            except WaitTimeout:
                self._idle()
                continue
            done: bool | None = False
            try:
                done = self._handled(sequence, unsorted=unsorted)
            finally:
                if done:
                    pool.finish(sequence)
                elif done is not None:
                    pool.give_back(sequence)  # Rule 2

    def _idle(self) -> None:
        if self._hooks.on_timeout is not None:
            self._call("on_timeout", self._hooks.on_timeout, self.subscriber.sequence)

    def _handled(self, sequence: int, *, unsorted: bool) -> bool | None:
        """Handle an event; return true once it is done, None if it waits in its lane for the one before."""
        batch = self.subscriber._look(sequence, 1, None)
        if not batch:
            return True  # a void
        event = batch[0]
        if unsorted:
            now = self._sorted(sequence, event)
            if not now:
                return None if now is None else True
            self._pool.confirm(self)  # it took as long as the user's code took
        begun = self._runtime.stopwatch_ns()
        try:
            for attempts in count(1):  # pragma: no branch - to count never ends
                try:
                    self._on_event(event, Sequence(sequence), True)
                    break
                except Exception as error:
                    if self._skips(Failure(self.name, "on_event", error, sequence, event, attempts)):
                        break
        finally:
            self.busy_ns += self._runtime.stopwatch_ns() - begun
        self.batches += 1
        self.events += 1
        return True

    def _sorted(self, sequence: int, event: E) -> bool | None:
        """Find out the key of an event; return true if it is to be handled now, None later, false if it is skipped."""
        for attempts in count(1):  # pragma: no branch - to count never ends
            try:
                return self._pool.sort(sequence, event) or None
            except Exception as error:
                if self._skips(Failure(self.name, "key", error, sequence, event, attempts)):
                    break
        return False

    def _skips(self, failure: Failure) -> bool:
        """Ask the policy; return whether the event is skipped. Raises if it is not to be tried again."""
        if self._decide(failure).verb == "skip":
            return True
        self._pool.confirm(self)
        return False

    @override
    def _mark(self, sequence: int) -> None:
        """Do nothing: what is done the pool knows."""

    @override
    def _pause(self, deadline: int | None) -> None:
        self._pool.pause(self, deadline)


def event_function(handler: object, hooks: Hooks[E]) -> HandlerFunction[E]:
    """Return what is called with each event; `InvalidType` for a handler that cannot be one of a pool."""
    for name in ("on_batch", "on_batch_start", "set_sequence_callback"):
        if getattr(hooks, name) is not None:
            raise InvalidType(f"{handler!r} has {name}: a worker of a pool is given event by event, with on_event")
    if hooks.on_event is None:  # pragma: no cover - what has neither is no handler, what has on_batch is refused above
        raise InvalidType(f"{handler!r} has no on_event")
    return hooks.on_event
