"""`clear=True`: an event is let go of as soon as the last subscriber that had to has processed it, and not before."""

import asyncio
import sys
from collections.abc import Callable
from threading import Thread
from time import monotonic
from typing import Final
from weakref import ReferenceType, ref

import pytest

from disruptor import Disruptor, InvalidValue, OutdatedSequence, Start, Subscriber
from tests.api.test_interrupts import Interrupter
from tests.limits import LIMIT


class Event:
    """Something that can be referred to weakly, and says when it goes."""

    def __init__(self, gone: Callable[[], object] = lambda: None) -> None:
        self._gone = gone

    def __del__(self) -> None:
        self._gone()


Ring = Disruptor[Event]
PRODUCERS: Final = ("multi", "single")


def published(ring: Ring, count: int) -> list[ReferenceType[Event]]:
    """Publish so many events that nobody else holds; return weak references to them."""
    events = [Event() for _ in range(count)]
    ring.publish_many(events)
    return [ref(event) for event in events]


def there(references: list[ReferenceType[Event]]) -> list[bool]:
    return [reference() is not None for reference in references]


@pytest.mark.parametrize("producers", PRODUCERS)
def test_the_last_to_process_an_event_lets_it_go(producers: str) -> None:
    ring = Ring(4, clear=True, producers=producers)
    first, second = ring.register_subscriber(), ring.register_subscriber()
    for _ in range(3):  # round and round the ring
        references = published(ring, 3)
        with first.read():
            pass
        assert there(references) == [True, True, True]
        with second.read(2):
            pass
        assert there(references) == [False, False, True]
        with second.read():
            pass
        assert there(references) == [False, False, False]


def test_without_it_an_event_stays_until_it_is_overwritten() -> None:
    ring = Ring(4)
    subscriber = ring.register_subscriber()
    references = published(ring, 1)
    with subscriber.read():
        pass
    assert there(references) == [True]
    published(ring, 4)
    assert there(references) == [False]


def test_an_event_in_hand_is_let_go_of_early_by_update_sequence() -> None:
    ring = Ring(4, clear=True)
    subscriber = ring.register_subscriber()
    references = published(ring, 2)
    with subscriber.read() as batch:
        subscriber.update_sequence(0)
        assert there(references) == [True, True]  # the batch is a copy
        del batch
        with pytest.raises(OutdatedSequence, match="sequence 0 is no longer kept; the oldest kept is 1"):
            ring.get(0)


def test_who_leaves_lets_go_of_what_only_it_had_to_read() -> None:
    ring = Ring(4, clear=True)
    quick, slow = ring.register_subscriber(), ring.register_subscriber()
    references = published(ring, 3)
    with quick.read(2):
        pass
    slow.close()
    assert there(references) == [False, False, True]
    quick.close()
    assert there(references) == [False, False, True], "nobody is left who could pass it"


def test_without_subscribers_everything_is_kept_for_the_first_to_join() -> None:
    ring = Ring(4, clear=True)
    references = published(ring, 4)
    assert there(references) == [True] * 4
    assert len(next(ring.register_subscriber().batches())) == 4


def test_who_joins_begins_behind_what_is_gone() -> None:
    ring = Ring(4, clear=True)
    subscriber = ring.register_subscriber()
    published(ring, 3)
    with subscriber.read(2):
        pass
    assert ring.register_subscriber().sequence == 1
    with pytest.raises(OutdatedSequence, match="start 1 is no longer kept; the oldest kept is 2"):
        ring.register_subscriber(start=1)
    assert ring.register_subscriber(start=Start.LATEST).sequence == 2


def test_what_nobody_had_to_read_stays_until_it_is_overwritten() -> None:
    ring = Ring(4, clear=True)
    old = published(ring, 2)
    late = ring.register_subscriber(start=Start.LATEST)
    new = published(ring, 1)
    with late.read():
        pass
    assert there(old + new) == [True, True, False]


def test_voids_are_let_go_of_with_the_rest() -> None:
    ring = Ring(2, clear=True)
    ring.register_subscriber(name="s")
    ring.claim().abandon()
    references = published(ring, 1)
    with ring.subscribers[0].read():
        pass
    assert there(references) == [False]
    with pytest.raises(OutdatedSequence):
        ring.get(0)


def test_a_loop_lets_go_of_an_event_when_it_asks_for_the_next() -> None:
    ring = Ring(4, clear=True)
    loop = iter(ring.register_subscriber())
    references = published(ring, 1)
    next(loop)
    published(ring, 1)
    next(loop)
    assert there(references) == [False]


def test_handlers_and_pools_let_go() -> None:
    ring = Ring(4, clear=True)
    ring.handle_events_with(lambda event, sequence, end: None).then_pool(
        lambda event, sequence, end: None, lambda event, sequence, end: None
    )
    with ring:
        references = [published(ring, 2) for _ in range(8)]
    assert not any(any(there(two)) for two in references)
    assert ring._sequencer.clearing is not None
    assert ring._sequencer.clearing.released.value == 15


def test_an_event_loop_lets_go() -> None:
    ring = Ring(4, clear=True)

    async def main() -> list[bool]:
        async with ring.subscribe_async() as events:
            loop = aiter(events)
            references = published(ring, 1)
            await anext(loop)
            published(ring, 1)
            await anext(loop)
            return there(references)

    assert asyncio.run(main()) == [False]


def marks(subscriber: Subscriber[Event]) -> None:
    subscriber.update_sequence(1)


RELEASING = pytest.mark.parametrize("release", [marks, Subscriber.close])


@RELEASING
@pytest.mark.parametrize("producers", PRODUCERS)
def test_a_finaliser_may_use_the_ring(release: Callable[[Subscriber[Event]], None], producers: str) -> None:
    ring = Ring(4, clear=True, producers=producers)
    locked: list[bool] = []

    def gone() -> None:
        locked.append(ring._sequencer.lock.locked())
        if not locked[-1]:
            ring.publish(Event())

    first, second = ring.register_subscriber(), ring.register_subscriber()
    ring.publish_many([Event(gone), Event(gone)])
    marks(first)
    release(second)
    assert locked == [False, False]
    assert ring.cursor == 3


WHERE = (
    "Clearing._move",
    "Clearing._release",
    "Clearing.leave",
    "LocalSlots.empty",
    "LocalSlots.put_many",
    "Joining._drop",
)


def interrupted(release: Callable[[Subscriber[Event]], None], number: int) -> bool:
    """Release, interrupted at the n-th line of it; check what is left; return whether the interrupt came."""
    ring = Ring(4, clear=True)
    first, second = ring.register_subscriber(), ring.register_subscriber()
    references = published(ring, 2)
    marks(first)
    came = False
    before = sys.gettrace()
    sys.settrace(Interrupter(number, WHERE).trace)
    try:
        release(second)
    except KeyboardInterrupt:
        came = True
    finally:
        sys.settrace(before)
    ring.close()
    assert list(first) == []
    left = [] if second.closed else list(second)
    assert all(isinstance(event, Event) for event in left)
    assert len(left) in (0, 2)
    del left
    assert there(references) == [False, False]
    ring._check()
    return came


@RELEASING
def test_an_interrupt_at_any_line_lets_go_of_all_or_nothing(release: Callable[[Subscriber[Event]], None]) -> None:
    number = 0
    while interrupted(release, number + 1):
        number += 1
    assert number >= 10


@pytest.mark.parametrize("options", [{"event_factory": Event}, {"event_factory": None, "multiproc": True}])
def test_it_is_for_events_by_value_between_threads(options: dict[str, object]) -> None:
    with pytest.raises(InvalidValue, match="clear=True is for rings by value between threads"):
        Ring(4, clear=True, **options)  # type: ignore[arg-type]  # each is right by itself


def _by_event(subscriber: Subscriber[Event]) -> None:
    for event in subscriber:
        del event


def _by_batch(subscriber: Subscriber[Event]) -> None:
    for batch in subscriber.batches():
        del batch


@pytest.mark.parametrize("loop", [_by_event, _by_batch])
def test_a_loop_that_waits_for_its_next_keeps_nothing(loop: Callable[[Subscriber[Event]], None]) -> None:
    ring = Ring(8, clear=True)
    thread = Thread(target=loop, args=(ring.register_subscriber(),))
    thread.start()
    references = published(ring, 4)
    latest = monotonic() + LIMIT
    while any(there(references)) and monotonic() < latest:
        pass
    ring.close()
    thread.join(LIMIT)
    assert monotonic() < latest, "the loop keeps what it has processed"
