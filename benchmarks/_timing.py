"""Contenders, side by side: each round runs all of them, one after the other, and every run verifies its result.

Rule 1: what counts is the ratio of two contenders within one round; the median of the rounds is shown, with the extremes.
Rule 2: a run is timed from the moment at which all its threads or processes are ready until the last one has ended.
Rule 3: a run whose result is wrong raises `WrongResult`; it has no time.
"""

import statistics
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import NamedTuple


class WrongResult(AssertionError):
    """A contender has lost, doubled or changed something."""


class Contender(NamedTuple):
    """One way to do what a case asks for."""

    name: str
    run: Callable[[int], float]
    """Moves so many events, verifies them, and returns the seconds that it took."""


class Case(NamedTuple):
    """A question, and who answers it."""

    section: str
    name: str
    events: int
    contenders: tuple[Contender, ...]
    """The first is ours, the second the peer that the target names."""
    target: float | None = None
    """At least so many times the rate of that peer, if there is a target."""
    more: tuple[tuple[str, float], ...] = ()
    """Further peers, and how many times their rate it should be at least."""


class Result(NamedTuple):
    """What came out of a case."""

    section: str
    name: str
    events: int
    target: float | None
    rates: dict[str, list[float]]
    """Events per second, by contender, one a round."""
    more: tuple[tuple[str, float], ...] = ()
    """As in the case."""

    def ratios(self, peer: str) -> list[float]:
        """Return how many times faster than a peer ours was, round by round."""
        ours = next(iter(self.rates.values()))
        return [mine / other for mine, other in zip(ours, self.rates[peer], strict=True)]

    def targets(self) -> list[tuple[str, float]]:
        """Return the peers that were run and have a target, with it."""
        peers = list(self.rates)[1:]
        first = [] if self.target is None else [(peers[0], self.target)]
        return [*first, *(one for one in self.more if one[0] in peers)]


def is_compiled() -> bool:
    """Tell whether the library was compiled by mypyc."""
    spec = find_spec("disruptor._barrier")
    return spec is not None and not (spec.origin or "").endswith(".py")


def expect(what: str, found: object, expected: object) -> None:
    """Raise `WrongResult` unless what was found is what was expected."""
    if found != expected:
        raise WrongResult(f"{what}: {found!r}, not {expected!r}")


def together(*bodies: Callable[[], None]) -> float:
    """Run functions in threads that begin at the same moment; return the seconds until the last has ended."""
    errors: list[BaseException] = []
    ready = threading.Barrier(len(bodies) + 1)

    def guarded(body: Callable[[], None]) -> None:
        ready.wait()
        try:
            body()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(body,), daemon=True) for body in bodies]
    for thread in threads:
        thread.start()
    ready.wait()
    begin = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begin
    if errors:
        raise errors[0]
    return seconds


def measure(case: Case, rounds: int, said: Callable[[str], None]) -> Result:
    """Run all contenders of a case so many times, interleaved; `said` hears of each run."""
    rates: dict[str, list[float]] = {contender.name: [] for contender in case.contenders}
    for round_ in range(rounds):
        for contender in case.contenders:
            said(f"{case.name}: {contender.name}, round {round_ + 1} of {rounds}")
            rates[contender.name].append(case.events / contender.run(case.events))
    return Result(case.section, case.name, case.events, case.target, rates, case.more)


def middle(values: list[float]) -> tuple[float, float, float]:
    """Return the median, the least and the greatest."""
    return statistics.median(values), min(values), max(values)
