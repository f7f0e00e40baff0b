"""What happened, as a picture: lanes in text and SVG, and the table of actions.

Rule 1: an actor is a column, a row is one thing that happened, in its actor's column; time runs downward.
Rule 2: the pictures are made from what happened. Nothing is drawn by hand, and nothing that happened is left out: an actor
        that is not listed gets a column at the right.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple


class Row(NamedTuple):
    """One thing that happened."""

    actor: str
    text: str
    note: str = ""
    """A remark at the right."""


def _columns(actors: Iterable[str], rows: Sequence[Row]) -> dict[str, int]:
    """Return the columns, and the length of the longest text in each."""
    longest = {actor: len(actor) for actor in actors}
    for row in rows:
        longest[row.actor] = max(longest.get(row.actor, len(row.actor)), len(row.text))
    return longest


def lanes(actors: Iterable[str], rows: Sequence[Row], *, first: int = 1) -> str:
    """Return the lanes as text; the rows are numbered from `first` on.

    >>> print(lanes(["P", "C"], [Row("P", "publish(a)"), Row("C", "read()"), Row("C", "-> a", "too early")]))
    step  P            C
       1  publish(a)   |
       2  |            read()
       3  |            -> a   <- too early
    """
    widths = {actor: longest + 3 for actor, longest in _columns(actors, rows).items()}
    lines = [("step  " + "".join(actor.ljust(width) for actor, width in widths.items())).rstrip()]
    for number, row in enumerate(rows, first):
        line = "".join((row.text if actor == row.actor else "|").ljust(width) for actor, width in widths.items())
        note = f"   <- {row.note}" if row.note else ""
        lines.append(f"{number:4}  {line.rstrip()}{note}".rstrip())
    return "\n".join(lines)


def _xml(text: str) -> str:
    """Return text for XML, which has no way to write most control characters and no surrogates."""
    return escape(re.sub(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text))


def svg_lanes(actors: Iterable[str], rows: Sequence[Row], *, title: str = "", first: int = 1) -> str:
    """Return the lanes as a standalone SVG, readable on light and on dark ground."""
    char, line, top = 7.2, 22, 48
    lefts: dict[str, float] = {}
    x = 56.0
    for actor, longest in _columns(actors, rows).items():
        lefts[actor] = x
        x += char * (longest + 4)
    width = x + char * max([0, *(len(row.note) + 4 for row in rows)]) + 8
    height = top + line * len(rows) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" '
        f'font-family="ui-monospace, monospace" font-size="12">',
        f"<title>{_xml(title)}</title>",
        "<style>svg{color:#1f2328}text{fill:currentColor}line{stroke:currentColor;opacity:.4}"
        ".note{fill:#cf222e}rect{fill:#ddf4ff}"
        "@media(prefers-color-scheme:dark){svg{color:#e6edf3}.note{fill:#ff7b72}rect{fill:#0c2d6b}}</style>",
    ]
    for actor, left in lefts.items():
        parts.append(f'<text x="{left:.0f}" y="24" font-weight="bold">{_xml(actor)}</text>')
        parts.append(f'<line x1="{left + 4:.0f}" y1="32" x2="{left + 4:.0f}" y2="{height - 8}"/>')
    for number, row in enumerate(rows, first):
        y = top + line * (number - first)
        left = lefts[row.actor]
        parts.append(f'<text x="8" y="{y + 4}">{number}</text>')
        parts.append(f'<rect x="{left:.0f}" y="{y - 10}" width="{char * len(row.text) + 8:.0f}" height="18" rx="4"/>')
        parts.append(f'<text x="{left + 4:.0f}" y="{y + 4}">{_xml(row.text)}</text>')
        if row.note:
            parts.append(f'<text class="note" x="{x:.0f}" y="{y + 4}">{_xml(row.note)}</text>')
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
