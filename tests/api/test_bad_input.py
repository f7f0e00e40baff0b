"""Is every wrong argument refused, by the right error, which names the value, and is nothing changed by it?"""

import copy
import pickle
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from disruptor import (
    ClaimClosed,
    Disruptor,
    DisruptorClosed,
    DisruptorError,
    InsufficientCapacity,
    InvalidType,
    InvalidValue,
    OutdatedSequence,
    SelfDeadlock,
    SequenceNotFound,
    Start,
    Subscriber,
    SubscriberBusy,
    SubscriberClosed,
    Unsupported,
)
from tests.api.snapshot import snapshot

Ring = Disruptor[Any]


class Seven:
    """What an integer of another library looks like."""

    def __index__(self) -> int:
        return 7


class Real(float):
    """What a float of another library looks like."""


NAN = float("nan")

CAPACITIES: list[tuple[object, type[DisruptorError], str]] = [
    (0, InvalidValue, r"not 0; the nearest is 1"),
    (-4, InvalidValue, r"not -4; the nearest is 1"),
    (3, InvalidValue, r"not 3; the nearest are 2 and 4"),
    (1000, InvalidValue, r"not 1000; the nearest are 512 and 1024"),
    (2**31, InvalidValue, r"1\.\.1073741824, not 2147483648"),
    (10**30, InvalidValue, r"the nearest is 1073741824"),
    (2.0, InvalidType, r"not 2\.0 \(float\)"),
    (True, InvalidType, r"not True \(bool\)"),
    ("8", InvalidType, r"not '8' \(str\)"),
    (None, InvalidType, r"not None \(NoneType\)"),
    (Seven(), InvalidValue, r"not 7; the nearest are 4 and 8"),
]


@pytest.mark.parametrize(("capacity", "error", "message"), CAPACITIES, ids=lambda value: repr(value)[:20])
def test_a_wrong_capacity_is_refused(capacity: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Disruptor(capacity)


def test_what_is_no_factory_is_refused() -> None:
    with pytest.raises(InvalidType, match="event_factory must be callable, not 3"):
        Disruptor(4, 3)  # type: ignore[arg-type]  # on purpose


def test_a_ring_between_processes_is_refused_by_name_where_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("disruptor._disruptor.find_spec", lambda name: None)  # as on Windows
    makes: list[Callable[[], Disruptor[object]]] = [
        lambda: Disruptor(4, multiproc=True),
        lambda: Disruptor.attach("0" * 16),
    ]
    for make in makes:
        with pytest.raises(Unsupported, match="multiproc=True") as caught:
            make()
        assert isinstance(caught.value, NotImplementedError)
    assert Disruptor(4).name is None


def test_a_factory_that_raises_passes_its_error_on() -> None:
    made: list[int] = []

    def factory() -> int:
        if len(made) == 2:
            raise OSError("no third event")
        made.append(1)
        return 0

    with pytest.raises(OSError, match="no third event"):
        Disruptor(4, factory)


TIMEOUTS: list[tuple[object, type[DisruptorError], str]] = [
    (-1, InvalidValue, "not -1"),
    (-0.001, InvalidValue, r"not -0\.001"),
    (NAN, InvalidValue, "not nan"),
    (float("-inf"), InvalidValue, "not -inf"),
    (-(10**400), InvalidValue, "not -1000"),
    ("1", InvalidType, r"not '1' \(str\)"),
    (True, InvalidType, r"not True \(bool\)"),
    (1j, InvalidType, r"not 1j \(complex\)"),
    ([], InvalidType, r"not \[\] \(list\)"),
]

WAITS: dict[str, Callable[[Ring, Any], object]] = {
    "publish": lambda ring, timeout: ring.publish("x", timeout=timeout),
    "publish_many": lambda ring, timeout: ring.publish_many(["x"], timeout=timeout),
    "publish_many of nothing": lambda ring, timeout: ring.publish_many([], timeout=timeout),
    "claim": lambda ring, timeout: ring.claim(timeout=timeout),
    "ring.wait_for": lambda ring, timeout: ring.wait_for(0, timeout=timeout),
    "subscriber.wait_for": lambda ring, timeout: ring.subscribers[0].wait_for(0, timeout=timeout),
    "subscriber.read": lambda ring, timeout: ring.subscribers[0].read(timeout=timeout),
}


@pytest.mark.parametrize("call", WAITS)
@pytest.mark.parametrize(("timeout", "error", "message"), TIMEOUTS, ids=lambda value: repr(value)[:20])
def test_a_wrong_time_out_is_refused(call: str, timeout: object, error: type[Exception], message: str) -> None:
    ring = used_ring()
    before = snapshot(ring)
    with pytest.raises(error, match=message):
        WAITS[call](ring, timeout)
    assert snapshot(ring) == before


@pytest.mark.parametrize("timeout", [None, 0, 0.0, 1, Real(2.5), float("inf"), 10**400, 1e300])
def test_whatever_is_a_real_number_is_a_time_out(timeout: float | None) -> None:
    ring: Ring = Disruptor(2)
    ring.publish("x", timeout=timeout)
    assert ring.wait_for(0, timeout=timeout) == 0


def used_ring() -> Ring:
    """Return a ring of 4 by value with a void among its events, and a subscriber in the middle."""
    ring: Ring = Disruptor(4)
    subscriber = ring.register_subscriber(name="S")
    ring.publish_many(["a", "b"])
    ring.claim().abandon()
    subscriber.update_sequence(0)
    return ring


class Case(NamedTuple):
    """A call that is refused."""

    call: Callable[[Ring], object]
    error: type[DisruptorError]
    twin: type[Exception]
    message: str


def filled(ring: Ring) -> Ring:
    ring.publish_many(["c", "d"])
    return ring


CASES: dict[str, Case] = {
    # sizes
    "claim of 0": Case(lambda r: r.claim(0), InvalidValue, ValueError, r"n must be in 1\.\.4, not 0"),
    "claim of -1": Case(lambda r: r.claim(-1), InvalidValue, ValueError, "not -1"),
    "claim of capacity + 1": Case(lambda r: r.claim(5), InvalidValue, ValueError, r"1\.\.4, not 5"),
    "claim of 1.0": Case(lambda r: r.claim(1.0), InvalidType, TypeError, r"not 1\.0"),  # type: ignore[arg-type]
    "claim of True": Case(lambda r: r.claim(True), InvalidType, TypeError, "not True"),
    "claim of 7": Case(lambda r: r.claim(Seven()), InvalidValue, ValueError, "not 7"),
    "more than fit": Case(lambda r: r.publish_many("abcde"), InvalidValue, ValueError, r"at most 4 .* not 5"),
    "no size": Case(lambda r: r.publish_many(iter("ab")), InvalidType, TypeError, "sized iterable"),  # type: ignore[arg-type]
    "not iterable": Case(lambda r: r.publish_many(3), InvalidType, TypeError, "not 3"),  # type: ignore[arg-type]
    "capacity for 0": Case(lambda r: r.has_available_capacity(0), InvalidValue, ValueError, "not 0"),
    "capacity for 5": Case(lambda r: r.has_available_capacity(5), InvalidValue, ValueError, "not 5"),
    "max_events of 0": Case(lambda r: r.subscribers[0].read(0), InvalidValue, ValueError, "not 0"),
    "max_events of -1": Case(lambda r: r.subscribers[0].batches(-1), InvalidValue, ValueError, "not -1"),
    "max_events of '1'": Case(lambda r: r.subscribers[0].read("1"), InvalidType, TypeError, "not '1'"),  # type: ignore[arg-type]
    # the other way of holding events
    "in place on a ring by value": Case(
        lambda r: r.publish_event(lambda event, sequence: None), InvalidType, TypeError, "use publish"
    ),
    # sequences
    "get of -1": Case(lambda r: r.get(-1), InvalidValue, ValueError, "must be >= 0, not -1"),
    "get of '0'": Case(lambda r: r.get("0"), InvalidType, TypeError, "not '0'"),  # type: ignore[arg-type]
    "get of True": Case(lambda r: r.get(True), InvalidType, TypeError, "not True"),
    "get from the future": Case(lambda r: r.get(3), SequenceNotFound, LookupError, "sequence 3 .* cursor is at 2"),
    "wait for -1": Case(lambda r: r.wait_for(-1), InvalidValue, ValueError, "not -1"),
    "wait for 1.5": Case(lambda r: r.wait_for(1.5), InvalidType, TypeError, r"not 1\.5"),  # type: ignore[arg-type]
    "reader waits for -1": Case(lambda r: r.subscribers[0].wait_for(-1), InvalidValue, ValueError, "not -1"),
    "mark -1": Case(lambda r: r.subscribers[0].update_sequence(-1), InvalidValue, ValueError, "not -1"),
    "mark the future": Case(
        lambda r: r.subscribers[0].update_sequence(3), InvalidValue, ValueError, "may read up to 2, not 3"
    ),
    "mark None": Case(lambda r: r.subscribers[0].update_sequence(None), InvalidType, TypeError, "not None"),  # type: ignore[arg-type]
    # registering
    "start at -1": Case(lambda r: r.register_subscriber(start=-1), InvalidValue, ValueError, "start .* not -1"),
    "start at True": Case(lambda r: r.register_subscriber(start=True), InvalidType, TypeError, "not True"),
    "start at 'x'": Case(lambda r: r.register_subscriber(start="x"), InvalidType, TypeError, "not 'x'"),  # type: ignore[arg-type]
    "a name of 3": Case(lambda r: r.register_subscriber(name=3), InvalidType, TypeError, "not 3"),  # type: ignore[arg-type]
    "a name twice": Case(lambda r: r.register_subscriber(name="S"), InvalidValue, ValueError, "'S' is already"),
    "after a name": Case(lambda r: r.register_subscriber(after=["S"]), InvalidType, TypeError, "not 'S'"),  # type: ignore[list-item]
    "after None": Case(
        lambda r: r.register_subscriber(after=None),  # type: ignore[arg-type]
        InvalidType,
        TypeError,
        "after must be subscribers, not None",
    ),
    "after a foreigner": Case(
        lambda r: r.register_subscriber(after=used_ring().subscribers), InvalidValue, ValueError, "another ring"
    ),
    "remove a name": Case(lambda r: r.remove_subscriber("S"), InvalidType, TypeError, "not 'S'"),  # type: ignore[arg-type]
    "remove a foreigner": Case(
        lambda r: r.remove_subscriber(used_ring().subscribers[0]), InvalidValue, ValueError, "another ring"
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_wrong_argument_is_refused_and_nothing_changes(name: str) -> None:
    case = CASES[name]
    ring = used_ring()
    before = snapshot(ring)
    with pytest.raises(case.error, match=case.message) as caught:
        case.call(ring)
    assert isinstance(caught.value, case.twin)
    assert isinstance(caught.value, DisruptorError)
    assert snapshot(ring) == before


def test_a_full_ring_says_who_is_slow() -> None:
    ring = filled(used_ring())
    before = snapshot(ring)
    with pytest.raises(InsufficientCapacity, match=r"no room for 1 .* 0 of 4 slots are free; subscriber 'S' is at 0"):
        ring.publish("x", timeout=0)
    assert snapshot(ring) == before


def test_a_sequence_that_is_overwritten_is_outdated() -> None:
    ring: Ring = Disruptor(2)
    for word in "abc":
        ring.publish(word)
    with pytest.raises(OutdatedSequence, match="sequence 0 .* oldest kept is 1") as caught:
        ring.get(0)
    assert isinstance(caught.value, LookupError)
    with pytest.raises(OutdatedSequence, match="start 0 .* oldest kept is 1"):
        ring.register_subscriber(start=0)
    assert ring.subscribers == ()


def test_going_back_is_refused() -> None:
    ring = used_ring()
    [subscriber] = ring.subscribers
    subscriber.update_sequence(2)
    with pytest.raises(InvalidValue, match="'S' is at 2 and cannot go back to 1"):
        subscriber.update_sequence(1)
    assert subscriber.sequence == 2


@pytest.mark.parametrize(
    "call",
    [
        lambda s: s.wait_for(0),
        lambda s: s.update_sequence(1),
        lambda s: s.read().__enter__(),
        lambda s: next(iter(s)),
        lambda s: next(s.batches()),
    ],
)
def test_a_removed_subscriber_says_so(call: Callable[[Subscriber[Any]], object]) -> None:
    ring = used_ring()
    [subscriber] = ring.subscribers
    subscriber.close()
    subscriber.close()
    ring.remove_subscriber(subscriber)
    with pytest.raises(SubscriberClosed, match="'S' was removed") as caught:
        call(subscriber)
    assert isinstance(caught.value, RuntimeError)
    with pytest.raises(SubscriberClosed, match="nobody can be after it"):
        ring.register_subscriber(after=subscriber)


@pytest.mark.parametrize("how", ["close", "halt"])
@pytest.mark.parametrize(
    "call",
    [
        lambda r: r.publish("x"),
        lambda r: r.publish("x", timeout=0),
        lambda r: r.publish_many(["x"]),
        lambda r: r.claim(),
        lambda r: r.wait_for(9),
        lambda r: r.subscribers[0].wait_for(9),
    ],
)
def test_what_cannot_be_on_a_closed_ring_is_refused(how: str, call: Callable[[Ring], object]) -> None:
    ring = used_ring()
    getattr(ring, how)()
    before = snapshot(ring)
    with pytest.raises(DisruptorClosed) as caught:
        call(ring)
    assert isinstance(caught.value, RuntimeError)
    assert snapshot(ring) == before


def test_a_halted_ring_refuses_every_wait_and_every_joiner() -> None:
    ring = used_ring()
    ring.halt()
    for call in (
        lambda: ring.wait_for(0),
        lambda: ring.subscribers[0].wait_for(0),
        lambda: ring.subscribers[0].read().__enter__(),
        lambda: next(iter(ring.subscribers[0])),
        lambda: ring.register_subscriber(),
    ):
        with pytest.raises(DisruptorClosed):
            call()


def test_publishing_nothing_on_a_closed_ring_publishes_nothing() -> None:
    ring = used_ring()
    ring.close()
    assert ring.publish_many([]) == range(0)


# --- translators -----------------------------------------------------------------------------------------


def test_a_translator_that_publishes_into_the_full_ring_is_told() -> None:
    ring: Disruptor[list[int]] = Disruptor(1, list)

    def translate(event: list[int], sequence: int) -> None:
        ring.publish_event(lambda event, sequence: None)

    with pytest.raises(SelfDeadlock, match=r"this thread itself holds the claim of 0\.\.0") as caught:
        ring.publish_event(translate)
    assert isinstance(caught.value, RuntimeError)
    assert (ring.cursor, ring.claimed) == (0, 0)  # a void


def test_a_translator_that_publishes_into_the_full_ring_may_run_out_of_time() -> None:
    ring: Disruptor[list[int]] = Disruptor(1, list)
    errors: list[Exception] = []

    def translate(event: list[int], sequence: int) -> None:
        try:
            ring.publish_event(lambda event, sequence: None, timeout=0)
        except InsufficientCapacity as error:
            errors.append(error)

    assert ring.publish_event(translate) == 0
    assert len(errors) == 1


def test_a_translator_may_publish_into_a_ring_that_has_room() -> None:
    ring: Disruptor[list[int]] = Disruptor(2, list)

    def translate(event: list[int], sequence: int) -> None:
        ring.publish_event(lambda event, sequence: event.append(1))
        event.append(0)

    assert ring.publish_event(translate) == 0
    assert ring.cursor == 1
    assert [ring.get(0), ring.get(1)] == [[0], [1]]


def test_a_translator_may_close_the_ring_and_its_event_is_still_published() -> None:
    ring: Disruptor[list[int]] = Disruptor(2, list)
    subscriber = ring.register_subscriber()

    def translate(event: list[int], sequence: int) -> None:
        ring.close()
        event.append(7)

    ring.publish_event(translate)
    assert list(subscriber) == [[7]]


@pytest.mark.parametrize("translate", [None, 3, "x"])
def test_what_is_no_translator_is_refused(translate: Any) -> None:
    ring: Disruptor[list[int]] = Disruptor(2, list)
    with pytest.raises(InvalidType, match="translate must be callable"):
        ring.publish_event(translate)
    assert ring.claimed == -1


@pytest.mark.parametrize(
    "call", [lambda r: r.publish([1]), lambda r: r.publish_many([[1]])], ids=["publish", "publish_many"]
)
def test_events_by_value_do_not_fit_a_ring_in_place(call: Callable[[Ring], object]) -> None:
    ring: Ring = Disruptor(2, list)
    before = snapshot(ring)
    with pytest.raises(InvalidType, match="in place: its events come from the factory; use "):
        call(ring)
    assert snapshot(ring) == before


# --- one reader at a time ----------------------------------------------------------------------------------


def test_a_second_reader_is_refused() -> None:
    ring = used_ring()
    [subscriber] = ring.subscribers
    with subscriber.read() as batch:
        assert list(batch) == ["b"]
        with pytest.raises(SubscriberBusy, match="'S' is being read"):
            subscriber.read().__enter__()
        with pytest.raises(SubscriberBusy):
            next(iter(subscriber))
    assert subscriber.sequence == 2


def test_iterating_twice_at_once_is_refused_and_one_after_the_other_is_fine() -> None:
    ring = used_ring()
    [subscriber] = ring.subscribers
    ring.close()
    first = iter(subscriber)
    assert next(first) == "b"
    with pytest.raises(SubscriberBusy):
        next(iter(subscriber))
    assert list(first) == []
    assert list(subscriber) == []


def test_a_claim_is_finished_once() -> None:
    ring = used_ring()
    with ring.claim() as claim:
        claim[0] = "x"
    with pytest.raises(ClaimClosed, match=r"<Claim of 3\.\.3, finished> is already finished"):
        claim.publish()
    for call in (lambda: claim[0], lambda: claim.__setitem__(0, "y"), claim.__enter__):
        with pytest.raises(ClaimClosed):
            call()
    claim.abandon()
    assert ring.get(3) == "x"


def test_a_claim_with_an_event_that_is_not_set_is_abandoned() -> None:
    ring: Ring = Disruptor(4)
    with (
        pytest.raises(InvalidValue, match="a claim of 2 was to be published with 1 of its events not set"),
        ring.claim(2) as claim,
    ):
        claim[0] = "x"
        with pytest.raises(InvalidValue, match="event 1 of this claim is not set"):
            claim[1]
        with pytest.raises(IndexError):
            claim[2]
        with pytest.raises(IndexError):
            claim[2] = "y"
    assert (ring.cursor, ring.claimed) == (1, 1)
    assert sorted(ring._sequencer.voids) == [0, 1]


def test_events_in_place_are_changed_and_not_replaced() -> None:
    ring: Ring = Disruptor(4, list)
    with ring.claim() as claim, pytest.raises(InvalidType, match="change claim"):
        claim[0] = []


def test_start_has_two_names() -> None:
    assert {start.name for start in Start} == {"EARLIEST", "LATEST"}


def test_a_slice_of_a_claim_cannot_be_set() -> None:
    ring: Ring = Disruptor(4)
    with pytest.raises(InvalidType, match="an index of a claim must be an int"), ring.claim(2) as claim:
        claim[0:1] = ["x", "y", "z"]  # type: ignore[index]
    assert (ring.cursor, ring.claimed) == (1, 1)


def test_what_lives_in_one_process_is_neither_copied_nor_pickled() -> None:
    ring = used_ring()
    claim = ring.claim()
    for thing in (ring, ring.subscribers[0], claim):
        for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(InvalidType, match="can be neither copied nor pickled"):
                attempt(thing)
    claim.abandon()


def test_far_too_many_events_are_refused_before_they_are_asked_for() -> None:
    ring = used_ring()
    with pytest.raises(InvalidValue, match="at most 4 events"):
        ring.publish_many(range(10**12))


def test_what_has_a_size_but_no_events_is_refused() -> None:
    ring = used_ring()
    with pytest.raises(InvalidType, match="sized iterable"):
        ring.publish_many(type("Sized", (), {"__len__": lambda self: 2})())


def test_a_subscriber_that_has_nothing_left_is_not_named_as_slow() -> None:
    ring: Ring = Disruptor(1)
    ring.register_subscriber(name="S")
    claim = ring.claim()
    with pytest.raises(InsufficientCapacity, match="an unfinished claim is at -1"):
        ring.publish("x", timeout=0)
    claim.abandon()
