"""Publishing, one sentence of the specification a test."""

import gc

import pytest

from disruptor import Disruptor, EventFactory, InsufficientCapacity, SequenceVoid
from disruptor._override import override


def test_a_factory_is_called_once_a_slot() -> None:
    made: list[object] = []

    def factory() -> object:
        made.append(object())
        return made[-1]

    ring = Disruptor(4, factory)
    assert len(made) == 4
    for lap in range(3):
        for slot in range(4):
            ring.publish_event(lambda event, sequence: None)
            assert ring.get(4 * lap + slot) is made[slot]
    assert len(made) == 4


def test_publish_returns_the_sequence() -> None:
    ring: Disruptor[str] = Disruptor(4)
    assert [ring.publish(word) for word in "abc"] == [0, 1, 2]


def test_publish_many_takes_any_sized_iterable_and_returns_a_range() -> None:
    ring: Disruptor[str] = Disruptor(8)
    assert ring.publish_many(["a", "b"]) == range(2)
    assert ring.publish_many(("c",)) == range(2, 3)
    assert ring.publish_many({"d": 1, "e": 2}.keys()) == range(3, 5)
    assert ring.publish_many("fgh") == range(5, 8)
    assert [ring.get(s) for s in range(8)] == list("abcdefgh")


def test_publish_many_goes_around_the_end_of_the_ring() -> None:
    ring: Disruptor[int] = Disruptor(4)
    ring.publish_many([0, 1, 2])
    subscriber = ring.register_subscriber(start=3)
    assert ring.publish_many([3, 4, 5, 6]) == range(3, 7)
    with subscriber.read() as batch:
        assert list(batch) == [3, 4, 5, 6]
        assert batch.sequences == range(3, 7)


def test_publish_many_is_all_or_nothing() -> None:
    ring: Disruptor[int] = Disruptor(4)
    ring.register_subscriber()
    ring.publish_many([0, 1, 2])
    with pytest.raises(InsufficientCapacity):
        ring.publish_many([3, 4], timeout=0)
    assert (ring.claimed, ring.cursor) == (2, 2)


def test_a_translator_gets_the_event_and_its_sequence() -> None:
    ring: Disruptor[list[int]] = Disruptor(2, list)
    seen: list[int] = []
    ring.publish_event(lambda event, sequence: seen.append(sequence))
    ring.publish_event(lambda event, sequence: seen.append(sequence))
    assert seen == [0, 1]


def test_a_translator_that_raises_leaves_a_void_that_nobody_sees() -> None:
    ring: Disruptor[list[str]] = Disruptor(2, list)
    subscriber = ring.register_subscriber()

    def half(event: list[str], sequence: int) -> None:
        event.append("half")
        raise OSError("the other half is missing")

    with pytest.raises(OSError, match="the other half"):
        ring.publish_event(half)
    assert (ring.cursor, ring.claimed) == (0, 0)
    with pytest.raises(SequenceVoid, match="sequence 0 is void"):
        ring.get(0)
    ring.publish_event(lambda event, sequence: event.append("whole"))
    ring.close()
    assert list(subscriber) == [["whole"]]


def test_the_factory_makes_a_fresh_event_for_the_slot_of_a_void() -> None:
    ring: Disruptor[list[str]] = Disruptor(1, list)

    def half(event: list[str], sequence: int) -> None:
        event.append("half")
        raise OSError

    with pytest.raises(OSError):
        ring.publish_event(half)
    ring.publish_event(lambda event, sequence: event.append("whole"))
    assert ring.get(1) == ["whole"]


def test_a_factory_that_raises_then_voids_that_claim_too_and_is_asked_again() -> None:
    fail: list[bool] = []

    def factory() -> list[str]:
        if fail:
            raise MemoryError("no event")
        return []

    ring: Disruptor[list[str]] = Disruptor(1, factory)
    with pytest.raises(ZeroDivisionError):
        ring.publish_event(lambda event, sequence: 1 // 0)
    fail.append(True)
    with pytest.raises(MemoryError):
        ring.publish_event(lambda event, sequence: event.append("lost"))
    assert (ring.cursor, ring.claimed) == (1, 1)
    fail.clear()
    ring.publish_event(lambda event, sequence: event.append("whole"))
    assert ring.get(2) == ["whole"]
    ring._check()


def test_leaving_a_claim_publishes_and_leaving_it_by_an_exception_voids() -> None:
    ring: Disruptor[str] = Disruptor(4)
    with ring.claim(2) as claim:
        claim[0], claim[1] = "a", "b"
        assert (claim.sequences, claim.open, len(claim), list(claim)) == (range(2), True, 2, ["a", "b"])
        assert (ring.claimed, ring.cursor) == (1, -1)
    assert ring.cursor == 1
    with pytest.raises(OSError), ring.claim() as claim:
        claim[0] = "c"
        raise OSError
    assert ring.cursor == 2
    with pytest.raises(SequenceVoid):
        ring.get(2)


def test_claims_may_be_published_in_any_order_and_the_cursor_only_moves_over_a_contiguous_run() -> None:
    ring: Disruptor[str] = Disruptor(4)
    claims = [ring.claim() for _ in range(4)]
    for claim, word in zip(claims, "abcd", strict=True):
        claim[0] = word
    cursors = []
    for k in (1, 3, 0, 2):
        claims[k].publish()
        cursors.append(ring.cursor)
        ring._check()
    assert cursors == [-1, -1, 1, 3]
    assert [ring.get(s) for s in range(4)] == list("abcd")


def test_a_claim_may_be_published_or_abandoned_within_its_block() -> None:
    ring: Disruptor[str] = Disruptor(4)
    with ring.claim() as claim:
        claim[0] = "a"
        assert claim.publish() == range(1)
    with ring.claim() as claim:
        claim.abandon()
    assert (ring.cursor, ring.claimed) == (1, 1)


def test_a_claim_that_is_forgotten_is_abandoned() -> None:
    ring: Disruptor[str] = Disruptor(4)
    claim = ring.claim()
    ring.publish("b")
    assert ring.cursor == -1
    del claim
    gc.collect()
    assert ring.cursor == 1
    ring._check()


def test_a_claim_in_place_holds_the_rings_own_objects() -> None:
    ring: Disruptor[list[int]] = Disruptor(4, list)
    with ring.claim(2) as claim:
        claim[0].append(1)
        assert list(claim[0:2]) == [[1], []]
    assert ring.get(0) == [1]


def test_without_subscribers_the_ring_overwrites_but_never_what_is_held() -> None:
    ring: Disruptor[int] = Disruptor(2)
    for k in range(10):
        ring.publish(k)
    claim = ring.claim()
    ring.publish(11)
    with pytest.raises(InsufficientCapacity, match="an unfinished claim is at 9"):
        ring.publish(12, timeout=0)
    claim.abandon()
    assert ring.publish(12) == 12


class Finalised:
    """An event that publishes when it is thrown away."""

    def __init__(self, ring: "Disruptor[object]") -> None:
        self.ring = ring

    def __del__(self) -> None:
        self.ring.publish("last words", timeout=0)


def test_a_replaced_events_finaliser_may_use_the_ring() -> None:
    ring: Disruptor[object] = Disruptor(2)
    ring.publish(Finalised(ring))
    ring.publish("b")
    ring.publish("c")
    assert [ring.get(2), ring.get(3)] == ["c", "last words"]
    ring.publish_many([Finalised(ring), "e"])
    ring.publish_many(["f", "g"])
    assert ring.get(ring.cursor) == "last words"
    with ring.claim() as claim:
        claim[0] = Finalised(ring)
    with ring.claim(2) as claim:
        claim[0], claim[1] = "h", "i"
    assert ring.get(ring.cursor) == "last words"


def test_an_interrupt_within_publish_voids_and_the_ring_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    ring: Disruptor[str] = Disruptor(2)
    subscriber = ring.register_subscriber()
    put = type(ring._slots).put

    def interrupted(*arguments: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(ring._slots), "put", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ring.publish("a")
    monkeypatch.setattr(type(ring._slots), "put", put)
    ring._check()
    assert (ring.cursor, ring.claimed) == (0, 0)
    assert ring.publish("b") == 1
    ring.close()
    assert list(subscriber) == ["b"]


class Money(EventFactory[int]):
    """An event as in the first version of the library."""

    def __init__(self) -> None:
        self.value = 0

    @override
    def get(self) -> int:
        return self.value

    @override
    def set(self, value: int) -> None:
        self.value = value


def test_an_event_factory_is_a_base_for_events_in_place() -> None:
    ring = Disruptor(4, Money)
    ring.publish_event(lambda event, sequence: event.set(5))
    assert ring.get(0).get() == 5
    with pytest.raises(TypeError):
        EventFactory()  # type: ignore[abstract]  # on purpose
