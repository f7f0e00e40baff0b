"""The command `python -m disruptor`: lists, shows, watches and removes the rings between processes of this user.

Rule 1: nothing but `remove` changes anything, and that only removes what nobody has open, unless it is told to.
Rule 2: what goes wrong is one line on the standard error and status 1; wrong arguments are status 2, as `argparse` has it.
        Nobody is shown a traceback for what is in a file.
Rule 3: what needs an operating system with record locks is imported only where there is one.
"""

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from typing import Final

from disruptor._errors import DisruptorError, RingNotFound, SharedMemoryError, Unsupported

LONGEST: Final = 3600.0
"""The most seconds between two looks."""


class Refused(DisruptorError, RuntimeError):
    """Somebody has the ring open that was to be removed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], None] = options.run
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name may have what this terminal cannot show
    try:
        if find_spec("fcntl") is None:
            raise Unsupported(
                "there are no rings between processes here: they need record locks, as Linux and macOS have"
            )
        run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has gone. What is still to be written goes nowhere, so that the interpreter does not fail over it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except (DisruptorError, OSError) as error:
        sys.stderr.write(f"disruptor: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130  # as a shell has it
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m disruptor",
        description="The rings between processes of this user, in $DISRUPTOR_DIR or in memory, as their files show them.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("list", help="show all rings, and which are left over")
    command.add_argument("--json", action="store_true", help="as JSON")
    command.set_defaults(run=_list)
    command = commands.add_parser("inspect", help="show one ring, without taking part in it")
    command.add_argument("name", metavar="NAME", help="as `ring.name` has it")
    command.add_argument("--json", action="store_true", help="as JSON")
    command.set_defaults(run=_inspect)
    command = commands.add_parser("remove", help="remove the files of a ring that nobody has open")
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("name", metavar="NAME", nargs="?", help="as `list` shows it")
    which.add_argument("--dead", action="store_true", help="all rings that nobody has open")
    command.add_argument(
        "--force", action="store_true", help="even if somebody has it open: they go on, nobody joins them"
    )
    command.set_defaults(run=_remove, refuse=command.error)
    command = commands.add_parser("top", help="watch one ring, until it is gone or Ctrl-C (needs disruptor[top])")
    command.add_argument("name", metavar="NAME", help="as `ring.name` has it")
    command.add_argument(
        "--interval", metavar="SECONDS", type=_seconds, default=1.0, help="between two looks; 1 if not given"
    )
    command.add_argument("--once", action="store_true", help="look twice, draw once, and end")
    command.set_defaults(run=_top)
    return parser


def _seconds(text: str) -> float:
    """Return a number of seconds; `argparse.ArgumentTypeError` unless it is above 0 and at most `LONGEST`."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST:
        raise argparse.ArgumentTypeError(f"must be a number of seconds above 0 and at most {LONGEST:g}, not {text!r}")
    return seconds


def _say(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _list(options: argparse.Namespace) -> None:
    from disruptor.shared._files import root
    from disruptor.shared._inspect import listed
    from disruptor.shared._texts import plain_listed, table_of

    rings = listed()
    if options.json:
        _say([json.dumps([*map(plain_listed, rings)], indent=2)])
    else:
        _say(table_of(rings) if rings else [f"no rings in {root()}"])


def _inspect(options: argparse.Namespace) -> None:
    from disruptor.shared._inspect import look
    from disruptor.shared._texts import lines_of, plain_view

    view = look(options.name)
    _say([json.dumps(plain_view(view), indent=2)] if options.json else lines_of(view))


def _remove(options: argparse.Namespace) -> None:
    from disruptor.shared._files import root, sweep

    if not options.dead:
        _say([_remove_one(options.name, force=options.force)])
        return
    if options.force:
        options.refuse("argument --force: is for one NAME, not for --dead")
    removed = sorted(folder.name.split("-", 2)[2] for folder in sweep(set()))
    _say([f"removed {name}: it was left over" for name in removed] or [f"nothing is left over in {root()}"])


def _remove_one(name: str, *, force: bool) -> str:
    """Remove a ring, and return what was done. Raises `RingNotFound`, `RingMismatch`, `Refused` or `SharedMemoryError`."""
    from disruptor.shared._files import folder_of, left_over, remove

    folder = folder_of(name)
    if not os.path.lexists(folder):
        raise RingNotFound(f"there is no ring {name!r} (any more)")
    if force:
        remove(folder)
        said = f"removed {name}"
    else:
        said = ""
        for _ in left_over(folder):
            remove(folder)
            said = f"removed {name}: it was left over"
        if not said:
            raise Refused(f"ring {name!r} is open in {_users(name)}: end that first, or remove it with --force")
    if os.path.lexists(folder):
        raise SharedMemoryError(f"the files of ring {name!r} cannot be removed: {folder}")
    return said


def _users(name: str) -> str:
    """Return in words who has a ring open."""
    from disruptor.shared._inspect import users

    numbers = sorted({process for process in users(name).values() if process is not None})
    return f"process {', '.join(map(str, numbers))}" if numbers else "a process that cannot be seen from here"


def _top(options: argparse.Namespace) -> None:
    from disruptor.shared._top import watch

    try:
        watch(options.name, options.interval, once=options.once)
    except KeyboardInterrupt:
        return  # that is how one stops watching


if __name__ == "__main__":
    sys.exit(main())
