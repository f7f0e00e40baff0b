"""Does each promise catch a specification that breaks it? Each is judged by its promise alone."""

from collections.abc import Iterator
from typing import ClassVar, NamedTuple

import pytest

from disruptor._override import override
from model import actions, belonging, producers, promises, subscribers
from model.action import Action, Result
from model.actions import ACTIONS
from model.explore import PromiseBroken
from model.promises import Promise
from model.scenarios import Scenario, claimer, closer, joiner, looper, producer, run, subscriber, with_readers
from model.state import Content, Outcome, Pending, Reader, State, lowest, reader, slot, with_pending, with_reader


class Mutant(NamedTuple):
    """A wrong action, the promise that it breaks, and where that shows."""

    verb: str
    action: Action
    breaks: Promise
    scenario: Scenario


class GateOffByOne(producers.Publish):
    @override
    def guard(self, state: State, call: Pending) -> bool:
        return call.stage == 1 or state.claimed + call.call.n <= lowest(state) + state.capacity + 1


class GateOnFastest(producers.Publish):
    @override
    def guard(self, state: State, call: Pending) -> bool:
        fastest = max(gate.position for gate in state.readers)
        return call.stage == 1 or state.claimed + call.call.n <= fastest + state.capacity


class NeverRoom(producers.Publish):
    @override
    def guard(self, state: State, call: Pending) -> bool:
        return False


class PublishWakesNobody(producers.Publish):
    wakes: ClassVar[tuple[str, ...]] = ()


class CloseWakesNobody(actions.Close):
    wakes: ClassVar[tuple[str, ...]] = ()


class ReleaseWakesNobody(subscribers.Release):
    wakes: ClassVar[tuple[str, ...]] = ()


class TimeoutKeepsClaim(producers.Publish):
    @override
    def undo(self, state: State, call: Pending) -> State:
        return producers.take(state, 1)._replace(claims=state.claims)


class ShownEarly(producers.PublishClaim):
    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        for after, outcome in super().effect(state, call):
            last = call.call.sequence + call.call.n - 1
            yield after._replace(published=max(last, after.published)), outcome


class ClaimTakesNothing(producers.Claim):
    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        for after, outcome in super().effect(state, call):
            yield after._replace(claimed=state.claimed), outcome


class HandsOutTwice(subscribers.Read):
    @override
    def effect_turn(self, state: State, call: Pending, subscriber: Reader) -> Iterator[Result]:
        for after, outcome in super().effect_turn(state, call, subscriber):
            now = reader(after, subscriber.name)
            yield with_reader(after, now._replace(hand=now.hand + now.hand)), outcome


class AnotherEvent(subscribers.Read):
    @override
    def effect_turn(self, state: State, call: Pending, subscriber: Reader) -> Iterator[Result]:
        for after, outcome in super().effect_turn(state, call, subscriber):
            now = reader(after, subscriber.name)
            hand = tuple((s, f"{event} as {subscriber.name} sees it") for s, event in now.hand)
            yield with_reader(after, now._replace(hand=hand)), outcome


class VoidsShown(subscribers.Read):
    @override
    def effect_turn(self, state: State, call: Pending, subscriber: Reader) -> Iterator[Result]:
        following = subscriber.position + 1
        if slot(state, following).content is Content.VOID:
            yield with_reader(state, subscriber._replace(hand=((following, None),), end=following)), Outcome("ok")
            return
        yield from super().effect_turn(state, call, subscriber)

    @override
    def guard_turn(self, state: State, call: Pending, subscriber: Reader) -> bool:
        return subscriber.position < state.published


class UpstreamIgnored(subscribers.Iterate):
    @override
    def guard_turn(self, state: State, call: Pending, subscriber: Reader) -> bool:
        return subscriber.position < state.published

    @override
    def effect_turn(self, state: State, call: Pending, subscriber: Reader) -> Iterator[Result]:
        following = subscriber.position + 1
        hand = ((following, slot(state, following).event),)
        yield with_reader(state, subscriber._replace(hand=hand, end=following)), Outcome("ok")


class MarksAlthoughItFailed(subscribers.Release):
    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        marked = subscribers.mark(reader(state, call.call.name))
        yield with_reader(state, marked._replace(turn=None)), Outcome("ok")


class WalksPastNothing(subscribers.Read):
    @override
    def walk(self, state: State, call: Pending) -> Iterator[State]:
        return iter(())


class JoinsTooEarly(belonging.RegisterSubscriber):
    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        start = max(0, state.claimed - state.capacity)
        joiner = Reader(call.call.name, start - 1, promised=start)
        yield state._replace(readers=(*state.readers, joiner)), Outcome("ok", (start,))


class JoinsTooLate(belonging.RegisterSubscriber):
    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        joiner = Reader(call.call.name, state.claimed, promised=state.claimed + 1)
        yield state._replace(readers=(*state.readers, joiner)), Outcome("ok", (state.claimed + 1,))


class EndsTooSoon(subscribers.Read):
    @override
    def refuse_turn(self, state: State, call: Pending, subscriber: Reader) -> str:
        return "DisruptorClosed" if state.phase else ""

    @override
    def undo(self, state: State, call: Pending) -> State:
        subscriber = reader(state, call.call.name)
        return with_reader(state, subscriber._replace(turn=None, ended=True))


class SleepsOverItsTime(producers.Publish):
    wakes: ClassVar[tuple[str, ...]] = ()

    @override
    def hopeless(self, state: State, call: Pending) -> str:
        return ""

    @override
    def walk(self, state: State, call: Pending) -> Iterator[State]:
        if call.due:
            yield with_pending(state, call._replace(asleep=True))


def S(name: str, *after: str) -> Reader:
    return Reader(name, -1, after)


ONE = Scenario(with_readers(1, S("S")), (producer("P", "a", "b", timed=True), subscriber("S", fails=True), closer()))
TWO = Scenario(with_readers(1, S("S"), S("T")), (producer("P", "a", "b"), subscriber("S"), subscriber("T"), closer()))
CLAIMS = Scenario(with_readers(2, S("S")), (claimer("P", 1, 1), claimer("Q", 1), subscriber("S"), closer()))
BEHIND = Scenario(with_readers(1, S("S"), S("T", "S")), (producer("P", "a"), looper("S"), looper("T"), closer()))
JOIN = Scenario(with_readers(1), (claimer("P", 1, 1), joiner("J"), closer()))

MUTANTS = {
    "the gate is off by one": Mutant("publish", GateOffByOne(), promises.s1_no_overwrite, ONE),
    "the fastest reader gates": Mutant("publish", GateOnFastest(), promises.s1_no_overwrite, TWO),
    "a claim is shown early": Mutant("publish_claim", ShownEarly(), promises.s2_no_phantom, CLAIMS),
    "voids are shown": Mutant("read", VoidsShown(), promises.s2_no_phantom, CLAIMS),
    "events are handed out twice": Mutant("read", HandsOutTwice(), promises.s3_in_order_once, ONE),
    "each sees its own event": Mutant("read", AnotherEvent(), promises.s4_one_order, TWO),
    "an upstream is ignored": Mutant("iterate", UpstreamIgnored(), promises.s5_upstream_first, BEHIND),
    "two claims share a sequence": Mutant("claim", ClaimTakesNothing(), promises.s6_unique_claims, CLAIMS),
    "a time-out keeps its claim": Mutant("publish", TimeoutKeepsClaim(), promises.s7_honest_failure, ONE),
    "a failed block marks": Mutant("release", MarksAlthoughItFailed(), promises.s7_honest_failure, ONE),
    "a joiner starts too early": Mutant("register_subscriber", JoinsTooEarly(), promises.s8_joining, JOIN),
    "a joiner starts too late": Mutant("register_subscriber", JoinsTooLate(), promises.s8_joining, JOIN),
    "a reader ends too soon": Mutant("read", EndsTooSoon(), promises.s9_nothing_lost_at_close, CLAIMS),
    "publish wakes nobody": Mutant("publish", PublishWakesNobody(), promises.l1_no_lost_wake_up, ONE),
    "close wakes nobody": Mutant("close", CloseWakesNobody(), promises.l1_no_lost_wake_up, ONE),
    "progress wakes nobody": Mutant("release", ReleaseWakesNobody(), promises.l1_no_lost_wake_up, ONE),
    "a void stops a reader": Mutant("read", WalksPastNothing(), promises.l1_no_lost_wake_up, CLAIMS),
    "there is never room": Mutant("publish", NeverRoom(), promises.l2_no_deadlock, ONE),
    "it sleeps although its time is over": Mutant("publish", SleepsOverItsTime(), promises.l3_timeouts_fire, ONE),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_specification_breaks_its_promise(name: str) -> None:
    mutant = MUTANTS[name]
    report = run(mutant.scenario, actions={**ACTIONS, mutant.verb: mutant.action}, always=(mutant.breaks,))
    with pytest.raises(PromiseBroken, match=mutant.breaks.__name__):
        report.require()


@pytest.mark.parametrize("scenario", [ONE, TWO, CLAIMS, BEHIND, JOIN])
def test_the_right_specification_breaks_nothing(scenario: Scenario) -> None:
    run(scenario).require()


def test_every_promise_has_a_mutant() -> None:
    assert {mutant.breaks for mutant in MUTANTS.values()} == set(promises.ALWAYS)


class TooCautious(producers.Publish):
    @override
    def guard(self, state: State, call: Pending) -> bool:
        return call.stage == 1 or state.claimed + call.call.n < lowest(state) + state.capacity


def test_a_specification_that_is_too_cautious_breaks_nothing_and_is_caught_by_what_is_never_seen() -> None:
    cautious = {**ACTIONS, "publish": TooCautious()}
    safety = tuple(promise for promise in promises.ALWAYS if promise.__name__.startswith("s"))
    report = run(TWO, actions=cautious, always=safety, sometimes=(promises.full,))
    with pytest.raises(PromiseBroken, match="never seen: full"):
        report.require()
