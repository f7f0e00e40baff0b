"""What happened, as a picture: lanes in text and SVG, and the table of actions.

Rule 1: an actor is a column, a row is one thing that happened, in its actor's column; time runs downward.
Rule 2: the pictures are made from what happened. Nothing is drawn by hand.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple


class Row(NamedTuple):
    """One thing that happened."""

    actor: str
    text: str
    note: str = ""
    """A remark at the right."""


def lanes(actors: Iterable[str], rows: Sequence[Row]) -> str:
    """Return the lanes as text.

    >>> print(lanes(["P", "C"], [Row("P", "publish(a)"), Row("C", "read()"), Row("C", "-> a", "too early")]))
    step  P            C
       1  publish(a)   |
       2  |            read()
       3  |            -> a   <- too early
    """
    columns = list(actors)
    widths = {actor: max([len(actor), *(len(row.text) for row in rows if row.actor == actor)]) + 3 for actor in columns}
    lines = ["step  " + "".join(actor.ljust(widths[actor]) for actor in columns).rstrip()]
    for number, row in enumerate(rows, 1):
        cells = (row.text if actor == row.actor else "|" for actor in columns)
        line = "".join(cell.ljust(widths[actor]) for cell, actor in zip(cells, columns, strict=True))
        if row.actor == columns[-1] or row.note:
            line = line.rstrip()
        note = f"   <- {row.note}" if row.note else ""
        lines.append(f"{number:4}  {line}{note}".rstrip())
    return "\n".join(lines)


def svg_lanes(actors: Iterable[str], rows: Sequence[Row], *, title: str = "") -> str:
    """Return the lanes as a standalone SVG, readable on light and on dark ground."""
    columns = list(actors)
    char, line, top = 7.2, 22, 48
    widths = {
        actor: char * (max([len(actor), *(len(row.text) for row in rows if row.actor == actor)]) + 4)
        for actor in columns
    }
    lefts: dict[str, float] = {}
    x = 56.0
    for actor in columns:
        lefts[actor] = x
        x += widths[actor]
    width = x + char * max([0, *(len(row.note) + 4 for row in rows)]) + 8
    height = top + line * len(rows) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" '
        f'font-family="ui-monospace, monospace" font-size="12">',
        f"<title>{escape(title)}</title>",
        "<style>text{fill:#1f2328}line{stroke:#8c959f}.note{fill:#cf222e}rect{fill:#ddf4ff}"
        "@media(prefers-color-scheme:dark){text{fill:#e6edf3}line{stroke:#6e7681}.note{fill:#ff7b72}"
        "rect{fill:#0c2d6b}}</style>",
    ]
    for actor in columns:
        left = lefts[actor]
        parts.append(f'<text x="{left:.0f}" y="24" font-weight="bold">{escape(actor)}</text>')
        parts.append(f'<line x1="{left + 4:.0f}" y1="32" x2="{left + 4:.0f}" y2="{height - 8}"/>')
    for number, row in enumerate(rows, 1):
        y = top + line * (number - 1)
        left = lefts[row.actor]
        parts.append(f'<text x="8" y="{y + 4}">{number}</text>')
        parts.append(f'<rect x="{left:.0f}" y="{y - 10}" width="{char * len(row.text) + 8:.0f}" height="18" rx="4"/>')
        parts.append(f'<text x="{left + 4:.0f}" y="{y + 4}">{escape(row.text)}</text>')
        if row.note:
            parts.append(f'<text class="note" x="{x:.0f}" y="{y + 4}">{escape(row.note)}</text>')
    return "\n".join([*parts, "</svg>"])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows as an aligned table in Markdown.

    >>> print(table(["verb", "wakes"], [["publish", "news"], ["get", ""]]))
    | verb    | wakes |
    | ------- | ----- |
    | publish | news  |
    | get     |       |
    """
    widths = [max(len(row[k]) for row in [head, *rows]) for k in range(len(head))]

    def line(cells: Sequence[str], fill: str = " ") -> str:
        return "| " + " | ".join(cell.ljust(width, fill) for cell, width in zip(cells, widths, strict=True)) + " |"

    return "\n".join([line(head), line([""] * len(head), "-"), *(line(row) for row in rows)])
