"""What each call does on a ring that is open, closed and halted: one table, and what closing means for calls under way."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from disruptor import Disruptor, DisruptorClosed, Start, Subscriber
from tests.api.snapshot import snapshot

CLOSED = DisruptorClosed
END = "end"


class Scene:
    """A ring of 8 with events a, b at 0, 1, an unfinished claim of 2, event d at 3; `reader` has processed a."""

    def __init__(self) -> None:
        self.ring: Disruptor[str] = Disruptor(8)
        self.reader: Subscriber[str] = self.ring.register_subscriber(name="reader")
        self.ring.publish_many("ab")
        self.claim = self.ring.claim()
        self.claim[0] = "c"
        self.ring.publish("d")
        self.reader.update_sequence(0)

    def read(self) -> list[str]:
        with self.reader.read(timeout=0) as batch:
            return list(batch)


def then(act: Callable[[Scene], object], look: Callable[[Scene], object]) -> Callable[[Scene], object]:
    """Return the call of `act`, with what `look` sees afterwards as its answer."""

    def call(scene: Scene) -> object:
        act(scene)
        return look(scene)

    return call


class Line(NamedTuple):
    """What a call gives on an open, a closed and a halted ring."""

    call: Callable[[Scene], object]
    open: object
    closed: object
    halted: object


LINES: dict[str, Line] = {
    "publish": Line(lambda s: s.ring.publish("e", timeout=0), 4, CLOSED, CLOSED),
    "publish_many": Line(lambda s: s.ring.publish_many("ef", timeout=0), range(4, 6), CLOSED, CLOSED),
    "publish_many of nothing": Line(lambda s: s.ring.publish_many("", timeout=0), range(0), range(0), range(0)),
    "claim": Line(lambda s: s.ring.claim(timeout=0).sequences, range(4, 5), CLOSED, CLOSED),
    "publish a held claim": Line(then(lambda s: s.claim.publish(), lambda s: s.ring.cursor), 3, 3, 3),
    "abandon a held claim": Line(then(lambda s: s.claim.abandon(), lambda s: s.ring.cursor), 3, 3, 3),
    "wait_for what is published": Line(lambda s: s.ring.wait_for(0, timeout=0), 0, 0, CLOSED),
    "wait_for what is held": Line(lambda s: s.ring.wait_for(2, timeout=0), TimeoutError, TimeoutError, CLOSED),
    "wait_for what never comes": Line(lambda s: s.ring.wait_for(4, timeout=0), TimeoutError, CLOSED, CLOSED),
    "reader waits for what is published": Line(lambda s: s.reader.wait_for(1, timeout=0), 1, 1, CLOSED),
    "reader waits for what is held": Line(
        lambda s: s.reader.wait_for(2, timeout=0), TimeoutError, TimeoutError, CLOSED
    ),
    "reader waits for what never comes": Line(lambda s: s.reader.wait_for(4, timeout=0), TimeoutError, CLOSED, CLOSED),
    "read": Line(Scene.read, ["b"], ["b"], CLOSED),
    "ask a loop": Line(lambda s: next(iter(s.reader)), "b", "b", CLOSED),
    "ask a loop by batch": Line(lambda s: list(next(s.reader.batches())), ["b"], ["b"], CLOSED),
    "get": Line(lambda s: s.ring.get(1), "b", "b", "b"),
    "get what is held": Line(lambda s: s.ring.get(2), LookupError, LookupError, LookupError),
    "mark": Line(then(lambda s: s.reader.update_sequence(1), lambda s: s.reader.sequence), 1, 1, 1),
    "mark too much": Line(lambda s: s.reader.update_sequence(2), ValueError, ValueError, ValueError),
    "join": Line(lambda s: s.ring.register_subscriber().sequence, -1, -1, CLOSED),
    "join late": Line(lambda s: s.ring.register_subscriber(start=Start.LATEST).sequence, 1, 1, CLOSED),
    "join in the future": Line(lambda s: s.ring.register_subscriber(start=9).sequence, 8, 8, CLOSED),
    "leave": Line(then(lambda s: s.reader.close(), lambda s: s.ring.subscribers), (), (), ()),
    "close": Line(then(lambda s: s.ring.close(), lambda s: s.ring.closed), True, True, True),
    "halt": Line(then(lambda s: s.ring.halt(), lambda s: s.ring.halted), True, True, True),
    "halted": Line(lambda s: s.ring.halted, False, False, True),
    "closed": Line(lambda s: s.ring.closed, False, True, True),
}


@pytest.mark.parametrize("phase", ["open", "closed", "halted"])
@pytest.mark.parametrize("name", LINES)
def test_what_a_call_does_in_each_phase(name: str, phase: str) -> None:
    scene, line = Scene(), LINES[name]
    if phase != "open":
        getattr(scene.ring, {"closed": "close", "halted": "halt"}[phase])()
    expected = {"open": line.open, "closed": line.closed, "halted": line.halted}[phase]
    if not isinstance(expected, type):
        assert line.call(scene) == expected
    else:
        before = snapshot(scene.ring)
        with pytest.raises(expected):
            line.call(scene)
        assert snapshot(scene.ring) == before
    scene.ring._check()


def test_closing_is_for_good() -> None:
    for ends, halted in ((["close", "close"], False), (["close", "halt"], True), (["halt", "close"], True)):
        ring: Disruptor[str] = Disruptor(2)
        for end in ends:
            getattr(ring, end)()
        assert (ring.closed, ring.halted) == (True, halted)


def test_the_error_of_a_closed_ring_says_which_and_where_it_ended() -> None:
    ring: Disruptor[str] = Disruptor(2)
    ring.publish_many("ab")
    ring.close()
    with pytest.raises(DisruptorClosed, match="the ring is closed: no new claims after sequence 1"):
        ring.publish("c")
    with pytest.raises(DisruptorClosed, match="the ring is closed: its last sequence is 1, not 2"):
        ring.wait_for(2)
    ring.halt()
    with pytest.raises(DisruptorClosed, match="the ring is halted: no new claims after sequence 1"):
        ring.publish("c")


def test_whoever_keeps_reading_a_closed_ring_gets_everything() -> None:
    scene = Scene()
    behind = scene.ring.register_subscriber(after=scene.reader)
    scene.ring.close()
    scene.claim.publish()
    late = scene.ring.register_subscriber()
    assert [list(scene.reader), list(behind), list(late)] == [[*"bcd"], [*"abcd"], [*"abcd"]]


def test_voids_behind_the_last_event_of_a_closed_ring_hold_nobody_up() -> None:
    scene = Scene()
    last = scene.ring.claim(2)
    scene.ring.close()
    last.abandon()
    scene.claim.abandon()
    loop = iter(scene.reader)
    assert [next(loop), next(loop), next(loop, END)] == ["b", "d", END]
    assert scene.reader.sequence == 5


def test_a_loop_may_close_the_ring_that_it_reads() -> None:
    scene = Scene()
    scene.claim.publish()
    received = []
    for event in scene.reader:
        scene.ring.close()
        received.append(event)
    assert received == ["b", "c", "d"]


def test_a_loop_that_halts_the_ring_that_it_reads_is_told() -> None:
    scene = Scene()
    scene.claim.publish()
    received = []
    with pytest.raises(DisruptorClosed, match="halted"):
        for event in scene.reader:
            scene.ring.halt()
            received.append(event)
    assert received == ["b"]
    assert scene.reader.sequence == 1  # it had asked for the next: "b" was processed


def test_a_block_that_is_halted_meanwhile_still_marks_its_batch() -> None:
    scene = Scene()
    with scene.reader.read() as batch:
        scene.ring.halt()
    assert scene.reader.sequence == batch.end == 1


def test_a_block_that_closes_its_ring_is_left_quietly() -> None:
    for end, halted in (("close", False), ("halt", True)):
        with Disruptor[str](2) as ring:
            getattr(ring, end)()
        assert (ring.closed, ring.halted) == (True, halted)


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, SystemExit])
def test_a_block_that_an_exception_ends_halts_its_ring(error: type[BaseException]) -> None:
    with pytest.raises(error), Disruptor[str](2) as ring:
        ring.publish("a")
        raise error
    assert ring.halted
    assert ring.get(0) == "a"


def test_a_claim_whose_block_ends_after_the_ring_was_closed_or_halted_is_published() -> None:
    for end in ("close", "halt"):
        ring: Disruptor[str] = Disruptor(2)
        with ring.claim() as claim:
            getattr(ring, end)()
            claim[0] = "a"
        assert (ring.cursor, ring.get(0)) == (0, "a")


def test_a_block_of_a_closed_ring_ends_as_it_began() -> None:
    ring: Disruptor[str] = Disruptor(2)
    ring.close()
    with ring:
        assert ring.closed
    assert ring.closed
