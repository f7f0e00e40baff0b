"""What a history is made of.

Rule 1: a call has two ends. It begins (`Called`), and it returns, or raises (`Returned`); or it was cut short by the user
        (`Interrupted`), or its task is gone (`Crashed`); or it is open at the end, which needs no event.
Rule 2: what is known besides: the time of a call is over (`Due`), what the ring shows (`Shown`), nothing moves (`Rest`).
Rule 3: events stand in the order in which they happened, as far as anybody could see: a call begins before anything
        of it can happen, and returns after everything of it has happened.
"""

from dataclasses import dataclass

from model import calls
from model.oracle import UNSEEN, View
from model.state import Call, Outcome, Phase


class BadHistory(ValueError):
    """This is no history: a line cannot be read, or what it says cannot follow what was said before."""


@dataclass(frozen=True, slots=True)
class Called:
    """A task begins a call."""

    task: str
    call: Call


@dataclass(frozen=True, slots=True)
class Returned:
    """The call of a task returned, or raised, an outcome."""

    task: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Due:
    """The time of the call of a task is over; a call with `timeout=0` is due as soon as it has begun."""

    task: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The call of a task ended by `KeyboardInterrupt`, or the like: it may have taken effect or not."""

    task: str


@dataclass(frozen=True, slots=True)
class Crashed:
    """A task is gone, with whatever it held; it makes no more calls."""

    task: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the ring shows at this moment."""

    view: View


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing moves: every open call waits for another call, or for its time-out. And what the ring shows then."""

    view: View = UNSEEN


Event = Called | Returned | Due | Interrupted | Crashed | Shown | Rest


def text(event: Event) -> str:
    """Return an event as it stands in a picture.

    >>> text(Called("P", calls.publish("a"))), text(Returned("P", Outcome("ok", (0,))))
    ('publish(a)', '-> ok 0')
    """
    match event:
        case Called():
            return calls.text(event.call)
        case Returned():
            return f"-> {event.outcome}"
        case Due():
            return "time is over"
        case Interrupted():
            return "-> interrupted"
        case Crashed():
            return "crashed"
        case Shown():
            return " ".join(["shows", *shown(event.view)])
        case Rest():  # pragma: no branch - there is no other event
            return " ".join(["at rest", *shown(event.view)])


def shown(view: View) -> list[str]:
    """Return the parts of a view that were seen."""
    parts = [f"claimed {view.claimed}"] if view.claimed is not None else []
    parts += [f"published {view.published}"] if view.published is not None else []
    parts += [Phase(view.phase).name.lower()] if view.phase is not None else []
    return parts + [f"{name} at {position}" for name, position in view.positions or ()]
