"""What is seen of rings, in words for people and in JSON for programs.

Rule 1: names and formats come from memory that others write: for people they are shown as `repr` does, so that nothing in
        them can move the cursor of a terminal, or pass for another line.
Rule 2: what is said in words is also in the JSON. Keys there are the fields of the named tuples of `_views.py`.
"""

from collections.abc import Iterable

from disruptor.shared._views import Listed, Participant, View

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
"""What JSON can hold."""


def plain(value: object) -> Plain:
    """Return named tuples as dicts and other tuples and lists as lists, all the way down. Raises `TypeError` otherwise.

    >>> plain((Participant(1, True, 4711), "a"))
    [{'number': 1, 'alive': True, 'process': 4711}, 'a']
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {str(name): plain(item) for name, item in zip(value._fields, value, strict=True)}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    raise TypeError(f"{value!r} has no form in JSON")


def plain_view(view: View) -> dict[str, Plain]:
    """Return a view for JSON, with what follows from its fields."""
    fields = plain(view)
    return {**fields, "left_over": view.left_over} if isinstance(fields, dict) else {}


def plain_listed(found: Listed) -> dict[str, Plain]:
    """Return a ring of the list for JSON: its name, whether it is left over, and its view or an error."""
    view = None if found.view is None else plain_view(found.view)
    return {"name": found.name, "left_over": found.left_over, "error": found.error, "ring": view}


def lines_of(view: View) -> list[str]:
    """Return a view as lines for people."""
    lock = "free" if not view.locked else f"held by process {_number(view.locked_by)}"
    said = {
        "capacity": f"{view.capacity} events, room for {view.free}",
        "cursor": f"{view.published} published, {view.claimed} claimed",
        "events": f"{view.kind}: {view.format!r} in slots of {view.slot_size} bytes",
        "memory": f"{view.bytes} bytes",
        "participants": f"{view.participants} ever, {len(view.alive)} alive" + _listing(map(_who, view.alive)),
        "asleep": f"{view.sleepers_for_room} for room, {view.sleepers_for_news} for news",
        "lock": lock,
        "died": f"{view.dead_subscribers} subscribers, holders of {view.dead_claims} claims (policy: {view.policy!r})",
        "open claims": f"{len(view.claims)}",
    }
    left = ", left over" if view.left_over else ""
    lines = [f"ring {view.name}: {view.phase}{left}", *(f"  {what:<14}{text}" for what, text in said.items())]
    lines += [f"    {claim.first}..{claim.last} held by {_owner(claim.owner)}" for claim in view.claims]
    lines.append(f"  {'subscribers':<14}{len(view.subscribers)}")
    for one in view.subscribers:
        after = f", after {', '.join(map(repr, one.after))}" if one.after else ""
        reading = ", reading" if one.reading else ""
        failed = ", failed" if one.failed else ""
        lines.append(
            f"    {one.name!r} at {one.position}, {one.lag} behind{after}: {_owner(one.owner)}{reading}{failed}"
        )
    return lines


def table_of(rings: list[Listed]) -> list[str]:
    """Return the list of rings as lines for people, with a heading.

    >>> print(*table_of([Listed("0123456789abcdef", None, "it is torn", None)]), sep="\\n")
    NAME              CAPACITY  BYTES  ALIVE  OWNER  EVENTS
    0123456789abcdef         ?      ?  ?      ?      it is torn
    """
    rows = [("NAME", "CAPACITY", "BYTES", "ALIVE", "OWNER", "EVENTS"), *map(_cells, rings)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    right = (False, True, True, False, False, False)
    return [
        "  ".join(
            text.rjust(width) if to_the_right else text.ljust(width)
            for text, width, to_the_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    ]


def _cells(found: Listed) -> tuple[str, str, str, str, str, str]:
    view = found.view
    if view is None:
        alive = {True: "left over", False: "some", None: "?"}[found.left_over]
        return found.name, "?", "?", alive, "?", f"{found.error}"
    alive = "left over" if view.left_over else f"{len(view.alive)} of {view.participants}"
    owner = next((f"process {_number(one.process)}" for one in view.alive if one.number == 1), "dead")
    return found.name, f"{view.capacity}", f"{view.bytes}", alive, owner, f"{view.format!r}"


def _number(process: int | None) -> str:
    """Return the number of a process in words."""
    return "?" if process is None else f"{process}"


def _who(one: Participant) -> str:
    return f"{one.number} (process {_number(one.process)})"


def _owner(one: Participant) -> str:
    return f"participant {_who(one)}, alive" if one.alive else f"participant {one.number}, dead"


def _listing(texts: Iterable[str]) -> str:
    listed = ", ".join(texts)
    return f": {listed}" if listed else ""
