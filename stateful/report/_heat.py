"""The pairs of operations as a heat map: the darker, the more schedules it took to see all that can make a difference.

Rule 1: a pair that was not explored in this report has an empty cell, one that a limit has cut a plus sign.
Rule 2: the numbers are in the text of the picture as well.
"""

from html import escape
from math import log10
from typing import NamedTuple

from model.draw import table
from stateful.explored import PROGRAM, Row
from stateful.report._evidence import Picture

SIDE, LEFT, TOP = 38, 168, 26


class Pair(NamedTuple):
    """What was explored of one pair, on all rings and at all granularities."""

    schedules: int = 0
    complete: bool = True
    failed: bool = False


def pairs(rows: list[Row], *, in_place: bool) -> dict[tuple[str, str], Pair]:
    """Return the pairs that were explored."""
    found: dict[tuple[str, str], Pair] = {}
    for row in rows:
        if row.set == "pairs" and PROGRAM[row.program].in_place == in_place:
            one, two = row.program.rpartition(" on ")[0].split(" x ")
            old = found.get((one, two), Pair())
            failed = old.failed or bool(row.failed)
            found[one, two] = Pair(old.schedules + row.schedules, old.complete and row.complete, failed)
    return found


def heat(rows: list[Row], *, in_place: bool) -> Picture:
    """Draw the pairs."""
    found = pairs(rows, in_place=in_place)
    programs = [p for p in PROGRAM.values() if p.in_place == in_place]
    halves = [p.name.rpartition(" on ")[0].split(" x ") for p in programs if " on " in p.name]
    names = list(dict.fromkeys(name for half in halves if len(half) == 2 for name in half))
    size = SIDE * len(names)
    box = f"{LEFT + size + 8} {TOP + size + 8}"
    width, height = box.split()
    parts = [f'<svg viewBox="0 0 {box}" width="{width}" height="{height}" role="img">']
    how = "in place" if in_place else "by value"
    parts.append(f"<title>Pairs of operations, events {how}</title>")
    most = log10(max([10, *(pair.schedules for pair in found.values())]))
    lines = []
    for k, one in enumerate(names):
        y = TOP + SIDE * k
        parts.append(f'<text x="{LEFT - 8}" y="{y + 24}" text-anchor="end">{k + 1}. {escape(one)}</text>')
        parts.append(f'<text x="{LEFT + SIDE * k + SIDE / 2}" y="18" text-anchor="middle">{k + 1}</text>')
        cells = [f"{k + 1}. {one}"]
        for j, two in enumerate(names):
            pair = found.get((one, two)) or found.get((two, one))
            if j > k or pair is None:
                cells.append("")
                if j <= k:
                    parts.append(
                        f'<rect class="none" x="{LEFT + SIDE * j}" y="{y}" width="{SIDE - 2}" height="{SIDE - 2}"/>'
                    )
                continue
            mark = "+" * (not pair.complete) + "!" * pair.failed
            cells.append(f"{pair.schedules}{mark}")
            strength = 0.12 + 0.88 * log10(max(1, pair.schedules)) / most
            level = "failed" if pair.failed else "heat"
            light = " strong" if strength > 0.6 else ""
            said = f"{escape(one)} x {escape(two)}: {pair.schedules:,} schedules"
            place = f'x="{LEFT + SIDE * j}" y="{y}" width="{SIDE - 2}" height="{SIDE - 2}"'
            parts.append(f'<rect class="{level}" {place} fill-opacity="{strength:.2f}"><title>{said}</title></rect>')
            x = LEFT + SIDE * j + SIDE / 2 - 1
            short = f"{pair.schedules}" if pair.schedules < 10_000 else f"{pair.schedules // 1000}k"
            parts.append(f'<text class="cell{light}" x="{x}" y="{y + 23}" text-anchor="middle">{short}{mark}</text>')
        lines.append(cells)
    caption = (
        f"Pairs of operations, events {how}: schedules run, on rings of one and two, empty and full, at every granularity "
        f"explored. {len(found)} of {len(names) * (len(names) + 1) // 2} pairs; a dashed cell was not run in this report."
    )
    text = table(["", *(str(k + 1) for k in range(len(names)))], lines)
    return Picture(caption, "\n".join([*parts, "</svg>"]), text)
