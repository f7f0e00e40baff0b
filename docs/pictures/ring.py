"""A live ring, looked at from outside: its slots, its cursor, what is claimed, and where its subscribers stand.

Rule 1: everything is taken from the public properties of a ring.
"""

from math import cos, pi, sin

from disruptor import Disruptor, SequenceVoid
from docs.pictures.layers import Arrow, Box, draw
from docs.pictures.paper import CHARACTER, Sheet

INNER, OUTER, CENTRE = 62, 112, 205
LEGEND = (
    ("held", "claimed, not yet shown"),
    ("new", "readable, somebody has yet to process it"),
    ("done", "processed by all: may be claimed anew"),
    ("void", "void: everybody walks past it"),
)


def view(ring: Disruptor[str], title: str) -> str:
    """Draw a ring."""
    sheet = Sheet(title, 2 * CENTRE + 110, CENTRE + 155 + 22 * len(LEGEND))
    x0, y0 = CENTRE + 55, CENTRE - 50
    step = 2 * pi / ring.capacity
    for place in range(ring.capacity):
        sequence = ring.claimed - (ring.claimed - place) % ring.capacity
        kind, words = _slot(ring, sequence)
        begin, end = step * (place - 0.5) - pi / 2, step * (place + 0.5) - pi / 2
        sheet.path(_ring_part(x0, y0, begin, end), f"box {kind}".strip())
        middle = (INNER + OUTER) / 2
        x, y = x0 + middle * cos(step * place - pi / 2), y0 + middle * sin(step * place - pi / 2)
        sheet.text(x, y + (-2 if words else 4), str(sequence) if sequence >= 0 else "", "middle strong")
        sheet.text(x, y + 13, words, "middle dim")
    _hands(sheet, ring, x0, y0, step)
    sheet.text(x0, y0 - 4, f"{ring.capacity} slots", "middle strong")
    sheet.text(x0, y0 + 13, f"room for {ring.remaining_capacity}", "middle dim")
    for k, (kind, words) in enumerate(LEGEND):
        y = CENTRE + 150 + 22 * k
        sheet.box(x0 - 165, y, 16, 14, kind)
        sheet.text(x0 - 140, y + 12, words, "dim")
    return sheet.svg()


def _slot(ring: Disruptor[str], sequence: int) -> tuple[str, str]:
    """Return the colour of a slot, and what it holds."""
    if sequence < 0:
        return "", ""
    if sequence > ring.cursor:
        return "held", ""
    try:
        event = ring.get(sequence)
    except SequenceVoid:
        return "void", "void"
    return ("done" if all(reader.sequence >= sequence for reader in ring.subscribers) else "new"), event


def _ring_part(x: float, y: float, begin: float, end: float) -> str:
    corners = [
        f"{x + radius * cos(angle):.1f} {y + radius * sin(angle):.1f}"
        for radius, angle in ((OUTER, begin), (OUTER, end), (INNER, end), (INNER, begin))
    ]
    return f"M{corners[0]}A{OUTER} {OUTER} 0 0 1 {corners[1]}L{corners[2]}A{INNER} {INNER} 0 0 0 {corners[3]}Z"


def _hands(sheet: Sheet, ring: Disruptor[str], x0: float, y0: float, step: float) -> None:
    """Point at the slots of the cursor, of what is claimed, and of each subscriber."""
    hands: dict[int, list[str]] = {}
    for name, sequence in (
        ("claimed", ring.claimed),
        ("cursor", ring.cursor),
        *((f"{reader.name} at", reader.sequence) for reader in ring.subscribers),
    ):
        if sequence >= 0:
            hands.setdefault(sequence % ring.capacity, []).append(f"{name} {sequence}")
    for place, names in hands.items():
        angle = step * place - pi / 2
        dx, dy = cos(angle), sin(angle)
        sheet.path(f"M{x0 + 136 * dx:.1f} {y0 + 136 * dy:.1f}L{x0 + 120 * dx:.1f} {y0 + 120 * dy:.1f}", "edge")
        sheet.tip(x0 + 114 * dx, y0 + 114 * dy, -dx, -dy)
        half = CHARACTER * max(map(len, names)) / 2
        x, y = x0 + 144 * dx + half * dx, y0 + 148 * dy + 4 + 7 * (len(names) - 1) * (dy - 1)
        for k, name in enumerate(names):
            sheet.text(x, y + 14 * k, name, "middle strong")


def example() -> str:
    """Draw a ring of eight in the middle of its work."""
    ring: Disruptor[str] = Disruptor(8)
    parser = ring.register_subscriber(name="parser")
    writer = ring.register_subscriber(name="writer", after=parser)
    ring.publish_many("abcd")
    ring.claim().abandon()
    for reader in (parser, writer):
        reader.update_sequence(3)
    ring.publish_many("fghi")
    parser.update_sequence(6)
    claim = ring.claim(2)
    picture = view(ring, "A ring of eight slots, with two subscribers and an open claim of two")
    claim.abandon()
    return picture


def dependencies(ring: Disruptor[str], title: str) -> str:
    """Draw who reads after whom."""
    boxes = [Box("", ("the ring", f"cursor {ring.cursor}"))]
    boxes += [Box(r.name, (r.name, f"at {r.sequence}, {r.lag} behind"), "new") for r in ring.subscribers]
    arrows = [Arrow(one, r.name) for r in ring.subscribers for one in [up.name for up in r.after] or [""]]
    return draw(title, boxes, arrows)


def diamond() -> str:
    """Draw the subscribers of the tutorial."""
    ring: Disruptor[str] = Disruptor(8)
    journal = ring.register_subscriber(name="journal")
    replica = ring.register_subscriber(name="replica")
    ring.register_subscriber(name="book", after=[journal, replica])
    ring.publish_many(["a", "b", "c", "d"])
    journal.update_sequence(3)
    replica.update_sequence(1)
    return dependencies(ring, "A diamond: book reads what both journal and replica have processed")
