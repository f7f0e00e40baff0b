"""Histories as lines of JSON: one event a line, so that anybody's ring in any language can write one.

Rule 1: a line is an object, known by one field: `call`, `returns`, `due`, `interrupted`, `crashed`, `shown` or `rest`.
Rule 2: a line that is no event is refused with what was expected there. Nothing is guessed, nothing is passed over.
Rule 3: what was published is a word, a number, a truth value, null, or a list of such, which is read as a tuple.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping

from model.actions import ACTIONS
from model.calls import EARLIEST, LATEST
from model.events import BadHistory, Called, Crashed, Due, Event, Interrupted, Rest, Returned, Shown
from model.oracle import View
from model.state import Call, Outcome, Phase

# --- writing -------------------------------------------------------------------------------------------------

FIELDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "publish": (("events",), ()),
    "publish_many": (("events",), ()),
    "publish_event": (("events",), ("fails",)),
    "claim": ((), ("n",)),
    "publish_claim": (("sequence", "events"), ()),
    "abandon": (("sequence",), ("n",)),
    "register_subscriber": (("name",), ("sequence", "after")),
    "remove_subscriber": (("name",), ()),
    "update_sequence": (("name", "sequence"), ()),
    "wait_for": (("sequence",), ("name",)),
    "read": (("name",), ("n",)),
    "poll": (("name",), ("n",)),
    "release": (("name",), ("fails",)),
    "iterate": (("name",), ()),
    "batches": (("name",), ("n",)),
    "leave": (("name",), ()),
    "get": (("sequence",), ()),
    "fail_subscriber": (("name",), ()),
    "close": ((), ()),
    "halt": ((), ()),
    "start": ((), ()),
}
"""The fields that each verb needs, and those that it may have; verbs that can wait may also be `timed`."""

STARTS = {"earliest": EARLIEST, "latest": LATEST}


def write(event: Event) -> str:
    """Return an event as a line of JSON, without its end.

    >>> write(Called("P", Call("publish", ("a",), timed=True)))
    '{"task": "P", "call": "publish", "events": ["a"], "timed": true}'
    >>> write(Returned("C", Outcome("ok", (0,), ("a",))))
    '{"task": "C", "returns": "ok", "sequences": [0], "events": ["a"]}'
    """
    match event:
        case Called():
            return json.dumps({"task": event.task, "call": event.call.verb} | _arguments(event.call))
        case Returned():
            outcome = event.outcome
            line: dict[str, object] = {"task": event.task, "returns": outcome.kind}
            line |= {"sequences": outcome.sequences} if outcome.sequences else {}
            line |= {"events": outcome.events} if outcome.events else {}
            return json.dumps(line)
        case Due() | Interrupted() | Crashed():
            return json.dumps({"task": event.task, type(event).__name__.lower(): True})
        case Shown() | Rest():  # pragma: no branch - there is no other event
            return json.dumps({type(event).__name__.lower(): _seen(event.view)})


def _arguments(call: Call) -> dict[str, object]:
    needed, possible = FIELDS[call.verb]
    fields = {name: getattr(call, name) for name in (*needed, *possible, "timed")}
    default = Call(call.verb, n=0 if call.verb in ("read", "poll", "batches") else 1)
    if call.verb == "register_subscriber" and call.sequence < 0:
        fields["sequence"] = {EARLIEST: "earliest", LATEST: "latest"}[call.sequence]
    return {name: value for name, value in fields.items() if name in needed or value != getattr(default, name)}


def _seen(view: View) -> dict[str, object]:
    fields: dict[str, object] = {"claimed": view.claimed, "published": view.published}
    fields |= {"phase": None if view.phase is None else Phase(view.phase).name.lower()}
    fields |= {"positions": None if view.positions is None else dict(view.positions)}
    return {name: value for name, value in fields.items() if value is not None}


# --- reading -------------------------------------------------------------------------------------------------

Json = Mapping[str, object]


def read(line: str) -> Event:
    """Return the event that a line of JSON tells of; `BadHistory` if it tells of none, saying what was expected.

    >>> read('{"task": "P", "call": "get", "sequence": 3}')
    Called(task='P', call=Call(verb='get', events=(), n=1, sequence=3, name='', after=(), timed=False, fails=False))
    """
    try:
        found = json.loads(line)
    except ValueError as error:
        raise BadHistory(f"expected one JSON object a line, but this cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise BadHistory(f"expected a JSON object, as in {write(Due('P'))}, not {line.strip()}")
    kinds = [kind for kind in READERS if kind in found]
    if len(kinds) != 1:
        said = f"has {' and '.join(map(repr, kinds))}" if kinds else "has none of them"
        raise BadHistory(f"expected exactly one of {', '.join(map(repr, READERS))}; this line {said}")
    return READERS[kinds[0]](found)


def _called(found: Json) -> Called:
    verb = _word(found, "call")
    if verb not in FIELDS:
        raise BadHistory(f"expected a verb ({', '.join(FIELDS)}), not {verb!r}")
    needed, possible = FIELDS[verb]
    possible = (*possible, *(("timed",) if ACTIONS[verb].waits else ()))
    _only(found, ("task", "call", *needed), possible)
    events = _events(found) if "events" in found else ()
    if verb in ("publish", "publish_event") and len(events) != 1:
        raise BadHistory(f"{verb!r} publishes one event: expected a list of one as 'events', not {found['events']!r}")
    least = 0 if verb in ("read", "poll", "batches") else 1
    call = Call(
        verb,
        events=events,
        n=len(events) if "events" in found else _number(found, "n", least, default=least),
        sequence=_start(found) if verb == "register_subscriber" else _number(found, "sequence", 0, default=-1),
        name=_word(found, "name", default=""),
        after=tuple(_words(found, "after")),
        timed=_truth(found, "timed"),
        fails=_truth(found, "fails") or verb == "leave",
    )
    return Called(_word(found, "task"), call)


def _returned(found: Json) -> Returned:
    _only(found, ("task", "returns"), ("sequences", "events"))
    sequences = found.get("sequences", [])
    if not isinstance(sequences, list) or not all(_whole(s) and s >= 0 for s in sequences):
        raise BadHistory(f"expected a list of sequences (whole numbers from 0 on) as 'sequences', not {sequences!r}")
    return Returned(_word(found, "task"), Outcome(_word(found, "returns"), tuple(sequences), _events(found)))


def _marker(kind: type[Due | Interrupted | Crashed]) -> Callable[[Json], Event]:
    def marker(found: Json) -> Event:
        name = kind.__name__.lower()
        _only(found, ("task", name), ())
        if found[name] is not True:
            raise BadHistory(f"expected true as {name!r}, not {found[name]!r}")
        return kind(_word(found, "task"))

    return marker


def _view(kind: type[Shown | Rest]) -> Callable[[Json], Event]:
    def view(found: Json) -> Event:
        name = kind.__name__.lower()
        _only(found, (name,), ())
        seen = found[name]
        if not isinstance(seen, dict):
            raise BadHistory(f"expected an object as {name!r}, {{}} if nothing was seen, not {seen!r}")
        _only(seen, (), View._fields)
        phases = {phase.name.lower(): int(phase) for phase in Phase}
        phase, positions = seen.get("phase"), seen.get("positions")
        if phase is not None and phase not in phases:
            raise BadHistory(f"expected one of {', '.join(phases)} as 'phase', not {phase!r}")
        if positions is not None and not isinstance(positions, dict):
            raise BadHistory(f"expected an object from names to sequences as 'positions', not {positions!r}")
        return kind(
            View(
                _number(seen, "claimed", -1, default=-1) if "claimed" in seen else None,
                _number(seen, "published", -1, default=-1) if "published" in seen else None,
                None if phase is None else phases[phase],
                None if positions is None else tuple(sorted((s, _number(positions, s, -1)) for s in positions)),
            )
        )

    return view


READERS: dict[str, Callable[[Json], Event]] = {
    "call": _called,
    "returns": _returned,
    "due": _marker(Due),
    "interrupted": _marker(Interrupted),
    "crashed": _marker(Crashed),
    "shown": _view(Shown),
    "rest": _view(Rest),
}
"""The field by which each kind of line is known."""


# --- fields --------------------------------------------------------------------------------------------------


def _only(found: Json, needed: Iterable[str], possible: Iterable[str]) -> None:
    missing = [name for name in needed if name not in found]
    if missing:
        raise BadHistory(f"expected {' and '.join(map(repr, missing))} as well")
    unknown = [name for name in found if name not in (*needed, *possible)]
    if unknown:
        raise BadHistory(f"expected only {', '.join(map(repr, (*needed, *possible)))}, not {unknown[0]!r}")


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(found: Json, name: str, least: int, *, default: int | None = None) -> int:
    value = found.get(name, default)
    if value == default and name not in found and default is not None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise BadHistory(f"expected a whole number from {least} on as {name!r}, not {value!r}")
    return value


def _start(found: Json) -> int:
    value = found.get("sequence", "earliest")
    return STARTS[value] if isinstance(value, str) and value in STARTS else _number(found, "sequence", 0)


def _truth(found: Json, name: str) -> bool:
    value = found.get(name, False)
    if not isinstance(value, bool):
        raise BadHistory(f"expected true or false as {name!r}, not {value!r}")
    return value


def _word(found: Json, name: str, *, default: str | None = None) -> str:
    value = found.get(name, default)
    if not isinstance(value, str) or (not value and default is None):
        raise BadHistory(
            f"expected a word as {name!r}, not {value!r}" if name in found else f"expected {name!r} as well"
        )
    return value


def _words(found: Json, name: str) -> list[str]:
    value = found.get(name, [])
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise BadHistory(f"expected a list of words as {name!r}, not {value!r}")
    return value


def _events(found: Json) -> tuple[Hashable, ...]:
    value = found.get("events", [])
    if not isinstance(value, list):
        raise BadHistory(f"expected a list as 'events', not {value!r}")
    return tuple(_event(event) for event in value)


def _event(value: object) -> Hashable:
    if isinstance(value, list):
        return tuple(_event(part) for part in value)
    if value is None or isinstance(value, str | int | float):
        return value
    raise BadHistory(f"expected a word, a number, true, false, null, or a list of such, as an event, not {value!r}")
