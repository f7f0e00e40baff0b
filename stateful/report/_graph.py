"""Two pictures of state spaces, made by exploring: the states of a small ring, and how their number grows.

Rule 1: the pictures are inline SVG; their colours are classes of the page's style (`_style.py`), so they suit its ground.
Rule 2: a layer is a depth: how many steps a state is from the start. A state stands near those that lead to it.
"""

from html import escape

from model.scenarios import Scenario, World, closer, done, producer, run, subscriber, successors, with_readers
from model.state import Phase, Reader
from stateful.report._evidence import Picture

LAYER, GAP, MARGIN = 34, 13, 24


def small(events: int = 1, capacity: int = 1) -> Scenario:
    """Return one producer of so many events, one subscriber, and one who closes."""
    words = [f"e{k}" for k in range(events)]
    readers = with_readers(capacity, Reader("S", -1))
    return Scenario(readers, (producer("P", *words), subscriber("S"), closer()))


def layers(scenario: Scenario) -> tuple[list[list[World]], list[tuple[World, World]]]:
    """Return the states by depth, each near those that lead to it, and the transitions."""
    steps = successors(scenario)
    start = World(scenario.start, (0,) * len(scenario.actors))
    found, seen, edges = [[start]], {start}, []
    while found[-1]:
        following: dict[World, list[int]] = {}
        for place, world in enumerate(found[-1]):
            for _, target in steps(world):
                edges.append((world, target))
                if target not in seen:
                    following.setdefault(target, []).append(place)
        seen.update(following)
        middle = {world: sum(places) / len(places) for world, places in following.items()}
        found.append(sorted(middle, key=middle.__getitem__))
    return found[:-1], edges


def state_space() -> Picture:
    """Draw every state of a ring of one slot with one event, layer by layer."""
    run(small()).require()  # every promise holds, and from each state there is a way to a done one
    levels, edges = layers(small())
    widest = max(map(len, levels))
    width, height = MARGIN * 2 + GAP * widest, MARGIN * 2 + LAYER * (len(levels) - 1)
    at = {
        world: (width / 2 + GAP * (k - (len(level) - 1) / 2), MARGIN + LAYER * depth)
        for depth, level in enumerate(levels)
        for k, world in enumerate(level)
    }
    parts = [f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">']
    count = f"{len(at)} states, {len(edges)} steps, {len(levels)} layers"
    parts.append(f"<title>{count}</title>")
    for one, other in edges:
        (x, y), (to_x, to_y) = at[one], at[other]
        parts.append(f'<line class="edge" x1="{x:.1f}" y1="{y}" x2="{to_x:.1f}" y2="{to_y}"/>')
    for world, (x, y) in at.items():
        phase = "done" if done(world) else world.state.phase.name.lower()
        said = escape(f"{Phase(world.state.phase).name.lower()}, published {world.state.published}, at {world.at}")
        parts.append(f'<circle class="{phase}" cx="{x:.1f}" cy="{y}" r="4.5"><title>{said}</title></circle>')
    caption = (
        f"The whole state space of a small ring: one slot, one producer with one event, one subscriber, one who closes "
        f"at any moment. {count}, start at the top. Colours: open, closed, everybody done. "
        "From each state there is a way to a done one."
    )
    return Picture(caption, "\n".join([*parts, "</svg>"]))


def growth() -> Picture:
    """Draw how the number of states grows with the number of events, on rings of one and of two."""
    bars = [(capacity, events, run(small(events, capacity)).states) for capacity in (1, 2) for events in range(1, 6)]
    most = max(states for _, _, states in bars)
    line, left, wide = 22, 150, 420
    height = line * len(bars) + 12
    parts = [f'<svg viewBox="0 0 {left + wide + 80} {height}" width="{left + wide + 80}" height="{height}" role="img">']
    parts.append("<title>States by number of events</title>")
    for k, (capacity, events, states) in enumerate(bars):
        y = 6 + line * k
        name = f"{capacity} slot{'s' * (capacity > 1)}, {events} event{'s' * (events > 1)}"
        length = wide * states / most
        parts.append(f'<text x="{left - 8}" y="{y + 14}" text-anchor="end">{name}</text>')
        parts.append(f'<rect class="bar{capacity}" x="{left}" y="{y + 2}" width="{length:.1f}" height="{line - 6}"/>')
        parts.append(f'<text x="{left + length + 6:.1f}" y="{y + 14}">{states:,}</text>')
    caption = "How the number of states grows: one producer, one subscriber, one who closes."
    text = "\n".join(f"{capacity} slots, {events} events: {states:,} states" for capacity, events, states in bars)
    return Picture(caption, "\n".join([*parts, "</svg>"]), text)
