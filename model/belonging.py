"""Who belongs to a ring: subscribers join, leave, and fail. The rules are in `model/actions.py`."""

from collections.abc import Iterator
from typing import ClassVar

from model.action import NEWS, OK, ROOM, Action, Result
from model.calls import EARLIEST, LATEST
from model.override import override
from model.state import Outcome, Pending, Phase, Reader, State, oldest, reader, with_reader


class RegisterSubscriber(Action):
    """`register_subscriber`: a new gate, behind nothing that may be overwritten."""

    @override
    def refuse(self, state: State, call: Pending) -> str:
        # REFUSE
        if state.phase is Phase.HALTED:
            return "DisruptorClosed"
        if not all(reader(state, upstream).alive for upstream in call.call.after):
            return "SubscriberClosed"
        return "OutdatedSequence" if 0 <= call.call.sequence < oldest(state) else ""

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        # EFFECT
        start = call.call.sequence
        if start == EARLIEST:
            start = max(0, oldest(state))
        elif start == LATEST:
            start = state.published + 1
        joiner = Reader(call.call.name, start - 1, call.call.after, promised=start, asked=call.call.sequence)
        yield state._replace(readers=(*state.readers, joiner)), Outcome("ok", (start,))


class RemoveSubscriber(Action):
    """`remove_subscriber`: a gate less; whoever waited for it, or in it, has to hear of it."""

    wakes: ClassVar[tuple[str, ...]] = (ROOM, NEWS)

    @override
    def refuse(self, state: State, call: Pending) -> str:
        # REFUSE
        name = call.call.name
        behind = any(name in other.after for other in state.readers if other.alive)
        return "InvalidValue" if reader(state, name).alive and behind else ""

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        # EFFECT
        gone = reader(state, call.call.name)
        yield with_reader(state, gone._replace(alive=False)), OK


class FailSubscriber(Action):
    """`fail_subscriber`: say that a subscriber will not go on: no new claims, and nobody after it waits for it."""

    wakes: ClassVar[tuple[str, ...]] = (ROOM, NEWS)

    @override
    def refuse(self, state: State, call: Pending) -> str:
        # REFUSE
        return "" if reader(state, call.call.name).alive else "SubscriberClosed"

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        # EFFECT
        failed = reader(state, call.call.name)._replace(failed=True)
        yield with_reader(state, failed)._replace(phase=max(state.phase, Phase.CLOSED)), OK
