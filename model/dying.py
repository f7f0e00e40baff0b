"""What becomes of a ring when one of its processes dies: it stops where it is, and nothing of it is unwound.

Rule 1: the call that it was in has had its effect, or none, or half of it: a publication has its claim, and no more.
Rule 2: its open claims become void, sooner or later: each is a call of somebody who is not seen, `abandon`.
Rule 3: a turn that it had is free at once: what it had in hand is in nobody's hand.
Rule 4: a subscriber that it read through is removed, as soon as it holds somebody back who waits: another such call, `bury`.
        Unlike `remove_subscriber` it may leave readers behind it, for whom it no longer counts. A ring whose table is full
        removes one for whom nobody waits, too; there are no tables here.
Rule 5: nobody waits for ever for the dead: where nothing moves, nobody could go on if all those calls had had their effect.
"""

from collections.abc import Iterable, Iterator

from model import calls
from model.action import NEWS, ROOM
from model.actions import ACTIONS
from model.belonging import RemoveSubscriber
from model.draw import Row
from model.oracle import UNSEEN, Oracle, View
from model.override import override
from model.state import NONE, Call, Pending, State, lowest, reader, with_reader, without_pending
from model.state import ring as new_ring
from model.steps import invoke, outcomes

UNSEEN_TASK = "(nobody)"
"""How the names of those begin whom nobody sees."""


def bury(name: str) -> Call:
    """Return the call that removes a subscriber whose process has died."""
    return Call("bury", name=name)


class Bury(RemoveSubscriber):
    """`bury`: remove a subscriber of the dead that holds back producers, or readers behind it, who wait."""

    @override
    def refuse(self, state: State, call: Pending) -> str:
        # REFUSE
        return ""

    @override
    def guard(self, state: State, call: Pending) -> bool:
        # GUARD
        dead = reader(state, call.call.name)
        waiting = {ACTIONS[other.call.verb].waits for other in state.pending if other.call.verb in ACTIONS}
        followed = NEWS in waiting and any(dead.name in other.after for other in state.readers if other.alive)
        overtaken = ROOM in waiting and dead.position == lowest(state)
        return dead.alive and dead.position < state.published and (followed or overtaken)


MORTAL = {**ACTIONS, "bury": Bury()}
"""The actions of a ring whose tasks may die."""


class Survivors(Oracle):
    """An oracle that can be told of deaths.

    >>> oracle = Survivors(capacity=1)
    >>> oracle.invoke("P", calls.publish("a"))
    >>> oracle.kill("P")
    >>> sorted((state.claimed, state.published) for state in oracle.possible())
    [(-1, -1), (0, -1), (0, 0), (0, 0)]
    """

    def __init__(self, capacity: int) -> None:
        super().__init__(state=new_ring(capacity), actions=MORTAL)

    def kill(self, task: str, claims: Iterable[tuple[int, int]] = (), subscribers: Iterable[str] = ()) -> None:
        """Tell that `task` has died, with the claims that it held (first sequence, length) and its subscribers."""
        self.told.append(Row(task, "is killed"))
        lost, gone = tuple(claims), tuple(subscribers)
        self.states = {_without(state, task, lost, gone) for state in self._closure(self.states)}

    def possible(self) -> list[State]:
        """Return every state that the ring may be in, now or before anything else is told."""
        return sorted(self._closure(self.states), key=repr)

    @override
    def quiesce(self, view: View = UNSEEN) -> None:
        """Tell that nothing moves any more: nobody waits for the dead (Rule 5)."""
        self.observe(view)
        possible = {state for state in self._closure(self.states) if view.fits(state)}
        kept = {state for state in possible if not self._seen_moving(state)}
        if not kept:
            state = min(possible, key=lambda state: len(self._seen_moving(state)))
            stuck = ", ".join(f"{call.task}: {calls.text(call.call)}" for call in self._seen_moving(state))
            self._mismatch(f"nothing moves, but a correct ring would go on with {stuck}")
        self.states = kept

    def _seen_moving(self, state: State) -> list[Pending]:
        """Return the calls that somebody sees, and that could go on: now, or when all is done about the dead."""
        after = self._without_the_dead(state)
        return [call for at in (state, after) for call in self._moving(at) if not call.task.startswith(UNSEEN_TASK)]

    def _without_the_dead(self, state: State) -> State:
        for call in state.pending:
            if call.task.startswith(UNSEEN_TASK) and call.outcome is None:
                for after, outcome in outcomes(state, call, self._actions):
                    return self._without_the_dead(after if outcome is None else without_pending(after, call.task))
        return state


def _without(state: State, task: str, claims: tuple[tuple[int, int], ...], subscribers: tuple[str, ...]) -> State:
    """Return the state in which `task` is dead."""
    for call in state.pending:
        if call.task == task:
            state = without_pending(state, task)
            claims += tuple(_claims_of(call))
            if call.call.verb == "register_subscriber" and call.outcome is not None and call.outcome.kind == "ok":
                subscribers += (call.call.name,)
    for first, n in dict.fromkeys(claims):
        if (first, n) in state.claims:
            state = invoke(state, f"{UNSEEN_TASK} {first} of {task}", calls.abandon(first, n))
    alive = [subscriber.name for subscriber in state.readers if subscriber.alive]
    for name in dict.fromkeys(subscribers):
        if name in alive:
            state = invoke(state, f"{UNSEEN_TASK} {name} of {task}", bury(name))
    for subscriber in state.readers:
        if subscriber.turn == task:
            state = with_reader(state, subscriber._replace(hand=(), end=NONE, turn=None))
    return state


def _claims_of(call: Pending) -> Iterator[tuple[int, int]]:
    """Yield the claim that a call has in hand."""
    if call.call.verb == "claim" and call.outcome is not None and call.outcome.sequences:
        yield call.outcome.sequences[0], call.call.n
    elif call.held != NONE and call.outcome is None:
        yield call.held, call.call.n
