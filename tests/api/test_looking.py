"""Looking: snapshots that never wait and never change anything; what things look like; errors; copies."""

import copy
import pickle
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

import disruptor
from disruptor import INITIAL, Disruptor, DisruptorClosed, DisruptorError, EventFactory, InvalidType, Start
from disruptor._override import override
from tests.api.scripted import Scripted
from tests.api.snapshot import snapshot

Ring = Disruptor[Any]


def empty() -> Ring:
    return Disruptor(4, runtime=Scripted())


def with_an_unfinished_claim() -> Ring:
    ring = full()
    ring.subscribers[0].update_sequence(1)
    KEPT.append(ring.claim(2))
    return ring


def full() -> Ring:
    ring = empty()
    ring.register_subscriber(name="slow")
    ring.register_subscriber(name="behind", after=ring.subscribers[0])
    ring.publish_many("ab")
    ring.claim().abandon()
    ring.publish("d")
    ring.subscribers[0].update_sequence(1)
    ring.subscribers[1].update_sequence(1)
    return ring


def closed() -> Ring:
    ring = full()
    ring.close()
    return ring


def halted() -> Ring:
    ring = full()
    ring.halt()
    return ring


def broken() -> Ring:
    ring = full()
    ring.fail_subscriber(ring.subscribers[0], ValueError())
    return ring


KEPT: list[object] = []
"""Claims that are not to be forgotten, for they would be abandoned."""

RINGS = [empty, full, with_an_unfinished_claim, closed, halted]

LOOKS: dict[str, Callable[[Ring], object]] = {
    "capacity": lambda ring: ring.capacity,
    "cursor": lambda ring: ring.cursor,
    "claimed": lambda ring: ring.claimed,
    "remaining_capacity": lambda ring: ring.remaining_capacity,
    "has_available_capacity": lambda ring: [ring.has_available_capacity(n) for n in range(1, 5)],
    "subscribers": lambda ring: ring.subscribers,
    "closed": lambda ring: ring.closed,
    "halted": lambda ring: ring.halted,
    "sequence": lambda ring: [subscriber.sequence for subscriber in ring.subscribers],
    "lag": lambda ring: [subscriber.lag for subscriber in ring.subscribers],
    "name": lambda ring: [subscriber.name for subscriber in ring.subscribers],
    "after": lambda ring: [subscriber.after for subscriber in ring.subscribers],
    "closed subscribers": lambda ring: [subscriber.closed for subscriber in ring.subscribers],
    "repr": lambda ring: [repr(ring), *map(repr, ring.subscribers)],
    "getCursor": lambda ring: ring.getCursor(),
    "get": lambda ring: ring.get(3) if ring.cursor >= 3 else None,
}


@pytest.mark.parametrize("make", RINGS)
@pytest.mark.parametrize("name", LOOKS)
def test_looking_changes_nothing_and_shows_the_same_again(name: str, make: Callable[[], Ring]) -> None:
    ring = make()
    before = snapshot(ring)
    first = LOOKS[name](ring)
    assert LOOKS[name](ring) == first
    assert snapshot(ring) == before


@pytest.mark.parametrize("make", RINGS)
@pytest.mark.parametrize("name", LOOKS)
def test_looking_does_not_wait_for_whoever_holds_the_lock(name: str, make: Callable[[], Ring]) -> None:
    ring = make()
    with ring._sequencer.lock:  # the scripted lock fails at whoever waits for it
        LOOKS[name](ring)


@pytest.mark.parametrize("make", RINGS)
def test_remaining_capacity_is_what_can_be_claimed_at_once(make: Callable[[], Ring]) -> None:
    ring = make()
    left = ring.remaining_capacity
    assert [ring.has_available_capacity(n) for n in range(1, 5)] == [n <= left for n in range(1, 5)]
    if ring.closed:
        return
    with pytest.raises(TimeoutError):
        for _ in range(left + 1):
            KEPT.append(ring.claim(timeout=0))
    assert ring.remaining_capacity == 0


def test_lag_is_what_is_published_and_not_yet_processed() -> None:
    ring = full()
    slow, behind = ring.subscribers
    assert (slow.lag, behind.lag) == (2, 2)
    slow.update_sequence(3)
    assert (slow.lag, behind.lag) == (0, 2)
    assert ring.register_subscriber(start=9).lag == 0


@pytest.mark.parametrize("published", [0, 1, 3, 4, 9])
def test_every_number_that_is_shown_is_an_int(published: int) -> None:
    ring: Ring = Disruptor(4)
    reader = ring.register_subscriber()
    for k in range(published):
        assert type(ring.publish(k)) is int
        reader.update_sequence(k)
    for number in (
        ring.capacity,
        ring.cursor,
        ring.claimed,
        ring.remaining_capacity,
        reader.sequence,
        reader.lag,
        INITIAL,
    ):
        assert type(number) is int


# --- what things look like -----------------------------------------------------------------------------------

REPRS: dict[str, tuple[Callable[[], object], str]] = {
    "a ring": (empty, "<Disruptor of 4, by value, open: published -1, claimed -1, 0 subscribers>"),
    "a full ring": (full, "<Disruptor of 4, by value, open: published 3, claimed 3, 2 subscribers>"),
    "an unfinished claim": (
        with_an_unfinished_claim,
        "<Disruptor of 4, by value, open: published 3, claimed 5, 2 subscribers>",
    ),
    "a ring in place": (
        lambda: Disruptor(1, list),
        "<Disruptor of 1, in place, open: published -1, claimed -1, 0 subscribers>",
    ),
    "a closed ring": (closed, "<Disruptor of 4, by value, closed: published 3, claimed 3, 2 subscribers>"),
    "a halted ring": (halted, "<Disruptor of 4, by value, halted: published 3, claimed 3, 2 subscribers>"),
    "a broken ring": (broken, "<Disruptor of 4, by value, broken: published 3, claimed 3, 2 subscribers>"),
    "a subscriber": (lambda: full().subscribers[0], "<Subscriber 'slow' at 1, 2 behind>"),
    "one after it": (lambda: full().subscribers[1], "<Subscriber 'behind' after 'slow' at 1, 2 behind>"),
    "an open claim": (lambda: empty().claim(3), "<Claim of 0..2, open>"),
    "a batch": (lambda: full().subscribers[0].read().__enter__(), "<Batch of 1, sequences 3..3>"),
    "a start": (lambda: Start.LATEST, "<Start.LATEST: 'latest'>"),
}


@pytest.mark.parametrize("name", REPRS)
def test_a_repr_says_what_one_wants_to_know(name: str) -> None:
    make, text = REPRS[name]
    assert repr(make()) == text


# --- errors --------------------------------------------------------------------------------------------------

TWINS: dict[str, type[Exception]] = {
    "InvalidValue": ValueError,
    "InvalidType": TypeError,
    "Unsupported": NotImplementedError,
    "InsufficientCapacity": TimeoutError,
    "WaitTimeout": TimeoutError,
    "DisruptorBroken": RuntimeError,
    "DisruptorClosed": RuntimeError,
    "SubscriberClosed": RuntimeError,
    "SubscriberBusy": RuntimeError,
    "SecondProducer": RuntimeError,
    "SelfDeadlock": RuntimeError,
    "ClaimClosed": RuntimeError,
    "SequenceNotFound": LookupError,
    "OutdatedSequence": LookupError,
    "SequenceVoid": LookupError,
    "RingNotFound": FileNotFoundError,
    "RingMismatch": ValueError,
    "SharedMemoryError": OSError,
    "SubscriberDied": RuntimeError,
}


def public_errors() -> set[str]:
    things = {name: getattr(disruptor, name) for name in disruptor.__all__}
    return {name for name, thing in things.items() if isinstance(thing, type) and issubclass(thing, Exception)}


def test_the_table_of_errors_is_complete() -> None:
    assert public_errors() == {*TWINS, "DisruptorError"}


@pytest.mark.parametrize("name", TWINS)
def test_each_error_has_one_base_and_the_builtin_that_a_user_would_catch(name: str) -> None:
    error = getattr(disruptor, name)
    own = (DisruptorClosed,) if name == "DisruptorBroken" else (DisruptorError, TWINS[name])
    assert error.__bases__ == own
    assert DisruptorError.__bases__ == (Exception,)
    again = pickle.loads(pickle.dumps(error("why")))
    assert (type(again), str(again)) == (error, "why")


# --- copies --------------------------------------------------------------------------------------------------


def ring_to_copy() -> object:
    return Disruptor(4)


def subscriber_to_copy() -> object:
    return Disruptor(4).register_subscriber()


def claim_to_copy() -> object:
    return Disruptor(4).claim()


@pytest.mark.parametrize("make", [ring_to_copy, subscriber_to_copy, claim_to_copy])
@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, pickle.dumps])
def test_what_lives_in_one_process_is_neither_copied_nor_pickled(
    make: Callable[[], object], how: Callable[[object], object]
) -> None:
    one = make()
    with pytest.raises(
        InvalidType, match="lives in one process, and once: it can be neither copied nor pickled"
    ) as caught:
        how(one)
    assert isinstance(one, Disruptor) or str(caught.value).startswith(repr(one))


def test_an_event_that_was_published_is_never_void_afterwards() -> None:
    ring: Ring = Disruptor(4)
    claim = ring.claim()
    with suppress(TypeError):
        copy.copy(claim)  # forgotten at once
    claim[0] = "a"
    claim.publish()
    assert ring.get(0) == "a"


def test_rings_subscribers_and_claims_can_be_referred_to_weakly_and_are_not_kept() -> None:
    ring: Ring = Disruptor(4)
    reader, claim = ring.register_subscriber(), ring.claim()
    assert {weakref.ref(ring)(), weakref.ref(reader)()} == {ring, reader}
    assert weakref.ref(claim)() is claim
    reader.close()
    gone = weakref.ref(reader)
    del reader
    assert gone() is None


def test_nothing_can_be_added_to_a_ring_by_a_slip_of_the_keyboard() -> None:
    ring = empty()
    with pytest.raises(AttributeError):
        ring.cursr = 3  # type: ignore[attr-defined]  # on purpose
    for name in ("cursor", "claimed", "capacity", "closed", "subscribers"):
        with pytest.raises(AttributeError):
            setattr(ring, name, 3)


# --- names of the first version ------------------------------------------------------------------------------


def test_the_spellings_of_the_first_version_are_the_same_functions() -> None:
    spellings = {
        "registerSubscriber": "register_subscriber",
        "removeSubscriber": "remove_subscriber",
        "waitFor": "wait_for",
    }
    for first, now in spellings.items():
        assert getattr(Disruptor, first) is getattr(Disruptor, now)
    assert empty().getCursor() == INITIAL


def test_an_event_factory_has_to_say_how_it_gets_and_sets() -> None:
    class Half(EventFactory[int]):
        @override
        def get(self) -> int:
            return 0

    with pytest.raises(TypeError, match="set"):
        Half()  # type: ignore[abstract]  # on purpose
