"""A schedule that goes wrong, found by the suite, as lanes.

Rule 1: it is found by exploring, and replayed. The text that the suite prints is taken apart here, and the picture is
        refused unless the very same text can be put together again from what was understood.
"""

import re

from docs.pictures.paper import CHARACTER, Sheet
from model.draw import Row, lanes
from stateful.foreign import FINDINGS, picture

LOST = next(finding for finding in FINDINGS if finding.title == "A wake-up that is lost")
LINE, TOP = 22, 44


def understood(text: str) -> tuple[list[str], list[Row]]:
    """Return the actors of a picture in text, and what each did."""
    lines = text.splitlines()
    head = next(k for k, line in enumerate(lines) if line.startswith("step  "))
    names = list(re.finditer(r"\S+(?: \S+)*", lines[head].replace("step", "    ", 1)))
    starts, actors = [match.start() for match in names], [match.group() for match in names]
    rows: list[Row] = []
    for line in lines[head + 1 :]:
        if not re.match(r" *\d+  ", line):
            break
        line, _, note = line.partition("   <- ")
        cells = [line[a:b].rstrip() for a, b in zip(starts, [*starts[1:], len(line)], strict=True)]
        [(actor, did)] = [(actor, cell) for actor, cell in zip(actors, cells, strict=True) if cell not in ("|", "")]
        rows.append(Row(actor, did, note))
    if lanes(actors, rows) not in text:
        raise ValueError(f"not understood:\n{text}")
    return actors, rows


def drawn(title: str, actors: list[str], rows: list[Row]) -> str:
    """Return lanes as a picture."""
    widths = {
        actor: CHARACTER * max(len(actor), *(len(row.text) for row in rows if row.actor == actor)) + 30
        for actor in actors
    }
    notes = CHARACTER * max(len(row.note) for row in rows)
    sheet = Sheet(title, 44 + sum(widths.values()) + notes + 8, TOP + LINE * len(rows))
    x, lefts = 44.0, {}
    for actor, width in widths.items():
        lefts[actor] = x
        sheet.text(x, 20, actor, "strong")
        sheet.path(f"M{x + 4:.1f} 30V{TOP + LINE * len(rows) - 8}", "edge")
        x += width
    for number, row in enumerate(rows):
        y, left = TOP + LINE * number, lefts[row.actor]
        sheet.text(28, y + 4, str(number + 1), "end dim")
        sheet.box(left, y - 9, CHARACTER * len(row.text) + 8, 18, "void" if row.note else "new")
        sheet.text(left + 4, y + 4, row.text)
        if row.note:
            sheet.text(x, y + 4, row.note, "warn strong")
    return sheet.svg()


def lost_wake_up() -> str:
    """Draw how the first python-disruptor loses a wake-up."""
    actors, rows = understood(picture(LOST))
    return drawn(LOST.title, actors, rows)
