"""Which lists of events are histories at all.

Rule 1: a task makes one call at a time, and what ends a call has a call to end.
Rule 2: a subscriber is used only after it was registered, for whoever uses it has it in hand.
Rule 3: each subscriber has a name of its own, even after an earlier one was removed: a name tells who is meant.
Rule 4: what breaks these is a fault of whoever wrote the history, not of the ring: `BadHistory`, never a verdict.
"""

from collections.abc import Iterable, Iterator

from model.broken_off import NOBODY
from model.calls import text
from model.events import BadHistory, Called, Crashed, Due, Event, Rest, Returned, Shown
from model.state import Call


def well_formed(events: Iterable[Event]) -> Iterator[None]:
    """Yield once an event; `BadHistory` at the first that cannot follow those before it."""
    open_calls: dict[str, Call] = {}
    names: set[str] = set()
    gone: set[str] = set()
    for event in events:
        if isinstance(event, Shown | Rest):
            yield
            continue
        task = event.task
        if task.startswith(NOBODY):
            raise BadHistory(f"a task may not be called {task!r}: names that begin with {NOBODY} are used within")
        if task in gone:
            raise BadHistory(f"task {task!r} has crashed, and can do nothing more")
        call = open_calls.get(task)
        if isinstance(event, Called):
            if call is not None:
                raise BadHistory(f"task {task!r} begins {text(event.call)}, but {text(call)} has not returned")
            joins = event.call.verb == "register_subscriber"
            if joins and event.call.name in names:
                raise BadHistory(f"a subscriber {event.call.name!r} is there already: each needs a name of its own")
            for name in (*(() if joins else (event.call.name,)), *event.call.after):
                if name and name not in names:
                    raise BadHistory(f"no subscriber {name!r} has been registered")
            open_calls[task] = event.call
        elif isinstance(event, Crashed):
            gone.add(task)
            open_calls.pop(task, None)
        elif call is None:
            raise BadHistory(f"task {task!r} has no open call")
        elif isinstance(event, Due):
            if not call.timed:
                raise BadHistory(f"{text(call)} of task {task!r} has no time-out that could be over")
        else:
            del open_calls[task]
            if isinstance(event, Returned) and call.verb == "register_subscriber" and event.outcome.kind == "ok":
                names.add(call.name)
        yield
