"""Does the checker of histories accept what each action is meant to do, and reject what it is not?

A table of tiny histories with their verdicts, for every verb, written by hand; what is said and drawn on failure; and what
broken-off calls may leave.
"""

import pytest

from model import calls
from model.actions import ACTIONS
from model.events import BadHistory, Called, Crashed, Due, Event, Interrupted, Rest, Returned, Shown
from model.history import History, Kind, check
from model.oracle import View
from model.replay import Move, verify
from model.state import Call, Outcome, ring

S = calls.register_subscriber("S")
T = calls.register_subscriber("T", after=("S",))


def ok(*sequences: int, events: tuple[str, ...] = ()) -> Outcome:
    return Outcome("ok", sequences, events)


def do(call: Call, outcome: Outcome | str, task: str = "P") -> list[Event]:
    """Return a call that returned before anything else happened."""
    due = [Due(task)] if call.timed else []
    return [Called(task, call), *due, Returned(task, Outcome(outcome) if isinstance(outcome, str) else outcome)]


def one(word: str, sequence: int) -> list[Event]:
    return do(calls.publish(word), ok(sequence))


def given(call: Call, *sequences: int, events: str = "") -> list[Event]:
    return do(call, ok(*sequences, events=tuple(events)))


JOIN = do(S, ok(0))
A, B = one("a", 0), one("b", 1)
NEXT = calls.iterate("S")
READ = calls.read("S")
CLAIM = given(calls.claim(), 0)

FAIL = calls.fail_subscriber("S")
TRIES = calls.publish("a")
FAILS, STARTS = do(FAIL, ok()), do(calls.start(), ok())
BEHIND = do(calls.register_subscriber("T", after=("S",)), ok(0))
LAST = do(calls.register_subscriber("U", after=("T",)), ok(0))

# verb: name, capacity, history, whether a correct ring may do that
TABLE: dict[str, list[tuple[str, int, list[Event], bool]]] = {
    "publish": [
        ("the first", 1, A, True),
        ("the wrong sequence", 1, one("a", 1), False),
        ("overwrites what nobody reads", 1, [*A, *B], True),
        ("overwrites what somebody has yet to read", 1, [*JOIN, *A, *B], False),
        ("no room, no time", 1, [*JOIN, *A, *do(calls.publish("b", timed=True), "InsufficientCapacity")], True),
        ("no room, though there is", 1, [*JOIN, *do(calls.publish("b", timed=True), "InsufficientCapacity")], False),
        ("waits at rest", 1, [*JOIN, *A, Called("P", calls.publish("b")), Rest()], True),
        ("waits at rest, though there is room", 1, [*JOIN, Called("P", calls.publish("b")), Rest()], False),
        ("after close", 1, [*do(calls.close(), ok()), *do(calls.publish("a"), "DisruptorClosed")], True),
        ("closed before close", 1, [*do(calls.publish("a"), "DisruptorClosed"), *do(calls.close(), ok())], False),
    ],
    "publish_many": [
        ("two", 2, given(calls.publish_many("a", "b"), 0, 1), True),
        ("one is missing", 2, given(calls.publish_many("a", "b"), 0), False),
        ("none", 2, do(calls.publish_many(), ok()), True),
    ],
    "publish_event": [
        ("filled", 1, do(calls.publish_event("a"), ok(0)), True),
        ("raised", 1, do(calls.publish_event("a", fails=True), "TranslatorError"), True),
        ("raised, and yet returned", 1, do(calls.publish_event("a", fails=True), ok(0)), False),
        (
            "shown although void",
            1,
            [*do(calls.publish_event("a", fails=True), "TranslatorError"), *given(calls.get(0), events="a")],
            False,
        ),
    ],
    "claim": [
        ("one", 1, CLAIM, True),
        ("twice the same", 2, [*CLAIM, *CLAIM], False),
        ("a hole", 4, [*CLAIM, *given(calls.claim(), 2)], False),
        ("more than there is room", 2, [*CLAIM, *given(calls.claim(2), 1, 2)], False),
    ],
    "publish_claim": [
        ("once", 1, [*CLAIM, *given(calls.publish_claim(0, "a"), 0)], True),
        ("twice", 1, [*CLAIM, *given(calls.publish_claim(0, "a"), 0), *given(calls.publish_claim(0, "a"), 0)], False),
        ("of nobody", 1, do(calls.publish_claim(0, "a"), "ClaimClosed"), True),
        (
            "seen past a gap",
            2,
            [
                *CLAIM,
                *given(calls.claim(), 1),
                *given(calls.publish_claim(1, "b"), 1),
                *given(calls.get(1), events="b"),
            ],
            False,
        ),
    ],
    "abandon": [
        ("is walked past", 1, [*CLAIM, *do(calls.abandon(0), ok()), *do(calls.get(0), "SequenceVoid")], True),
        ("is not to be waited for", 1, [*CLAIM, *do(calls.abandon(0), ok()), *given(calls.wait_for(0), 0)], True),
        ("and shown", 1, [*CLAIM, *do(calls.abandon(0), ok()), *given(calls.get(0), events="a")], False),
        (
            "an event after a void",
            2,
            [*JOIN, *CLAIM, *do(calls.abandon(0), ok()), *B, *given(READ, 1, events="b")],
            True,
        ),
        (
            "a void in a batch",
            2,
            [*JOIN, *CLAIM, *do(calls.abandon(0), ok()), *B, *given(READ, 0, 1, events="ab")],
            False,
        ),
    ],
    "register_subscriber": [
        ("the oldest that is kept", 2, [*A, *B, *one("c", 2), *do(S, ok(1))], True),
        ("one that is gone", 2, [*A, *B, *one("c", 2), *do(S, ok(0))], False),
        ("at the latest", 2, [*A, *do(calls.register_subscriber("S", start=calls.LATEST), ok(1))], True),
        ("outdated", 1, [*A, *B, *do(calls.register_subscriber("S", start=0), "OutdatedSequence")], True),
        ("not outdated", 2, [*A, *B, *do(calls.register_subscriber("S", start=0), "OutdatedSequence")], False),
    ],
    "remove_subscriber": [
        ("no gate any more", 1, [*JOIN, *A, *do(calls.remove_subscriber("S"), ok()), *B], True),
        ("read afterwards", 1, [*JOIN, *do(calls.remove_subscriber("S"), ok()), *do(READ, "SubscriberClosed")], True),
        (
            "an event afterwards",
            1,
            [*JOIN, *A, *do(calls.remove_subscriber("S"), ok()), *given(READ, 0, events="a")],
            False,
        ),
        ("before those after it", 1, [*JOIN, *do(T, ok(0)), *do(calls.remove_subscriber("S"), ok())], False),
    ],
    "update_sequence": [
        ("makes room", 1, [*JOIN, *A, *do(calls.update_sequence("S", 0), ok()), *B], True),
        ("what is not there", 1, [*JOIN, *do(calls.update_sequence("S", 0), ok())], False),
        ("what is not there, refused", 1, [*JOIN, *do(calls.update_sequence("S", 0), "InvalidValue")], True),
    ],
    "wait_for": [
        ("is there", 1, [*A, *given(calls.wait_for(0), 0)], True),
        ("is not there", 1, given(calls.wait_for(0), 0), False),
        ("no time", 1, do(calls.wait_for(0, timed=True), "WaitTimeout"), True),
        ("no time, though it was there all along", 1, [*A, *do(calls.wait_for(0, timed=True), "WaitTimeout")], False),
        ("never comes", 1, [*do(calls.close(), ok()), *do(calls.wait_for(0), "DisruptorClosed")], True),
        ("behind an upstream", 1, [*JOIN, *do(T, ok(0)), *A, *given(calls.wait_for(0, "T"), 0)], False),
    ],
    "read": [
        ("what is there", 1, [*JOIN, *A, *given(READ, 0, events="a")], True),
        ("result before its cause", 1, [*JOIN, *given(READ, 0, events="a"), *A], False),
        ("not all that is there", 2, [*JOIN, *A, *B, *given(READ, 0, events="a")], False),
        ("no more than was asked for", 2, [*JOIN, *A, *B, *given(calls.read("S", 1), 0, events="a")], True),
        ("in the wrong order", 2, [*JOIN, *A, *B, *given(READ, 0, 1, events="ba")], False),
        ("one was left out", 2, [*JOIN, *A, *B, *given(READ, 1, events="b")], False),
        ("before its upstream", 1, [*JOIN, *do(T, ok(0)), *A, *given(calls.read("T"), 0, events="a")], False),
        ("twice at a time", 1, [*JOIN, *A, *given(READ, 0, events="a"), *do(READ, "SubscriberBusy", "Q")], True),
        ("a time-out while it is there", 1, [*JOIN, *A, *do(calls.read("S", timed=True), "WaitTimeout")], False),
        (
            "a time-out, and what came afterwards",
            1,
            [*JOIN, *do(calls.read("S", timed=True), "WaitTimeout"), *A, *given(READ, 0, events="a")],
            True,
        ),
        (
            "a time-out that was over before it came",
            1,
            [*JOIN, Called("C", calls.read("S", timed=True)), Due("C"), *A, Returned("C", Outcome("WaitTimeout"))],
            True,
        ),
        (
            "a time-out that was over when it was there",
            1,
            [*JOIN, Called("C", calls.read("S", timed=True)), *A, Due("C"), Returned("C", Outcome("WaitTimeout"))],
            False,
        ),
    ],
    "poll": [
        ("what is there", 1, [*JOIN, *A, *given(calls.poll("S"), 0, events="a")], True),
        ("no more than was asked for", 2, [*JOIN, *A, *B, *given(calls.poll("S", 1), 0, events="a")], True),
        ("not all that is there", 2, [*JOIN, *A, *B, *given(calls.poll("S"), 0, events="a")], False),
        ("nothing is there", 1, [*JOIN, *do(calls.poll("S"), "idle")], True),
        ("nothing, though it was there all along", 1, [*JOIN, *A, *do(calls.poll("S"), "idle")], False),
        ("behind an upstream", 1, [*JOIN, *do(T, ok(0)), *A, *do(calls.poll("T"), "gated")], True),
        ("before its upstream", 1, [*JOIN, *do(T, ok(0)), *A, *given(calls.poll("T"), 0, events="a")], False),
        ("held up by nobody", 1, [*JOIN, *do(T, ok(0)), *do(calls.poll("T"), "gated")], False),
        ("nothing, where it is held up", 1, [*JOIN, *do(T, ok(0)), *A, *do(calls.poll("T"), "idle")], False),
        ("the end", 1, [*JOIN, *do(calls.close(), ok()), *do(calls.poll("S"), "closed")], True),
        ("the end before the last", 1, [*JOIN, *A, *do(calls.close(), ok()), *do(calls.poll("S"), "closed")], False),
        ("nothing after the end", 1, [*JOIN, *do(calls.close(), ok()), *do(calls.poll("S"), "idle")], False),
        (
            "while it came",
            1,
            [*JOIN, Called("C", calls.poll("S")), *A, Returned("C", Outcome("idle"))],
            True,
        ),
        ("halted", 1, [*JOIN, *A, *do(calls.halt(), ok()), *do(calls.poll("S"), "DisruptorClosed")], True),
        (
            "twice at a time",
            1,
            [*JOIN, *A, *given(READ, 0, events="a"), *do(calls.poll("S"), "SubscriberBusy", "Q")],
            True,
        ),
    ],
    "release": [
        ("makes room", 1, [*JOIN, *A, *given(READ, 0, events="a"), *do(calls.release("S"), ok()), *B], True),
        (
            "the same again after it failed",
            1,
            [
                *JOIN,
                *A,
                *given(READ, 0, events="a"),
                *do(calls.release("S", fails=True), ok()),
                *given(READ, 0, events="a"),
            ],
            True,
        ),
        (
            "the same again",
            1,
            [*JOIN, *A, *given(READ, 0, events="a"), *do(calls.release("S"), ok()), *given(READ, 0, events="a")],
            False,
        ),
    ],
    "iterate": [
        (
            "one by one",
            2,
            [*JOIN, *A, *B, *given(calls.iterate("S"), events="a"), *given(calls.iterate("S"), events="b")],
            True,
        ),
        (
            "one twice",
            2,
            [*JOIN, *A, *B, *given(calls.iterate("S"), events="a"), *given(calls.iterate("S"), events="a")],
            False,
        ),
        ("until the end", 1, [*JOIN, *do(calls.close(), ok()), *do(calls.iterate("S"), "ended")], True),
        ("an end before the last", 1, [*JOIN, *A, *do(calls.close(), ok()), *do(calls.iterate("S"), "ended")], False),
    ],
    "batches": [
        (
            "the next marks the last",
            1,
            [*JOIN, *A, *given(calls.batches("S"), 0, events="a"), Called("C", calls.publish("b"))],
            True,
        ),
        ("all at once", 2, [*JOIN, *A, *B, *given(calls.batches("S"), 0, events="a")], False),
    ],
    "leave": [
        (
            "and come again",
            1,
            [
                *JOIN,
                *A,
                *given(calls.iterate("S"), events="a"),
                *do(calls.leave("S"), ok()),
                *given(READ, 0, events="a"),
            ],
            True,
        ),
        (
            "marks nothing",
            1,
            [*JOIN, *A, *given(calls.iterate("S"), events="a"), *do(calls.leave("S"), ok()), *B],
            False,
        ),
    ],
    "get": [
        ("what is there", 1, [*A, *given(calls.get(0), events="a")], True),
        ("what was not published", 1, given(calls.get(0), events="a"), False),
        ("not found, though it is there", 1, [*A, *do(calls.get(0), "SequenceNotFound")], False),
        ("outdated", 1, [*A, *B, *do(calls.get(0), "OutdatedSequence")], True),
        ("not outdated", 2, [*A, *B, *do(calls.get(0), "OutdatedSequence")], False),
    ],
    "close": [
        ("twice", 1, [*do(calls.close(), ok()), *do(calls.close(), ok())], True),
        ("a reader has the rest", 1, [*JOIN, *A, *do(calls.close(), ok()), *given(READ, 0, events="a")], True),
        ("a reader has less", 1, [*JOIN, *A, *do(calls.close(), ok()), *do(READ, "DisruptorClosed")], False),
        ("a reader sleeps on", 1, [*JOIN, Called("C", READ), *do(calls.close(), ok()), Rest()], False),
    ],
    "halt": [
        ("a reader has no more", 1, [*JOIN, *A, *do(calls.halt(), ok()), *do(READ, "DisruptorClosed")], True),
        ("a reader has more", 1, [*JOIN, *A, *do(calls.halt(), ok()), *given(READ, 0, events="a")], False),
    ],
    "fail_subscriber": [
        ("a producer is told", 1, [*JOIN, *FAILS, *do(TRIES, "DisruptorBroken")], True),
        ("a producer is not told", 1, [*JOIN, *FAILS, *A], False),
        ("it is read no more", 1, [*JOIN, *A, *FAILS, *do(READ, "DisruptorBroken")], True),
        ("it is read on", 1, [*JOIN, *A, *FAILS, *given(READ, 0, events="a")], False),
        ("who is after it is told", 1, [*JOIN, *BEHIND, *A, *FAILS, *do(calls.read("T"), "DisruptorBroken")], True),
        ("who is after it waits", 1, [*JOIN, *BEHIND, *A, *FAILS, Called("C", calls.read("T")), Rest()], False),
        (
            "who is after that is told",
            1,
            [*JOIN, *BEHIND, *LAST, *A, *FAILS, *do(calls.read("U"), "DisruptorBroken")],
            True,
        ),
        ("it was removed", 1, [*JOIN, *do(calls.remove_subscriber("S"), ok()), *do(FAIL, "SubscriberClosed")], True),
    ],
    "start": [
        ("after a failure", 1, [*JOIN, *A, *FAILS, *STARTS, *given(READ, 0, events="a")], True),
        (
            "after a failure, and a producer is told",
            1,
            [*JOIN, *FAILS, *STARTS, *do(TRIES, "DisruptorBroken")],
            False,
        ),
        ("after a halt", 1, [*JOIN, *do(calls.halt(), ok()), *STARTS, *A, *given(READ, 0, events="a")], True),
        ("after a halt, nothing is lost", 1, [*JOIN, *A, *do(calls.halt(), ok()), *STARTS, *B], False),
        (
            "after close it stays closed",
            1,
            [*do(calls.close(), ok()), *STARTS, *do(TRIES, "DisruptorClosed")],
            True,
        ),
        ("after close it opens", 1, [*do(calls.close(), ok()), *STARTS, *A], False),
        ("what was open stays open", 1, [*JOIN, *STARTS, *A], True),
    ],
}

ROWS = [(verb, *row) for verb, rows in TABLE.items() for row in rows]


@pytest.mark.parametrize(
    ("verb", "name", "capacity", "events", "possible"), ROWS, ids=[f"{r[0]}: {r[1]}" for r in ROWS]
)
def test_intended(verb: str, name: str, capacity: int, events: list[Event], possible: bool) -> None:
    verdict = check(History(tuple(events)), capacity)
    assert verdict.kind is (Kind.LINEARIZABLE if possible else Kind.IMPOSSIBLE), str(verdict)


def test_the_table_has_every_action_accepted_and_rejected() -> None:
    assert set(TABLE) == set(ACTIONS)
    for rows in TABLE.values():
        assert {possible for *_, possible in rows} == {True, False}


# --- calls that were broken off ------------------------------------------------------------------------------


def broken(call: Call, end: Event | None = None) -> list[Event]:
    return [Called("X", call), end or Interrupted("X")]


@pytest.mark.parametrize(
    ("events", "possible"),
    [
        ([*broken(calls.publish("x")), *A], True),
        ([*broken(calls.publish("x")), *B], True),
        ([*broken(calls.publish("x")), *one("a", 2)], False),
        ([*broken(calls.publish("x")), *given(calls.get(0), events="x")], True),
        ([*broken(calls.publish("x")), *do(calls.get(0), "SequenceVoid")], True),
        ([*broken(calls.publish("x")), *do(calls.get(0), "SequenceNotFound"), *given(calls.get(0), events="x")], False),
        ([*broken(calls.claim()), *B, *given(calls.wait_for(1), 1)], True),
        ([*broken(calls.claim()), *B, Called("C", calls.wait_for(1)), Rest()], False),
        ([*CLAIM, *broken(calls.publish_claim(0, "x")), *given(calls.get(0), events="x")], True),
        ([*CLAIM, *broken(calls.publish_claim(0, "x")), *do(calls.get(0), "SequenceVoid")], True),
        ([*CLAIM, *broken(calls.abandon(0)), *given(calls.publish_claim(0, "x"), 0)], True),
        ([*JOIN, *A, *broken(READ), *given(READ, 0, events="a")], True),
        ([*JOIN, *A, *broken(READ), *do(READ, "SubscriberBusy")], False),
        ([*JOIN, *A, *broken(READ), *given(READ, 1, events="b")], False),
        ([*JOIN, *A, *broken(calls.update_sequence("S", 0)), *B, *one("c", 2)], True),
        ([*JOIN, *A, *B, *broken(calls.update_sequence("S", 0)), *given(READ, 0, 1, events="ab")], True),
        ([*broken(S), *A, *B, *one("c", 2)], True),
        ([*broken(calls.close()), *A], True),
        ([*broken(calls.close()), *do(calls.publish("a"), "DisruptorClosed")], True),
        ([*broken(calls.get(0)), *A], True),
        ([*CLAIM, Crashed("P"), Called("C", calls.wait_for(0)), Rest()], False),
        ([*CLAIM, Crashed("P"), Called("C", calls.wait_for(0)), Returned("C", ok(0))], True),
        ([*JOIN, *A, *broken(READ, Crashed("X")), *do(READ, "SubscriberBusy")], True),
        ([*broken(calls.publish("x"), Crashed("X")), *B, Called("C", calls.wait_for(1)), Rest()], False),
    ],
)
def test_broken_off(events: list[Event], possible: bool) -> None:
    verdict = check(History(tuple(events)), 2)
    assert verdict.kind is (Kind.LINEARIZABLE if possible else Kind.IMPOSSIBLE), str(verdict)


# --- what is said --------------------------------------------------------------------------------------------


def test_the_longest_beginning_that_can_be_explained_is_found_and_drawn() -> None:
    later = one("c", 2)
    verdict = check(History((*JOIN, *A, *given(READ, 0, events="x"), *later)), 4)
    assert verdict.kind is Kind.IMPOSSIBLE
    assert verdict.explained == 5
    assert verdict.reason == "'P' cannot return 'ok 0 x' from S.read(); a correct ring returns 'ok 0 a'"
    assert str(verdict).endswith("   6  -> ok 0 x   <- no correct ring does this")
    assert "no correct ring does this" in verdict.svg()
    assert verdict.lanes(last=1) == "step  P\n   6  -> ok 0 x   <- no correct ring does this"


def test_what_would_go_on_at_rest_is_told() -> None:
    verdict = check(History((*JOIN, Called("C", READ), *A, Rest())), 1)
    assert verdict.reason == "nothing moves, but a correct ring would go on with C: S.read()"


def test_what_the_ring_should_show_is_told() -> None:
    verdict = check(History((*A, Shown(View(published=1)))), 1)
    assert verdict.reason == "the ring shows published 1; a correct ring shows claimed 0 published 0 open"


def test_the_order_is_one_of_effects_and_not_of_calls() -> None:
    events: list[Event] = [
        Called("P", calls.publish("a")),
        Called("Q", calls.get(0)),
        Returned("Q", ok(events=("a",))),
        Returned("P", ok(0)),
    ]
    order = check(History(tuple(events)), 2).order
    assert [str(effect) for effect in order] == ["P: publish(a) -> ok 0", "Q: get(0) -> ok a"]
    assert [effect.event for effect in order] == [0, 1]


def test_a_budget_that_is_exceeded_is_no_verdict() -> None:
    verdict = check(History(tuple(A)), 1, budget=2)
    assert verdict.kind is Kind.UNDECIDED
    assert not verdict
    assert "no order was found within 2 states" in str(verdict)


def test_a_capacity_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1, not 0"):
        check(History(()), 0)


# --- what is no history, and no witness ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([Returned("P", ok())], "task 'P' has no open call"),
        ([Called("P", calls.close()), Called("P", calls.halt())], r"begins halt\(\), but close\(\) has not returned"),
        ([Called("P", READ)], "no subscriber 'S' has been registered"),
        ([Called("P", S), Called("Q", READ)], "no subscriber 'S' has been registered"),
        ([*JOIN, Called("P", S)], "a subscriber 'S' is there already"),
        ([Called("P", calls.close()), Due("P")], r"close\(\) of task 'P' has no time-out"),
        ([Crashed("P"), Called("P", calls.close())], "has crashed"),
        ([Called("(nobody) here", calls.close())], "may not be called"),
    ],
)
def test_what_cannot_have_been_seen_is_refused(events: list[Event], message: str) -> None:
    with pytest.raises(BadHistory, match=message):
        History(tuple(events))


def test_a_witness_that_cheats_is_refused() -> None:
    events = tuple(A)
    start = ring(1)
    with pytest.raises(BadHistory, match="explains 0 of 2 events"):
        verify(start, events, (), ACTIONS)
    with pytest.raises(BadHistory, match="by event 0, is not legal"):
        verify(start, events, (Move(start), Move(start)), ACTIONS)
    with pytest.raises(BadHistory, match="by P, is not legal"):
        verify(start, events, (Move(start, "P", ok(0)),), ACTIONS)
