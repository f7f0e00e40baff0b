"""What is done when a handler raises: stop, skip, try again, take the batch again, or what the user decides.

Rule 1: a policy is asked once for each error, in the handler's thread, outside every lock, and answers with a `Decision`.
Rule 2: only what a handler raises is asked about, and only an `Exception`: a wait that fails, an interrupt, a thread that is
        told to exit are no business of a policy.
Rule 3: a policy that raises is an error of the handler that nobody is asked about: the handler stops.

>>> from disruptor import on_error
>>> policy = on_error.retry(2, backoff=0.5)
>>> failure = on_error.Failure("parser", "on_event", ValueError("x"), sequence=7, event="e", attempts=1)
>>> policy(failure)
Decision(verb='retry', pause=0.5)
>>> policy(on_error.Failure("parser", "on_event", ValueError("x"), sequence=7, event="e", attempts=3))
Decision(verb='stop', pause=0.0)
"""

import math
import numbers
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, SupportsIndex

from disruptor._arguments import integer_between
from disruptor._errors import InvalidType, InvalidValue

Stage = Literal["on_start", "on_batch_start", "on_event", "on_batch", "on_timeout", "on_shutdown", "key"]
"""What a handler was asked to do when it raised; `key` is the function that tells the key of an event to a pool."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What has gone wrong, for a policy to decide on."""

    handler: str
    """The name of the handler."""
    stage: Stage
    """What it was asked to do."""
    error: Exception
    """What it has raised."""
    sequence: int | None = None
    """The sequence of the event, or of the first of the batch; None where there is none."""
    event: object = None
    """The event; None where there is none, and for a whole batch."""
    attempts: int = 1
    """How often this was tried, or, after a rewind, this batch: 1 for the first error."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done.

    `stop`: the handler ends, and the ring is broken. `skip`: it goes on with what comes next; a whole batch is skipped.
    `retry`: the same again. `rewind`: the whole batch again, from the first event that is not marked as processed; it may be
    larger by then. `pause`: seconds to wait before (the last two); closing does not cut it short, halting does.
    """

    verb: Literal["stop", "skip", "retry", "rewind"]
    pause: float = 0.0


VERBS: Final = ("stop", "skip", "retry", "rewind")
"""What can be decided for."""

Policy = Callable[[Failure], Decision]
"""A function, or whatever can be called, from a failure to a decision."""

STOP: Final = Decision("stop")
SKIP: Final = Decision("skip")


def stop(failure: Failure) -> Decision:
    """Decide to stop: the ring becomes broken. This is the policy of whoever gives none. (LMAX: `FatalExceptionHandler`.)"""
    return STOP


def skip(failure: Failure) -> Decision:
    """Decide to go on with the next event; the error is logged and counted. (LMAX: `IgnoreExceptionHandler`.)"""
    return SKIP


def retry(times: SupportsIndex, *, backoff: float = 0.0, factor: float = 1.0, then: Policy = stop) -> Policy:
    """Return the policy that tries up to `times` times more, and then asks `then`.

    It waits `backoff` seconds before the first of them, and `factor` times as long before each further one.
    Raises `InvalidValue` or `InvalidType` for wrong numbers.
    """
    most = integer_between("times", times, 1, 2**63 - 1)
    _require_number("backoff", backoff)
    _require_number("factor", factor)

    def policy(failure: Failure) -> Decision:
        if failure.attempts > most:
            return then(failure)
        try:
            pause = backoff * factor ** (failure.attempts - 1) if backoff else 0.0
        except OverflowError:
            pause = math.inf
        return Decision("retry", pause)

    return policy


def rewind(times: SupportsIndex | None = None, *, pause: float = 0.0, then: Policy = stop) -> Policy:
    """Return the policy that takes the batch again, up to `times` times (None: always), and then asks `then`.

    It waits `pause` seconds before each. (LMAX: `SimpleBatchRewindStrategy`, `NanosecondPauseBatchRewindStrategy`,
    `EventuallyGiveUpBatchRewindStrategy`.) Raises `InvalidValue` or `InvalidType` for wrong numbers.
    """
    most = None if times is None else integer_between("times", times, 1, 2**63 - 1)
    _require_number("pause", pause)

    def policy(failure: Failure) -> Decision:
        if most is not None and failure.attempts > most:
            return then(failure)
        return Decision("rewind", pause)

    return policy


def _require_number(name: str, given: float) -> None:
    """Raise `InvalidValue` or `InvalidType` unless this is a real number that is not negative."""
    number: object = given  # what users hand in may be anything
    if isinstance(number, bool) or not isinstance(number, numbers.Real):
        raise InvalidType(f"{name} must be a number, not {number!r} ({type(number).__name__})")
    if not given >= 0:
        raise InvalidValue(f"{name} must be >= 0, not {number!r}")
