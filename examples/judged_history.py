"""Somebody else's queue, judged from a file: what its calls returned, one event a line, as any language can write it.

The queue of tickets of a small restaurant, of two places: a till and a door publish, the kitchen reads. One ticket was lost.
The same on the command line: python -m model history examples/data/tickets.jsonl --capacity 2

Run: python examples/judged_history.py [FILE CAPACITY]
"""

import sys
from pathlib import Path

from model.history import History, check

TICKETS = Path(__file__).parent / "data" / "tickets.jsonl"


def main(path: Path, capacity: int) -> None:
    """Print the verdict, and the order or the picture."""
    with path.open(encoding="utf-8") as lines:
        verdict = check(History.read(lines), capacity)
    print(verdict)
    for effect in verdict.order:
        print(effect)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        main(Path(sys.argv[1]), int(sys.argv[2]))
    else:
        main(TICKETS, 2)
