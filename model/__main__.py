"""The model on the command line: `python -m model history FILE.jsonl --capacity N`.

Rule 1: the verdict and the picture go to standard output, complaints about the input to standard error.
Rule 2: the exit status tells the verdict: 0 linearizable, 1 not, 2 bad input, 3 undecided. Only 0 is a pass.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from model.events import BadHistory
from model.history import BUDGET, History, Kind, check

STATUS = {Kind.LINEARIZABLE: 0, Kind.IMPOSSIBLE: 1, Kind.UNDECIDED: 3}
BAD_INPUT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m model", description="A ring buffer's specification, as a judge.")
    commands = parser.add_subparsers(dest="command", required=True)
    history = commands.add_parser("history", help="judge a recorded history: one event a line, as JSON")
    history.add_argument("file", help="the history; - for standard input")
    history.add_argument("--capacity", type=int, required=True, help="the number of slots of the ring")
    history.add_argument("--budget", type=int, default=BUDGET, help="states to look at, at most (default: %(default)s)")
    history.add_argument("--rows", type=int, default=40, help="rows of the picture, at most (default: %(default)s)")
    history.add_argument("--order", action="store_true", help="print the order that was found, if there is one")
    history.add_argument("--svg", metavar="FILE", help="write the picture there as well")
    return judge(parser.parse_args(arguments))


def judge(options: argparse.Namespace) -> int:
    """Judge the history that the options name; return the exit status."""
    try:
        verdict = check(_load(options.file), options.capacity, budget=options.budget)
    except (BadHistory, OSError, UnicodeDecodeError, ValueError) as error:
        sys.stderr.write(f"{options.file}: {error}\n")
        return BAD_INPUT
    calls = f"{len(verdict.events)} events, {verdict.states} states looked at"
    sys.stdout.write(f"{verdict.kind.value}: {verdict.reason or calls}\n")
    if options.order:
        for place, effect in enumerate(verdict.order, 1):
            sys.stdout.write(f"{place:4}  {effect}\n")
    elif not verdict or len(verdict.events) <= options.rows:
        sys.stdout.write(f"{verdict.lanes(options.rows)}\n")
    if options.svg is not None:
        Path(options.svg).write_text(verdict.svg(options.rows), encoding="utf-8")
    return STATUS[verdict.kind]


def _load(name: str) -> History:
    if name == "-":
        return History.read(sys.stdin)
    with Path(name).open(encoding="utf-8") as file:
        return History.read(file)


if __name__ == "__main__":
    sys.exit(main())
