"""The suite on the command line: `python -m stateful report` writes the evidence on one page.

Rule 1: a command is a module that adds its options and runs; this one only chooses.
Rule 2: the exit status is the command's: 0 only if nothing has failed.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

from stateful.report import _command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m stateful", description="The suite, its checks and its evidence.")
    commands = parser.add_subparsers(dest="command", required=True)
    _command.add(commands.add_parser("report", help="run the checks, and write what came out on one page"))
    options = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


if __name__ == "__main__":
    sys.exit(main())
