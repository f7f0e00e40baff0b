"""How a call waits: asleep until it is woken, or looking again and again, at the price of a processor.

Rule 1: a strategy says how long to pause between two looks, and nothing else. What is looked at, time-outs, closing,
        halting, removal and failures are the ring's business, the same for all strategies: none can miss them.
Rule 2: a strategy that has nothing more to say leaves it to the ring: the caller is put to sleep, and woken. `Blocking` has
        nothing to say from the beginning.
Rule 3: no pause is longer than `LONGEST_PAUSE` seconds, nor than what is left of a time-out.
Rule 4: a strategy is asked by each call that has to wait, outside every lock, and by no other.

>>> list(PhasedBackoff(spins=2, yields=1, sleeps=1, seconds=0.001).pauses())
[None, None, 0.0, 0.001]
>>> list(Blocking().pauses())
[]
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol, SupportsIndex

from disruptor._arguments import integer_between
from disruptor._errors import InvalidType, InvalidValue

LONGEST_PAUSE: Final = 0.05
"""The longest pause between two looks, in seconds."""
_MOST: Final = 2**31


class WaitStrategy(Protocol):
    """How a call waits. A class of one's own with this method is one. (LMAX: `WaitStrategy`.)"""

    def pauses(self) -> Iterator[float | None]:
        """Return, for one call that has to wait, the pauses between its looks, in seconds.

        0 lets another thread run, `None` is no pause at all. After the last one, the call sleeps until it is woken.
        """


@dataclass(frozen=True, slots=True)
class Blocking:
    """Sleep until woken: no processor time is used, and who wakes pays for it. (LMAX: `BlockingWaitStrategy`.)

    Before it sleeps, a reader lets others run, four times, and looks again: some 60 microseconds each on Linux.
    """

    def pauses(self) -> Iterator[float | None]:
        """Return no pause: the ring does the waiting."""
        return iter(())


@dataclass(frozen=True, slots=True)
class Sleeping:
    """Look every so many `seconds`: nobody has to wake anybody, and events wait for half of that on the average.

    (LMAX: `SleepingWaitStrategy`.)
    """

    seconds: float = 0.001

    def __post_init__(self) -> None:
        _check_seconds(self.seconds)

    def pauses(self) -> Iterator[float | None]:
        """Return the same pause for ever."""
        while True:
            yield self.seconds


@dataclass(frozen=True, slots=True)
class Yielding:
    """Look without a pause `spins` times, and then let another thread run before each look: one processor is always busy.

    (LMAX: `YieldingWaitStrategy`.)
    """

    spins: SupportsIndex = 0

    def __post_init__(self) -> None:
        integer_between("spins", self.spins, 0, _MOST)

    def pauses(self) -> Iterator[float | None]:
        """Return no pauses, then pauses of 0, for ever."""
        for _ in range(self.spins):
            yield None
        while True:
            yield 0.0


@dataclass(frozen=True, slots=True)
class BusySpin:
    """Look without any pause: one processor is always busy, and so is the interpreter. (LMAX: `BusySpinWaitStrategy`.)

    Between threads that share one interpreter lock, the others only run when the interpreter takes it away (every
    `sys.getswitchinterval()` seconds): it is for rings between processes, and for free-threaded builds.
    """

    def pauses(self) -> Iterator[float | None]:
        """Return no pauses, for ever."""
        while True:
            yield None


@dataclass(frozen=True, slots=True)
class PhasedBackoff:
    """Look without a pause, then let others run, then sleep for `seconds` between looks, so often each; then block.

    (LMAX: `PhasedBackoffWaitStrategy`.)
    """

    spins: SupportsIndex = 0
    yields: SupportsIndex = 20
    sleeps: SupportsIndex = 0
    seconds: float = 0.0001

    def __post_init__(self) -> None:
        integer_between("spins", self.spins, 0, _MOST)
        integer_between("yields", self.yields, 0, _MOST)
        integer_between("sleeps", self.sleeps, 0, _MOST)
        _check_seconds(self.seconds)

    def pauses(self) -> Iterator[float | None]:
        """Return the pauses of one phase after the other."""
        for _ in range(self.spins):
            yield None
        for _ in range(self.yields):
            yield 0.0
        for _ in range(self.sleeps):
            yield self.seconds


BLOCKING: Final = Blocking()


class Waits(NamedTuple):
    """How those wait who use a ring in one process."""

    readers: WaitStrategy = BLOCKING
    producers: WaitStrategy = BLOCKING


ASLEEP: Final = Waits()


def check_strategy(what: str, strategy: WaitStrategy) -> WaitStrategy:
    """Return `strategy`; `InvalidType` for what has no `pauses`, as a class in place of an object of it.

    >>> check_strategy("wait", Sleeping(0.01))
    Sleeping(seconds=0.01)
    """
    given: object = strategy
    if isinstance(given, type) or not callable(getattr(given, "pauses", None)):
        raise InvalidType(f"{what} must be a wait strategy, as in disruptor.waiting, not {strategy!r}")
    return strategy


def check_pause(pause: float | None) -> float | None:
    """Return a pause that a strategy asks for, `LONGEST_PAUSE` at most; `InvalidType` or `InvalidValue` for what is none."""
    if pause is None:
        return None
    if isinstance(pause, bool) or not isinstance(pause, int | float):
        raise InvalidType(f"a pause must be a number of seconds or None, not {pause!r} ({type(pause).__name__})")
    if not pause >= 0:  # nor a NaN
        raise InvalidValue(f"a pause must be >= 0 seconds, not {pause!r}")
    return min(pause, LONGEST_PAUSE)


def _check_seconds(seconds: float) -> None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise InvalidType(f"seconds must be a number, not {seconds!r} ({type(seconds).__name__})")
    if not 0 <= seconds <= LONGEST_PAUSE:
        raise InvalidValue(f"seconds must be in 0..{LONGEST_PAUSE}, not {seconds!r}")
