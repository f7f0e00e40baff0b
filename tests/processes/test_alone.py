"""A ring between processes that one process has for itself: what does not need a second one to be seen."""

import pickle
import threading

import numpy as np
import pytest

from disruptor import Disruptor, DisruptorBroken, SelfDeadlock, SubscriberBusy, SubscriberClosed, WaitTimeout
from disruptor._sequencer import CLOSED, OPEN
from disruptor._slots import LocalSlots
from disruptor._sync import THREADS
from disruptor.shared._posix import LocalLock
from disruptor.shared._record_slots import RecordSlots
from disruptor.shared._sequencer import SharedSequencer
from disruptor.shared._slots import StructureSlots
from tests.limits import LIMIT
from tests.processes.test_formats import Pair


def two() -> tuple[Disruptor[str], SharedSequencer]:
    ring: Disruptor[str] = Disruptor(2, multiproc=True)
    sequencer = ring._sequencer
    assert isinstance(sequencer, SharedSequencer)
    return ring, sequencer


# --- claims ----------------------------------------------------------------------------------------------------


def test_who_waits_for_his_own_claim_is_told() -> None:
    ring, _ = two()
    claim = ring.claim(2)
    with claim:
        with pytest.raises(SelfDeadlock, match="this thread itself holds the claim of 0..1"):
            ring.publish("x")
        claim[0], claim[1] = "a", "b"
    assert ring.publish("c") == 2


def test_a_claim_of_the_living_stays_theirs_however_long_one_waits() -> None:
    ring, _ = two()
    claim = ring.claim()
    with pytest.raises(WaitTimeout):
        ring.wait_for(0, timeout=0.12)  # longer than anybody parks, so he has looked for the dead
    claim[0] = "a"
    assert [*claim.publish()] == [0]
    assert ring.get(0) == "a"


def test_a_claim_whose_events_cannot_be_encoded_is_abandoned() -> None:
    ring, sequencer = two()
    claim = ring.claim()
    claim[0] = "x" * 1000
    with pytest.raises(ValueError, match="does not fit into a slot of 256"):
        claim.publish()
    assert not claim.open
    assert ring.cursor == 0
    assert [*sequencer.voids] == [0]
    assert len(sequencer.voids) == 1


# --- the lock, and turns ---------------------------------------------------------------------------------------


def test_a_lock_that_another_thread_holds_is_not_had_at_once() -> None:
    ring, sequencer = two()
    had: list[bool] = []
    with sequencer.lock:
        thread = threading.Thread(target=lambda: had.append(sequencer.lock.acquire(False)))
        thread.start()
        thread.join(LIMIT)
        assert sequencer.news.asleep() == sequencer.room.asleep() == 0
    assert had == [False]
    assert ring.publish("a") == 0


def test_an_interrupt_before_the_lock_is_taken_leaves_it_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    ring, sequencer = two()

    def struck(self: LocalLock, blocking: bool = True, timeout: float = -1) -> bool:
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(LocalLock, "acquire", struck)
    with pytest.raises(KeyboardInterrupt):
        sequencer.lock.acquire()
    assert not sequencer.lock.locked()
    assert ring.publish("a") == 0


def test_a_second_reader_is_refused_and_one_of_a_removed_subscriber_too() -> None:
    ring, _ = two()
    subscriber = ring.register_subscriber(name="reader")
    ring.publish("a")
    with subscriber.read():
        assert subscriber._turn.locked()
        with pytest.raises(SubscriberBusy, match="'reader' is being read"), subscriber.read():
            pass
    assert not subscriber._turn.locked()
    with subscriber._turn as taken:
        assert taken
    subscriber.close()
    with pytest.raises(SubscriberClosed), subscriber.read():
        pass
    assert not subscriber._turn.locked()


# --- ends, and new beginnings ----------------------------------------------------------------------------------


def test_a_ring_that_was_halted_is_started_again() -> None:
    ring, sequencer = two()
    ring.halt()
    ring.start()
    assert sequencer._starting.value == 0
    assert ring.publish("a") == 0


@pytest.mark.parametrize("dead", [1, 99])
def test_who_dies_while_he_starts_a_ring_again_has_started_it(dead: int) -> None:
    ring, sequencer = two()
    ring.close()
    sequencer._starting.value = 1
    sequencer.lock._busy.value = dead  # type: ignore[attr-defined]  # it is one between processes
    with sequencer.lock:
        assert sequencer.phase.value == OPEN
    assert ring.publish("a") == 0
    ring._check()


def test_who_dies_while_he_says_that_somebody_has_failed_has_said_it() -> None:
    ring, sequencer = two()
    subscriber = ring.register_subscriber()
    subscriber._gate.failed.value = 1
    sequencer.lock._busy.value = 99  # type: ignore[attr-defined]  # it is one between processes
    with sequencer.lock:
        assert sequencer.phase.value == CLOSED
    with pytest.raises(DisruptorBroken):
        ring.publish("a")
    ring._check()


# --- handles ---------------------------------------------------------------------------------------------------


def test_each_of_several_subscribers_is_found_again() -> None:
    ring, _ = two()
    first, second = ring.register_subscriber(), ring.register_subscriber()
    again = pickle.loads(pickle.dumps((second, first)))
    assert (again[0] is second, again[1] is first) == (True, True)
    raw = pickle.dumps(second)
    second.close()
    with pytest.raises(SubscriberClosed, match="was removed from its ring on its way to this process"):
        pickle.loads(raw)


# --- slots -----------------------------------------------------------------------------------------------------


def test_what_lies_in_its_slot_is_neither_encoded_nor_decoded() -> None:
    memory = memoryview(bytearray(64))
    pairs = StructureSlots(4, 8, memory, Pair, lambda sequence: False)
    records = RecordSlots(4, 8, memory, np.dtype("i8"), lambda sequence: False)
    texts: LocalSlots[str] = LocalSlots(1, None, THREADS)
    pair, record = Pair(1, 2), records.at(0)
    assert pairs.encode(pair) is pair
    assert pairs.decode([pair])[0] is pair
    assert records.encode(record) is record
    assert records.decode([record])[0] is record
    assert (texts.encode("a"), texts.decode(["a"])) == ("a", ["a"])


def test_a_record_that_is_got_is_a_copy_and_one_after_a_void_is_zeros_again() -> None:
    ring: Disruptor[np.void] = Disruptor(4, np.dtype([("x", "i4")]), multiproc=True)  # type: ignore[arg-type]  # a dtype makes records
    subscriber = ring.register_subscriber()
    for number in range(1, 5):
        claim = ring.claim()
        claim.arrays[0]["x"] = number
        if number == 2:
            claim.abandon()
        else:
            claim.publish()
    found = ring.get(0)
    assert found["x"] == 1
    with subscriber.read() as batch:
        assert [array["x"].tolist() for array in batch.arrays] == [[1], [3, 4]]  # neighbours are one slice
    with ring.claim(2) as following:
        assert [int(record["x"]) for record in following] == [1, 0]
        following.arrays[0]["x"] = 7
    assert (ring.get(4)["x"], ring.get(5)["x"], found["x"]) == (7, 7, 1)


# --- places to sleep -------------------------------------------------------------------------------------------


def test_who_finds_no_place_waits_without_one_and_leaves_the_others_theirs() -> None:
    ring, sequencer = two()
    waiters = sequencer.news._waiters  # type: ignore[attr-defined]  # it is one between processes
    taken = [1, 0] * (len(waiters) // 2)  # by living sleepers, for nothing
    for at, word in enumerate(taken):
        waiters[at] = word
    with pytest.raises(WaitTimeout):
        ring.wait_for(0, timeout=0.01)
    assert [*waiters] == taken
    assert ring.publish("a") == 0
