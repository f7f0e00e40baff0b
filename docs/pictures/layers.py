"""Boxes in layers, with arrows from one to the next: of states, or of subscribers.

Rule 1: a box stands below all from which an arrow leads to it, as far as arrows do not lead in a circle: what leads back
        to a box that was there before is drawn at the left.
Rule 2: an arrow over several layers takes a place of its own in each of those between; its words stand there.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from docs.pictures.paper import CHARACTER, Sheet

HEIGHT, GAP, MARGIN, APART = 40.0, 58.0, 12.0, 18.0


class Box(NamedTuple):
    """A state, or a subscriber."""

    name: str
    lines: tuple[str, ...]
    kind: str = ""


class Arrow(NamedTuple):
    """What leads from one box to another."""

    source: str
    target: str
    words: tuple[str, ...] = ()


class _Place(NamedTuple):
    """A box, or the part of a long arrow that goes through a layer."""

    name: str
    width: float


def _depths(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> tuple[dict[str, int], list[Arrow]]:
    """Return the layer of each box, and the arrows that lead back."""
    following: dict[str, list[Arrow]] = {box.name: [] for box in boxes}
    for arrow in arrows:
        following[arrow.source].append(arrow)
    order: list[str] = []
    back: list[Arrow] = []
    state: dict[str, str] = {}

    def visit(name: str) -> None:
        state[name] = "open"
        for arrow in following[name]:
            if state.get(arrow.target) == "open":
                back.append(arrow)
            elif arrow.target not in state:
                visit(arrow.target)
        state[name] = "left"
        order.append(name)

    for box in boxes:
        if box.name not in state:
            visit(box.name)
    depth = dict.fromkeys(reversed(order), 0)
    for name in reversed(order):
        for arrow in following[name]:
            if arrow not in back:
                depth[arrow.target] = max(depth[arrow.target], depth[name] + 1)
    return depth, back


def _arrange(levels: list[list[_Place]], ways: Sequence[Sequence[str]]) -> None:
    """Order each layer by where the neighbours above and below stand, a few times, so that fewer arrows cross."""
    beside: dict[str, list[str]] = {}
    for way in ways:
        for one, other in pairwise(way):
            beside.setdefault(other, []).append(one)
            beside.setdefault(one, []).append(other)
    rank = {place.name: (k + 0.5) / len(level) for level in levels for k, place in enumerate(level)}
    for sweep in range(8):
        for level in levels if sweep % 2 == 0 else reversed(levels):
            means = {name: [rank[other] for other in beside.get(name, [name])] for name, _ in level}
            level.sort(key=lambda place: sum(means[place.name]) / len(means[place.name]))
            rank.update({place.name: (k + 0.5) / len(level) for k, place in enumerate(level)})


def _width(lines: Sequence[str]) -> float:
    """Return the width of the longest line."""
    return CHARACTER * max(map(len, lines), default=0)


def draw(title: str, boxes: Sequence[Box], arrows: Sequence[Arrow]) -> str:
    """Return the picture."""
    depth, back = _depths(boxes, arrows)
    levels: list[list[_Place]] = [[] for _ in range(max(depth.values()) + 1)]
    for box in boxes:
        levels[depth[box.name]].append(_Place(box.name, _width(box.lines) + 20))
    ways: dict[Arrow, list[str]] = {}
    for arrow in arrows:
        if arrow not in back:
            between = range(depth[arrow.source] + 1, depth[arrow.target])
            ways[arrow] = [arrow.source, *(f"{arrow.source}>{arrow.target}@{level}" for level in between), arrow.target]
            for k, name in zip(between, ways[arrow][1:-1], strict=True):
                levels[k].append(_Place(name, _width(arrow.words) + 8))
    _arrange(levels, list(ways.values()))

    widths = [sum(place.width for place in level) + APART * (len(level) - 1) for level in levels]
    inner = max(widths)
    middle: dict[str, float] = {}
    left: dict[str, float] = {}
    for level, width in zip(levels, widths, strict=True):
        x = MARGIN + (inner - width) / 2
        for place in level:
            middle[place.name], left[place.name] = x + place.width / 2, x
            x += place.width + APART
    sides = {
        arrow: min(
            left[place.name] for level in levels[depth[arrow.target] : depth[arrow.source] + 1] for place in level
        )
        for arrow in back
    }
    side = max([0.0, *(_width(arrow.words) + 22 + MARGIN - x for arrow, x in sides.items())])
    middle = {name: x + side for name, x in middle.items()}
    left = {name: x + side for name, x in left.items()}
    sheet = Sheet(title, inner + 2 * MARGIN + side, 2 * MARGIN + HEIGHT * len(levels) + GAP * (len(levels) - 1))
    top = {name: MARGIN + (HEIGHT + GAP) * level for name, level in depth.items()}
    _arrows(sheet, ways, middle, top, depth)
    for arrow in back:
        _back(sheet, arrow, left, top, side + sides[arrow] - 14)
    for box in boxes:
        width = _width(box.lines) + 20
        sheet.box(middle[box.name] - width / 2, top[box.name], width, HEIGHT, box.kind)
        for k, line in enumerate(box.lines):
            y = top[box.name] + HEIGHT / 2 + 4 + 15 * (k - (len(box.lines) - 1) / 2)
            sheet.text(middle[box.name], y, line, "middle strong" if k == 0 else "middle dim")
    return sheet.svg()


def _ends(ways: dict[Arrow, list[str]], middle: dict[str, float]) -> dict[tuple[Arrow, int], float]:
    """Return where arrows leave and reach boxes: side by side, in the order of where they lead."""
    spread: dict[tuple[Arrow, int], float] = {}
    for end in (0, -1):
        groups: dict[str, list[Arrow]] = {}
        for arrow, way in ways.items():
            groups.setdefault(way[end], []).append(arrow)
        for name, group in groups.items():
            group.sort(key=lambda arrow: middle[ways[arrow][1 if end == 0 else -2]])
            for k, arrow in enumerate(group):
                spread[arrow, end] = middle[name] + 26 * (k - (len(group) - 1) / 2)
    return spread


def _arrows(
    sheet: Sheet,
    ways: dict[Arrow, list[str]],
    middle: dict[str, float],
    top: dict[str, float],
    depth: dict[str, int],
) -> None:
    ends = _ends(ways, middle)
    words: list[tuple[float, float, str]] = []
    for arrow, way in ways.items():
        x, y = ends[arrow, 0], top[arrow.source] + HEIGHT
        line = f"M{x:.1f} {y:.1f}"
        for name in way[1:-1]:
            level = depth[arrow.source] + way.index(name)
            to_x, to_y = middle[name], MARGIN + (HEIGHT + GAP) * level
            half = (y + to_y) / 2
            line += f"C{x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}V{to_y + HEIGHT:.1f}"
            x, y = to_x, to_y + HEIGHT
        to_x, to_y = ends[arrow, -1], top[arrow.target]
        half = (y + to_y) / 2
        line += f"C{x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y - 6:.1f}"
        sheet.path(line, "edge")
        sheet.tip(to_x, to_y, 0, 1)
        if len(way) > 2:
            at_x, at_y = middle[way[1]], MARGIN + (HEIGHT + GAP) * (depth[arrow.source] + 1) + HEIGHT / 2
        else:
            at_x, at_y = (x + to_x) / 2, half
        for k, word in enumerate(arrow.words):
            words.append((at_x, at_y + 4 + 14 * (k - (len(arrow.words) - 1) / 2), word))
    for x, y, word in words:
        sheet.text(x, y, word, "middle halo dim")


def _back(sheet: Sheet, arrow: Arrow, left: dict[str, float], top: dict[str, float], x: float) -> None:
    """Draw an arrow that leads back, at the left of everything between."""
    begin, end = top[arrow.source] + HEIGHT / 2, top[arrow.target] + HEIGHT / 2
    sheet.path(f"M{left[arrow.source]:.1f} {begin:.1f}H{x:.1f}V{end:.1f}H{left[arrow.target] - 6:.1f}", "edge")
    sheet.tip(left[arrow.target], end, 1, 0)
    for k, word in enumerate(arrow.words):
        y = (begin + end) / 2 + 4 + 14 * (k - (len(arrow.words) - 1) / 2)
        sheet.text(x - 6, y, word, "end halo dim")
