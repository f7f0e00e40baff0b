"""A ring between processes, watched: a table of what moves in it, drawn anew every moment.

Rule 1: what is shown follows from two looks (`figures`), each a view and its moment; that part is pure. Only `watch` looks,
        waits and draws.
Rule 2: `rich` is imported here alone, and only when something is to be drawn.
Rule 3: watching is looking from outside (`_inspect.py`) again and again: nothing is kept open between two looks.
"""

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from disruptor._errors import RingNotFound, Unsupported
from disruptor._sync import THREADS, Runtime
from disruptor.shared._inspect import look
from disruptor.shared._views import SubscriberView, View

if TYPE_CHECKING:
    from rich.table import Table

_SECOND: Final = 1_000_000_000
BAR: Final = 20
"""Characters of a bar that is full."""


class Look(NamedTuple):
    """A view, and when it was had."""

    view: View
    moment: int
    """In nanoseconds of a clock that never goes back."""


class Figure(NamedTuple):
    """One line of the table: the producers, or one subscriber."""

    name: str
    at: int
    """The highest sequence that is published, or that the subscriber has processed."""
    behind: int
    """Sequences that are claimed and not published, or published and not processed."""
    rate: float | None
    """Sequences in a second since the look before, which voids count among; None if there is none to compare with."""
    state: str


class Figures(NamedTuple):
    """Everything that is drawn of one moment."""

    title: str
    filled: float
    """Which part of the capacity is not free, in `0..1`."""
    bar: str
    producers: Figure
    subscribers: tuple[Figure, ...]


def figures(before: Look | None, now: Look) -> Figures:
    """Return what is to be drawn after two looks at the same ring, or after the first one.

    A subscriber is compared with itself: one that came since the look before has no rate, even under an old name.
    """
    view = now.view
    seconds = 0.0 if before is None else (now.moment - before.moment) / _SECOND
    old = {} if before is None else {one.serial: one.position for one in before.view.subscribers}

    def subscriber(one: SubscriberView) -> Figure:
        return Figure(
            repr(one.name), one.position, one.lag, rate(old.get(one.serial), one.position, seconds), state(one)
        )

    filled = (view.capacity - view.free) / view.capacity
    rate_of_all = rate(None if before is None else before.view.published, view.published, seconds)
    return Figures(
        title=f"ring {view.name}: {view.phase}{', left over' if view.left_over else ''}",
        filled=filled,
        bar=f"{bar(filled)} {view.capacity - view.free} of {view.capacity}",
        producers=Figure(
            "published", view.published, view.claimed - view.published, rate_of_all, f"{view.claimed} claimed"
        ),
        subscribers=tuple(map(subscriber, view.subscribers)),
    )


def rate(before: int | None, now: int, seconds: float) -> float | None:
    """Return how many sequences have passed in a second; None without a look before, or if no time has passed.

    >>> rate(9, 19, 2.0), rate(None, 19, 2.0), rate(9, 19, 0.0), rate(9, 9, 1.0)
    (5.0, None, None, 0.0)
    """
    return None if before is None or seconds <= 0 else (now - before) / seconds


def bar(filled: float) -> str:
    """Return a bar of which the part `filled` (in `0..1`) is full; it is only empty, or full, if that is so.

    >>> bar(0.0), bar(0.001), bar(0.5), bar(0.999), bar(1.0)
    ('....................', '#...................', '##########..........', '###################.', '####################')
    """
    full = round(BAR * filled)
    if 0 < filled < 1:
        full = min(max(full, 1), BAR - 1)
    return "#" * full + "." * (BAR - full)


def state(one: SubscriberView) -> str:
    """Return in words how a subscriber is."""
    if not one.owner.alive:
        return f"dead (participant {one.owner.number})"
    process = "?" if one.owner.process is None else one.owner.process
    return f"{'failed' if one.failed else 'reading' if one.reading else 'alive'} (process {process})"


def drawn(shown: Figures) -> "Table":
    """Return the table for `rich`. Raises `Unsupported` if that is not installed."""
    try:
        from rich.box import SIMPLE_HEAD
        from rich.table import Table
        from rich.text import Text
    except ImportError:
        raise Unsupported("top draws with rich, which is not installed: pip install 'disruptor[top]'") from None
    table = Table(title=Text(shown.title), caption=Text(shown.bar), box=SIMPLE_HEAD, title_justify="left")
    table.caption_justify = "left"
    table.add_column("")
    for heading in ("at", "behind", "events/s"):
        table.add_column(heading, justify="right")
    table.add_column("state")
    for one in (shown.producers, *shown.subscribers):
        speed = "-" if one.rate is None else f"{one.rate:,.1f}"
        # As `Text`, in which nothing is markup: a subscriber may have any name.
        table.add_row(*map(Text, (one.name, f"{one.at}", f"{one.behind}", speed, one.state)))
    return table


def watch(name: str, interval: float, *, once: bool = False, runtime: Runtime = THREADS) -> None:
    """Draw a ring every `interval` seconds until it is gone; with `once`, after two looks, one time.

    Raises `RingNotFound` if there is no such ring at first, `RingMismatch` if it is none of this version, `Unsupported`
    without `rich`.
    """
    before = Look(look(name), runtime.monotonic_ns())
    table = drawn(figures(None, before))
    from rich.console import Console
    from rich.live import Live

    console = Console(file=sys.stdout)
    pause = runtime.parked()  # nobody gives it back: to wait for it is to sleep
    if once:
        pause.acquire(True, interval)
        with suppress(RingNotFound):  # then the first look has to do
            table = drawn(figures(before, Look(look(name), runtime.monotonic_ns())))
        console.print(table)
        return
    with Live(table, console=console, auto_refresh=False) as live, suppress(RingNotFound):
        while True:
            live.refresh()
            pause.acquire(True, interval)
            now = Look(look(name), runtime.monotonic_ns())
            live.update(drawn(figures(before, now)))
            before = now
