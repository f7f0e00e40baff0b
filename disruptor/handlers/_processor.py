"""One handler at work: it waits, is given what there is, and marks it; its errors go to its policy.

Rule 1: what a handler has done is marked, even if it fails afterwards or the ring is halted in the middle of a batch:
        nothing is handled twice for that, and nothing is marked that was not handled. (A handler of whole batches gets all
        of one again.)
Rule 2: only what the handler raises is its error. A wait that ends by an error ends the handler: because there is nothing
        more to come, because the ring was halted or its subscriber removed, or because an upstream has failed.
Rule 3: whatever else ends it breaks the ring: nobody waits for ever for a handler that is gone.
Rule 4: who ends because an upstream has failed has failed, too, whatever becomes of the upstream: a pool, or a handler that
        sets its position itself, may go on for what it had in hand, and who comes after sees that, and would wait here.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Final, Generic, TypeVar

from disruptor._batch import Batch
from disruptor._deadline import NS
from disruptor._errors import DisruptorBroken, DisruptorClosed, InvalidType, InvalidValue, SubscriberClosed, WaitTimeout
from disruptor._sequence import Sequence
from disruptor._sequencer import HALTED
from disruptor._subscriber import Subscriber
from disruptor._sync import Runtime, deadline_of
from disruptor.handlers._handler import HandlerFunction, Hooks, Manner, renewed
from disruptor.handlers._progress import Progress, mover
from disruptor.on_error import VERBS, Decision, Failure, Stage
from disruptor.stats import HandlerStats, State

E = TypeVar("E")

LOG: Final = logging.getLogger("disruptor")


class _Stopped(Exception):
    """It was decided that a handler stops, because of `error`."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


class BatchEventProcessor(Generic[E]):
    """A handler, and the subscriber through which it reads. (LMAX: `BatchEventProcessor`.)

    `batches`, `events`, `errors`: how many it was given, and how many went wrong; `busy_ns`: how long it has worked on
    batches. Written by its thread; an old value is the truth of a moment ago.
    """

    __slots__ = (
        "_attempts",
        "_failed_at",
        "_hooks",
        "_manner",
        "_phase",
        "_progress",
        "_runtime",
        "batches",
        "busy_ns",
        "errors",
        "events",
        "handler",
        "subscriber",
    )

    def __init__(
        self, handler: object, hooks: Hooks[E], manner: Manner, subscriber: Subscriber[E], runtime: Runtime
    ) -> None:
        self.handler = handler
        self.subscriber = subscriber
        self._hooks = hooks
        self._manner = manner
        self._runtime = runtime
        self._phase = subscriber._sequencer.phase
        self._progress: Progress | None = None
        self._attempts = 0
        self._failed_at = -1
        self.batches = 0
        self.events = 0
        self.errors = 0
        self.busy_ns = 0

    @property
    def name(self) -> str:
        """The name of the handler: that of its subscriber."""
        return self.subscriber.name

    def stats(self, state: State) -> HandlerStats:
        """Return its figures; it does not know itself where it is."""
        return HandlerStats(self.name, state, self.batches, self.events, self.errors, self.busy_ns / NS)

    @property
    def closed(self) -> bool:
        """Whether it has nothing to do any more: it was removed from its ring."""
        return self.subscriber.closed

    def run(self, errors: list[BaseException], broken: Callable[[BaseException], None]) -> None:
        """Be the handler's thread, until there is nothing more to do; add what went wrong to `errors`.

        `broken` is called with an error that ends it before its time, as soon as that is known.
        """
        try:
            leave = self._enter()
            try:
                self._serve(errors, broken)
            finally:
                leave()
        except (DisruptorClosed, SubscriberClosed):
            pass  # it was removed before it began
        except BaseException as error:
            self._ended(error, errors, broken)

    def _enter(self) -> Callable[[], object]:
        """Begin to read for the subscriber; return what ends it."""
        return self.subscriber._begin().give

    def _serve(self, errors: list[BaseException], broken: Callable[[BaseException], None]) -> None:
        """Work, and shut down; whatever happens, both."""
        for stage in (self._work, self._shut_down):
            try:
                stage()
            except DisruptorBroken as error:
                broken(error)  # Rule 4
            except (DisruptorClosed, SubscriberClosed):
                pass  # Rule 2: of a wait
            except _Stopped as stopped:
                self._ended(stopped.error, errors, broken)
            except BaseException as error:
                self._ended(error, errors, broken)

    def _ended(
        self, error: BaseException, errors: list[BaseException], broken: Callable[[BaseException], None]
    ) -> None:
        errors.append(error)
        broken(error)
        self._log(logging.ERROR, "it has stopped, and the ring is broken", error)

    # --- the work ------------------------------------------------------------------------------------------

    def _work(self) -> None:
        subscriber, hooks = self.subscriber, self._hooks
        first = subscriber.sequence + 1
        self._attempts, self._failed_at = 0, -1
        if hooks.set_sequence_callback is not None:
            if self._progress is None:  # one for all runs: what was handed out in an earlier one can still be marked
                self._progress = Progress(self.name, first - 1, self._runtime.lock(), mover(subscriber, self._runtime))
            self._call("on_start", hooks.set_sequence_callback, self._progress)
        if hooks.on_start is not None:
            self._call("on_start", hooks.on_start)
        while True:
            try:
                batch = self._collected(first)
            except WaitTimeout:
                if hooks.on_timeout is not None:
                    self._call("on_timeout", hooks.on_timeout, Sequence(first - 1))
                continue
            first = batch.end + 1 if self._given(batch) else max(first, subscriber.sequence + 1)

    def _collected(self, first: int) -> Batch[E]:
        """Wait for events from `first` on, and, if the handler wants that, until there are many."""
        subscriber, most, linger = self.subscriber, self._manner.most, self._manner.linger
        batch = subscriber._look(first, most, deadline_of(self._runtime, self._manner.timeout))
        last = first + most - 1
        if linger is None or batch.end >= last:
            return batch
        with suppress(WaitTimeout, DisruptorClosed):  # the time is over, or there is not more to come
            subscriber._barrier.wait_for(last, deadline_of(self._runtime, linger))
        return subscriber._look(first, most, None)

    def _given(self, batch: Batch[E]) -> bool:
        """Hand a batch out and mark it; return whether it is done with, or is to come again."""
        hooks, n = self._hooks, len(batch)
        if self._progress is not None:
            self._progress.hand(batch.sequences[-1] if n else None, batch.end)
        if n:
            begun = self._runtime.stopwatch_ns()
            try:
                if hooks.on_batch_start is not None:
                    depth = max(n, self.subscriber._barrier.readable() - batch.sequences[0] + 1)
                    self._call("on_batch_start", hooks.on_batch_start, n, depth)
                done = self._by_event(batch, hooks.on_event) if hooks.on_event is not None else self._whole(batch)
            finally:
                self.busy_ns += self._runtime.stopwatch_ns() - begun
            if not done:
                return False
            self.batches += 1
            self.events += n
        self._mark(batch.end)
        return True

    def _by_event(self, batch: Batch[E], on_event: HandlerFunction[E]) -> bool:
        phase, alive, each = self._phase, self.subscriber._gate.alive, self._manner.each
        sequences = batch.sequences
        final, at = sequences[-1], 0
        while at < len(sequences):
            sequence, event = sequences[at], batch[at]
            try:
                try:
                    for sequence, event in zip(sequences[at:], batch[at:], strict=True):
                        if phase.value == HALTED or not alive.value:
                            break
                        on_event(event, sequence, sequence == final)
                        if each:
                            self._mark(sequence)
                    else:
                        return True
                except Exception as error:
                    tries = self._tries(sequence)
                    decision = self._decide(Failure(self.name, "on_event", error, sequence, event, tries))
                else:
                    self.subscriber._barrier.confirm()  # raises, unless another process has opened the ring again
                    at = sequences.index(sequence)
                    continue
            except BaseException:
                self._mark(sequence - 1)  # Rule 1
                raise
            if decision.verb == "rewind":
                return False
            at = sequences.index(sequence) + (decision.verb == "skip")
        return True

    def _whole(self, batch: Batch[E]) -> bool:
        first, on_batch = batch.sequences[0], self._hooks.on_batch
        while on_batch is not None:  # pragma: no branch - whoever has no on_event has on_batch
            try:
                on_batch(batch, batch.sequences)
                return True
            except Exception as error:
                decision = self._decide(Failure(self.name, "on_batch", error, first, None, self._tries(first)))
            if decision.verb != "retry":
                return decision.verb == "skip"
        return True  # pragma: no cover - whoever has no on_event has on_batch

    def _shut_down(self) -> None:
        if self._hooks.on_shutdown is not None:
            self._call("on_shutdown", self._hooks.on_shutdown)

    # --- what they have in common --------------------------------------------------------------------------

    def _mark(self, sequence: int) -> None:
        """Mark what is done; if the handler says itself what is processed, leave it alone."""
        if self._progress is None:
            self.subscriber._move(sequence)

    def _call(self, stage: Stage, hook: Callable[..., object], *arguments: object) -> None:
        """Call a method of the handler that is given no event; to rewind is to retry."""
        method = renewed(hook)
        for attempts in count(1):  # pragma: no branch - to count never ends
            try:
                method(*arguments)
                return
            except Exception as error:
                decision = self._decide(Failure(self.name, stage, error, attempts=attempts))
            if decision.verb == "skip":
                return

    def _tries(self, sequence: int) -> int:
        """Return how often it has gone wrong without getting any further, now at `sequence`."""
        self._attempts = self._attempts + 1 if sequence <= self._failed_at else 1
        self._failed_at = max(self._failed_at, sequence)
        return self._attempts

    def _decide(self, failure: Failure) -> Decision:
        """Ask the policy what to do, log it, and wait as long as it says. Raises `_Stopped` if it is to stop."""
        self.errors += 1
        try:
            decision = self._manner.policy(failure)
            if not isinstance(decision, Decision):
                raise InvalidType(f"a policy returns a Decision, not {decision!r}")
            if decision.verb not in VERBS:
                raise InvalidValue(f"a policy decides for one of {', '.join(map(repr, VERBS))}, not {decision.verb!r}")
        except Exception as error:
            raise _Stopped(error) from None
        if decision.verb == "stop":
            raise _Stopped(failure.error)
        where = failure.stage if failure.sequence is None else f"{failure.stage} of {failure.sequence}"
        self._log(logging.WARNING, f"it has raised in {where}: {decision.verb}", failure.error)
        if decision.verb != "skip" and decision.pause > 0:
            self._pause(deadline_of(self._runtime, decision.pause))
        return decision

    def _pause(self, deadline: int | None) -> None:
        """Wait until `deadline`. Raises as soon as there is nothing to wait for any more."""
        self.subscriber._barrier.pause(deadline)

    def _log(self, level: int, what: str, error: BaseException) -> None:
        """Log an error, once. A log that cannot be written changes nothing."""
        with suppress(Exception):
            LOG.log(level, "handler %r of %r: %s", self.name, self.subscriber._home, what, exc_info=error)
