"""What one producer at a time does, without the lock: announce, test, write, show. The rules are in `model/actions.py`.

Rule 1: what is announced is shown as claimed, and is relied on as such: by `get`, by joiners, by readers of a closed ring.
        It is claimed only by the test that follows; if that fails, it is taken back.
Rule 2: a call that is *in* (it tries, or waits for room) excludes every other that would be: that one is refused.
Rule 3: no step says that it must succeed without the lock: a ring may always take the way under the lock, which is the
        behaviour of many producers.
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from model.action import NEWS, ROOM, Action, Result
from model.actions import ACTIONS
from model.override import override
from model.producers import Claim, Publish, take
from model.state import NONE, Pending, Phase, State, broken, has_room, with_pending

CLAIMED: Final = 1
"""Under the lock: the stage of `Publish`."""
WRITING: Final = 2
TRYING: Final = 10
TESTED: Final = 11
ANNOUNCED: Final = 12
REFUSED: Final = 13
"""By the test: it begins again, under the lock."""
LOCKED: Final = 14

IN: Final = (WRITING, TRYING, TESTED, ANNOUNCED, LOCKED)
"""Stages in which nobody else can publish or claim."""
TAKING: Final = ("publish", "publish_many", "publish_event", "claim")


def others(state: State, call: Pending) -> Iterator[Pending]:
    """Yield the other calls that publish or claim."""
    return (other for other in state.pending if other.task != call.task and other.call.verb in TAKING)


def within_limit(state: State, n: int) -> bool:
    """Tell whether `n` sequences may be taken without the lock: all is in order, and there is room."""
    in_order = state.phase is Phase.OPEN and not broken(state) and not state.claims and state.published == state.claimed
    return in_order and has_room(state, n)


class Entering(Publish):
    """What publishing and claiming have in common: one at a time."""

    @override
    def refuse(self, state: State, call: Pending) -> str:
        # REFUSE: another is in; closing is found out under the lock
        if call.call.n == 0:
            return ""
        if call.stage in (0, REFUSED):
            busy = any(other.stage in IN and other.outcome is None and not other.error for other in others(state, call))
            return "SecondProducer" if busy else ""
        return super().refuse(state, call._replace(stage=0)) if call.stage == LOCKED else ""

    @override
    def guard(self, state: State, call: Pending) -> bool:
        # GUARD: only under the lock it waits
        return call.stage != LOCKED or has_room(state, call.call.n)

    @override
    def walk(self, state: State, call: Pending) -> Iterator[State]:
        """Yield the state in which the call is refused because another has taken effect, and has yet to return."""
        if (
            call.stage in (0, REFUSED)
            and call.call.n
            and any(other.outcome is not None for other in others(state, call))
        ):
            yield with_pending(state, call._replace(error="SecondProducer"))


class SinglePublish(Entering):
    """`publish`, `publish_many`, `publish_event` by one producer at a time."""

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        n = call.call.n
        if n == 0 or call.stage in (CLAIMED, WRITING):
            # EFFECT: write and show
            yield from super().effect(state, call._replace(stage=CLAIMED) if n else call)
        elif call.stage in (0, REFUSED):
            # EFFECT: enter
            yield with_pending(state, call._replace(stage=LOCKED)), None
            if call.stage == 0:
                yield with_pending(state, call._replace(stage=TRYING)), None
        elif call.stage == LOCKED:
            # EFFECT: claim, as one of many would
            yield from super().effect(state, call._replace(stage=0))
        elif call.stage == TRYING:
            # EFFECT: the first test
            yield with_pending(state, call._replace(stage=REFUSED)), None
            if within_limit(state, n):
                yield with_pending(state, call._replace(stage=TESTED)), None
        elif call.stage == TESTED:
            # EFFECT: announce
            announced = with_pending(state, call._replace(stage=ANNOUNCED))
            yield announced._replace(announced=state.published + n), None
        else:
            # EFFECT: the second test, which takes what was announced, or takes it back
            yield self.refused(state, call), None
            if self.passes(state, n):
                first = state.claimed + 1
                taken = take(state._replace(announced=NONE), n)
                yield with_pending(taken, call._replace(stage=WRITING, held=first)), None

    def passes(self, state: State, n: int) -> bool:
        """Tell whether the second test is passed."""
        return within_limit(state, n)

    def refused(self, state: State, call: Pending) -> State:
        """Return the state in which the second test has failed."""
        return with_pending(state._replace(announced=NONE), call._replace(stage=REFUSED))


class SingleClaim(Entering):
    """`claim` by one producer at a time: under the lock."""

    wakes: ClassVar[tuple[str, ...]] = (ROOM, NEWS)

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        # EFFECT: enter, then claim
        if call.stage == 0:
            yield with_pending(state, call._replace(stage=LOCKED)), None
        else:
            yield from Claim().effect(state, call)


SINGLE: dict[str, Action] = {
    **ACTIONS,
    "publish": SinglePublish(),
    "publish_many": SinglePublish(),
    "publish_event": SinglePublish(),
    "claim": SingleClaim(),
}
"""Every verb, with one producer at a time."""
