"""FizzBuzz in a diamond, as LMAX's performance tests have it: two handlers each say one thing, a third puts it together.

Run: python examples/fizzbuzz.py [COUNT]
It prints what each number became, and ends with an error if one of them is wrong.
"""

import sys
from dataclasses import dataclass

from disruptor import Disruptor, Sequence


@dataclass
class Number:
    """An event in place: each field has one writer, and `then` says who reads it."""

    value: int = 0
    fizz: bool = False
    buzz: bool = False


def fizz(event: Number, sequence: Sequence, end_of_batch: bool) -> None:
    """Note whether it can be divided by three."""
    event.fizz = event.value % 3 == 0


def buzz(event: Number, sequence: Sequence, end_of_batch: bool) -> None:
    """Note whether it can be divided by five."""
    event.buzz = event.value % 5 == 0


class Words:
    """Puts together what the two have found: it is called when both are done with an event."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def on_event(self, event: Number, sequence: Sequence, end_of_batch: bool) -> None:
        """Say a number as children do."""
        self.words.append("fizz" * event.fizz + "buzz" * event.buzz or str(event.value))


def main(count: int) -> int:
    """Run the example; return 0 if every number was said as it should be."""
    ring: Disruptor[Number] = Disruptor(64, Number)
    words = Words()
    ring.handle_events_with(fizz, buzz).then(words)
    with ring:  # starts the handlers; at the end everything is handled, and their threads have ended
        for value in range(1, count + 1):
            with ring.claim() as claim:
                claim[0].value = value
    expected = ["fizz" * (n % 3 == 0) + "buzz" * (n % 5 == 0) or str(n) for n in range(1, count + 1)]
    print(*words.words[:15])
    print(f"{count} numbers, {words.words.count('fizzbuzz')} times fizzbuzz")
    return int(words.words != expected)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
