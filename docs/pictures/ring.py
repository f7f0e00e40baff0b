"""A live ring, looked at from outside: its slots, its cursor, what is claimed, and where its subscribers stand.

Rule 1: everything is taken from the public properties of a ring.
"""

from math import cos, pi, sin

from disruptor import Disruptor, SequenceVoid, combine
from docs.pictures.layers import Arrow, Box, draw
from docs.pictures.paper import CHARACTER, Sheet

INNER, OUTER, MIDDLE, TOP = 62.0, 112.0, 210.0, 158.0
LEGEND = (
    ("held", "claimed by a producer, not yet shown"),
    ("new", "readable, somebody has yet to process it"),
    ("done", "processed by all: may be claimed anew"),
    ("void", "void: everybody walks past it"),
)


def view(ring: Disruptor[str], title: str) -> str:
    """Draw a ring."""
    sheet = Sheet(title, 2 * MIDDLE, 0)
    step = 2 * pi / ring.capacity
    for place in range(ring.capacity):
        sequence = ring.claimed - (ring.claimed - place) % ring.capacity
        kind, words = _slot(ring, sequence)
        begin, end = step * (place - 0.5) - pi / 2, step * (place + 0.5) - pi / 2
        sheet.path(_ring_part(begin, end), f"box {kind}".strip())
        middle = (INNER + OUTER) / 2
        x, y = MIDDLE + middle * cos(step * place - pi / 2), TOP + middle * sin(step * place - pi / 2)
        sheet.text(x, y + (-2 if words else 4), str(sequence) if sequence >= 0 else "", "middle strong")
        sheet.text(x, y + 13, words, "middle dim")
    bottom = _hands(sheet, ring, step)
    sheet.text(MIDDLE, TOP - 4, f"{ring.capacity} slots", "middle strong")
    sheet.text(MIDDLE, TOP + 13, f"room for {ring.remaining_capacity}", "middle dim")
    for kind, words in LEGEND:
        sheet.box(20, bottom, 16, 14, kind)
        sheet.text(46, bottom + 12, words, "dim")
        bottom += 22
    sheet.height = bottom
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


def _ring_part(begin: float, end: float) -> str:
    corners = [
        f"{MIDDLE + radius * cos(angle):.1f} {TOP + radius * sin(angle):.1f}"
        for radius, angle in ((OUTER, begin), (OUTER, end), (INNER, end), (INNER, begin))
    ]
    outer, inner = (f"A{radius:.0f} {radius:.0f} 0 0" for radius in (OUTER, INNER))
    return f"M{corners[0]}{outer} 1 {corners[1]}L{corners[2]}{inner} 0 {corners[3]}Z"


def _hands(sheet: Sheet, ring: Disruptor[str], step: float) -> float:
    """Point at the slots of the cursor, of what is claimed, and of each subscriber; return where there is room below."""
    hands: dict[int, list[str]] = {}
    for name, sequence in (
        ("claimed", ring.claimed),
        ("cursor", ring.cursor),
        *((reader.name, reader.sequence) for reader in ring.subscribers),
    ):
        if sequence >= 0:
            hands.setdefault(sequence % ring.capacity, []).append(name)
    bottom = TOP + OUTER
    for place, names in hands.items():
        angle = step * place - pi / 2
        dx, dy = cos(angle), sin(angle)
        start, tip = OUTER + 24, OUTER + 2
        sheet.path(
            f"M{MIDDLE + start * dx:.1f} {TOP + start * dy:.1f}L{MIDDLE + tip * dx:.1f} {TOP + tip * dy:.1f}", "edge"
        )
        sheet.tip(MIDDLE + tip * dx, TOP + tip * dy, -dx, -dy)
        half = CHARACTER * max(map(len, names)) / 2
        x = MIDDLE + (start + 6 + half) * dx
        y = TOP + (start + 8) * dy + 4 + 7 * (len(names) - 1) * (dy - 1)
        for k, name in enumerate(names):
            sheet.text(x, y + 14 * k, name, "middle strong")
        bottom = max(bottom, y + 14 * len(names) - 14)
    return bottom + 24


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


def handlers() -> str:
    """Draw the handlers of the page on them."""

    def handler(event: str, sequence: int, end_of_batch: bool) -> None:
        """Do nothing."""

    ring: Disruptor[str] = Disruptor(8)
    journal = ring.handle_events_with(handler, name="journal")
    stored = journal.and_(ring.handle_events_with(handler, name="replicate"))
    ring.handle_events_with(handler, name="parse").and_(stored).then(handler, name="execute")
    journal.then(handler, name="audit")
    return dependencies(ring, "Five handlers: execute after parse, journal and replicate, audit after journal")


def pool() -> str:
    """Draw a pool, and a handler behind it."""

    def work(event: str, sequence: int, end_of_batch: bool) -> None:
        """Do nothing."""

    ring: Disruptor[str] = Disruptor(8)
    workers = ring.handle_events_with_pool(work, work, work, name="parse")
    workers.then(work, name="write")
    boxes = [Box("", ("the ring",))]
    boxes += [Box(name, (name,), "new") for name in workers.workers]
    boxes += [Box("write", ("write", "after the pool"), "new")]
    (parse,) = workers.subscribers
    behind = [s for s in ring.subscribers if parse in s.after]
    before = [Arrow("", name) for name in workers.workers]
    arrows = [*before, *(Arrow(name, s.name) for s in behind for name in workers.workers)]
    return draw(
        "A pool of three workers: each event goes to one of them, and to write when all before are done", boxes, arrows
    )


def combined() -> str:
    """Draw handlers that are made of handlers."""

    def handle(event: str, sequence: int, end_of_batch: bool) -> None:
        """Do nothing."""

    ring: Disruptor[str] = Disruptor(8)
    made = {
        "both": (combine.aggregate(handle, handle), "aggregate of two"),
        "some": (combine.filtered(bool, handle), "filtered"),
        "many": (combine.batched(handle, max_events=8), "batched, by eights"),
    }
    for name, (handler, _) in made.items():
        ring.handle_events_with(handler, name=name)
    boxes = [Box("", ("the ring",)), *(Box(name, (name, words), "new") for name, (_, words) in made.items())]
    arrows = [Arrow("", subscriber.name) for subscriber in ring.subscribers]
    return draw(
        "Three handlers that are made of others: an aggregate, a filtered one, and one that is called by batches",
        boxes,
        arrows,
    )
