"""The rows of `waits.py` that are like no other: unfinished claims, the end of a closed ring, upstreams."""

from contextlib import suppress

from disruptor import Disruptor, DisruptorClosed, InsufficientCapacity, Subscriber, WaitTimeout
from disruptor._sync import Runtime
from tests.api.waits import ROWS as ROWS
from tests.api.waits import Wait, drained, full, read, read_one, row

# --- causes that are not the next event --------------------------------------------------------------------


@row
def wait_for_of_the_ring_until_a_void(runtime: Runtime) -> Wait:
    ring, _ = drained(runtime)
    claim = ring.claim()
    return Wait(ring, lambda timeout: ring.wait_for(2, timeout), claim.abandon, 2, WaitTimeout)


@row
def wait_for_of_a_subscriber_until_a_claim_below_is_abandoned(runtime: Runtime) -> Wait:
    ring, idle = drained(runtime)
    claim = ring.claim()
    ring.publish("d")
    return Wait(ring, lambda timeout: idle.wait_for(2, timeout), claim.abandon, 3, WaitTimeout)


@row
def read_until_a_claim_below_is_published(runtime: Runtime) -> Wait:
    ring, idle = drained(runtime)
    claim = ring.claim()
    claim[0] = "c"
    ring.publish("d")
    return Wait(
        ring, lambda timeout: list(idle.read(timeout=timeout).__enter__()), claim.publish, ["c", "d"], WaitTimeout
    )


@row
def a_loop_until_the_last_claim_of_a_closed_ring_is_abandoned(runtime: Runtime) -> Wait:
    ring, idle = drained(runtime)
    claim = ring.claim()
    ring.close()
    return Wait(ring, lambda timeout: list(idle), claim.abandon, [], None)


@row
def a_loop_until_the_last_claim_of_a_closed_ring_is_published(runtime: Runtime) -> Wait:
    ring, idle = drained(runtime)
    claim = ring.claim()
    claim[0] = "c"
    ring.close()
    return Wait(ring, lambda timeout: list(idle), claim.publish, ["c"], None)


@row
def read_until_the_last_claim_of_a_closed_ring_is_abandoned(runtime: Runtime) -> Wait:
    ring, idle = drained(runtime)
    claim = ring.claim()
    ring.close()
    return Wait(
        ring, lambda timeout: idle.read(timeout=timeout).__enter__(), claim.abandon, DisruptorClosed, WaitTimeout
    )


@row
def publish_until_a_claim_below_is_abandoned(runtime: Runtime) -> Wait:
    ring: Disruptor[str] = Disruptor(2, runtime=runtime)
    claim = ring.claim(2)
    return Wait(ring, lambda timeout: ring.publish("c", timeout=timeout), claim.abandon, 2, InsufficientCapacity)


@row
def publish_until_a_claim_below_is_published(runtime: Runtime) -> Wait:
    ring: Disruptor[str] = Disruptor(1, runtime=runtime)
    claim = ring.claim()
    claim[0] = "a"
    return Wait(ring, lambda timeout: ring.publish("b", timeout=timeout), claim.publish, 1, InsufficientCapacity)


@row
def publish_until_a_claim_is_forgotten(runtime: Runtime) -> Wait:
    ring: Disruptor[str] = Disruptor(1, runtime=runtime)
    claims = [ring.claim()]
    return Wait(ring, lambda timeout: ring.publish("b", timeout=timeout), claims.clear, 1, InsufficientCapacity)


@row
def a_claim_of_two_until_there_is_room_for_both(runtime: Runtime) -> Wait:
    ring, slow = full(runtime)
    return Wait(
        ring,
        lambda timeout: ring.claim(2, timeout=timeout).sequences,
        lambda: slow.update_sequence(1),
        range(2, 4),
        InsufficientCapacity,
    )


# --- upstreams ---------------------------------------------------------------------------------------------


def chain(runtime: Runtime) -> tuple[Disruptor[str], Subscriber[str], Subscriber[str]]:
    """Return a ring with two events, which neither `first` nor `second`, after it, has processed."""
    ring: Disruptor[str] = Disruptor(4, runtime=runtime)
    first = ring.register_subscriber(name="first")
    second = ring.register_subscriber(name="second", after=first)
    ring.publish_many("ab")
    return ring, first, second


@row
def wait_for_of_a_subscriber_until_its_upstream_marks(runtime: Runtime) -> Wait:
    ring, first, second = chain(runtime)
    return Wait(ring, lambda timeout: second.wait_for(0, timeout), lambda: first.update_sequence(0), 0, WaitTimeout)


@row
def read_until_its_upstream_ends_its_block(runtime: Runtime) -> Wait:
    ring, first, second = chain(runtime)
    return Wait(
        ring,
        lambda timeout: list(second.read(timeout=timeout).__enter__()),
        lambda: read(first),
        ["a", "b"],
        WaitTimeout,
    )


@row
def a_loop_until_its_upstream_asks_for_its_next_event(runtime: Runtime) -> Wait:
    ring, first, second = chain(runtime)
    return Wait(ring, lambda timeout: next(iter(second)), lambda: read_one(first), "a", None)


@row
def read_until_the_slower_of_two_upstreams_marks(runtime: Runtime) -> Wait:
    ring, first, _ = chain(runtime)
    other = ring.register_subscriber(name="other")
    last = ring.register_subscriber(name="last", after=(first, other))
    other.update_sequence(1)
    return Wait(
        ring,
        lambda timeout: list(last.read(timeout=timeout).__enter__()),
        lambda: first.update_sequence(0),
        ["a"],
        WaitTimeout,
    )


@row
def wait_for_of_a_subscriber_until_its_upstream_walks_past_a_void(runtime: Runtime) -> Wait:
    ring: Disruptor[str] = Disruptor(4, runtime=runtime)
    first = ring.register_subscriber(name="first")
    second = ring.register_subscriber(name="second", after=first)
    ring.claim().abandon()

    def walk() -> None:
        with suppress(WaitTimeout), first.read(timeout=0):
            pass

    return Wait(ring, lambda timeout: second.wait_for(0, timeout), walk, 0, WaitTimeout)
