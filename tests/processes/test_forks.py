"""A process is forked in the middle of something: what its parent has in hand stays its parent's, and the child can go on.

Rule: nothing that the child does with its copies (leaving a block, ending a loop) changes what the parent is about.
"""

import gc
import os
import sys
import threading
from collections.abc import Callable

import pytest

from disruptor import Disruptor, Subscriber, SubscriberBusy
from tests.limits import LIMIT


def forked(act: Callable[[], object]) -> int:
    """Run something in a child; return its status, 100 if it raised."""
    pid = os.fork()
    if pid == 0:
        status = 100
        try:
            act()
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def two() -> tuple[Disruptor[str], Subscriber[str]]:
    ring: Disruptor[str] = Disruptor(2, multiproc=True)
    subscriber = ring.register_subscriber(name="parent's")
    ring.publish_many(["a", "b"])
    return ring, subscriber


def test_a_child_that_leaves_its_parents_batch_ends_as_it_likes() -> None:
    _, subscriber = two()
    parent = os.getpid()
    status: int | None = None
    try:
        with subscriber.read() as batch:
            pid = os.fork()
            if pid == 0:
                sys.exit(7)  # unwinds the block
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            assert subscriber.sequence == -1
            assert list(batch) == ["a", "b"]
    except BaseException as error:
        if os.getpid() != parent:
            os._exit(7 if isinstance(error, SystemExit) else 1)
        raise
    assert status == 7
    assert subscriber.sequence == 1


@pytest.mark.parametrize("how", ["read", "for", "batches"])
def test_a_child_marks_nothing_of_its_parents(how: str) -> None:
    ring, subscriber = two()
    parent = os.getpid()
    status = []

    def fork() -> None:
        pid = os.fork()
        if pid:
            status.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

    try:
        if how == "read":
            with subscriber.read():
                fork()
        elif how == "for":
            for _ in subscriber:
                fork()
                if os.getpid() == parent:
                    break
        else:
            for _ in subscriber.batches(1):
                fork()
                if os.getpid() == parent:
                    break
    except SubscriberBusy as error:
        if os.getpid() != parent:
            os._exit(7 if "forked from" in str(error) else 8)
        raise
    finally:
        if os.getpid() != parent:
            os._exit(9)
    assert status == [7]
    assert subscriber.sequence == (1 if how == "read" else -1)
    ring._check()


def test_a_child_is_not_taken_for_the_thread_that_reads() -> None:
    ring, subscriber = two()
    waits = threading.Event()

    def free() -> None:
        assert waits.wait(LIMIT)
        while not ring._sequencer.room.sleepers.value:
            pass
        go.set()

    go = threading.Event()
    thread = threading.Thread(target=free, daemon=True)
    thread.start()
    read, write = os.pipe()
    with subscriber.read(1):
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                ring.publish("by the child")  # waits for its parent, not for itself
                status = 0
            except BaseException as error:
                os.write(write, repr(error).encode())
            finally:
                os._exit(status)
        waits.set()
        while not go.is_set() and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            pass
        assert go.is_set(), os.read(read, 1000)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    thread.join(LIMIT)
    assert ring.get(2) == "by the child"
    os.close(read)
    os.close(write)


def test_a_thread_of_a_child_is_not_taken_for_the_holder_of_its_parents_lock() -> None:
    ring: Disruptor[int] = Disruptor(1024, multiproc=True)
    taken, free = threading.Event(), threading.Event()

    def hold() -> None:
        with ring._sequencer.lock:
            taken.set()
            assert free.wait(LIMIT)

    holder = threading.Thread(target=hold)
    holder.start()
    assert taken.wait(LIMIT)
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            errors: list[BaseException] = []

            def publish() -> None:
                try:
                    for number in range(50):
                        ring.publish(number)
                except BaseException as error:
                    errors.append(error)

            # The first of them gets the stack, and the identity, of the thread that had the lock.
            threads = [threading.Thread(target=publish) for _ in range(4)]
            for thread in threads:
                thread.start()
            os.write(write, b"!")
            for thread in threads:
                thread.join(LIMIT)
            status = 0 if not errors else 2
        finally:
            os._exit(status)
    os.read(read, 1)
    free.set()
    holder.join(LIMIT)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert ring.cursor == 199
    ring._check()
    os.close(read)
    os.close(write)


def test_a_child_of_a_thread_that_is_forked_while_another_waits_goes_on() -> None:
    ring: Disruptor[str] = Disruptor(1, multiproc=True)
    subscriber = ring.register_subscriber(name="shared")
    ring.publish("a")
    blocked = threading.Thread(target=ring.publish, args=("b",))
    blocked.start()
    while not ring._sequencer.room.sleepers.value:
        pass

    def act() -> None:
        with subscriber.read(timeout=LIMIT) as batch:  # frees its parent's thread
            if list(batch) != ["a"]:
                sys.exit(3)
        if ring.wait_for(1, timeout=LIMIT) != 1:
            sys.exit(4)

    assert forked(act) == 0
    blocked.join(LIMIT)
    assert not blocked.is_alive()
    with subscriber.read(timeout=LIMIT) as batch:
        assert list(batch) == ["b"]
    ring._check()


def test_a_handle_that_is_made_anew_moves_the_same_position() -> None:
    ring, subscriber = two()
    del subscriber
    for expected in (0, 1):
        gc.collect()
        [again] = ring.subscribers
        with again.read(1):
            pass
        assert again.sequence == expected
        del again


def test_a_child_that_forgets_a_claim_of_its_parents_leaves_it_to_him() -> None:
    ring, subscriber = two()
    with subscriber.read():
        pass
    claim = [ring.claim()]

    def forget() -> None:
        claim.clear()
        gc.collect()

    assert forked(forget) == 0
    claim[0][0] = "c"
    assert [*claim[0].publish()] == [2]
    assert ring.get(2) == "c"
