"""An event in place that shows whether it is half written."""

from typing import final

from disruptor._override import override
from disruptor._sync import Runtime


@final
class Word:
    """An event in place: the same word twice, unless it is half written."""

    __slots__ = ("_first", "_runtime", "_second")

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._first = self._second = "nothing"

    def write(self, word: str) -> None:
        """Write one half, let others look, and write the other."""
        self._first = word
        self._runtime.monotonic_ns()  # a scheduling point
        self._second = word

    def half(self, word: str) -> None:
        """Write one half only."""
        self._first = word

    @override
    def __str__(self) -> str:
        return self._first if self._first == self._second else f"{self._first}|{self._second}"
