"""What every action has: refusal, guard, effect, and whom it wakes. The rules are in `model/actions.py`."""

from collections.abc import Iterator
from typing import ClassVar

from model.state import Outcome, Pending, State

ROOM = "room"
"""Where producers sleep."""
NEWS = "news"
"""Where readers sleep."""

Result = tuple[State, Outcome | None]
"""A state, and what the call returns in it; None if the call goes on."""

OK = Outcome("ok")


class Action:
    """What one verb does. A subclass overrides what differs from a call that returns at once."""

    waits: ClassVar[str] = ""
    wakes: ClassVar[tuple[str, ...]] = ()

    def refuse(self, state: State, call: Pending) -> str:
        """Return the name of the error that is due at once, or nothing."""
        return ""

    def guard(self, state: State, call: Pending) -> bool:
        """Tell whether the call can go on."""
        return True

    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        """Yield the states that the call may lead to. Its guard holds."""
        yield state, OK

    def hopeless(self, state: State, call: Pending) -> str:
        """Return the name of the error of an untimed call that waits for itself, or nothing."""
        return ""

    def undo(self, state: State, call: Pending) -> State:
        """Return the state after the call has failed: it leaves no trace (S7)."""
        return state

    def walk(self, state: State, call: Pending) -> Iterator[State]:
        """Yield the states that the call may lead to while it waits."""
        return iter(())
