"""Wait strategies, told one by one: who is asked, when, what becomes of the answers, and of wrong ones.

That nobody who waits without sleeping misses anything is explored in `stateful/test_wait_strategies.py`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import pytest

from disruptor import (
    Disruptor,
    DisruptorClosed,
    InsufficientCapacity,
    InvalidType,
    InvalidValue,
    Subscriber,
    WaitStrategy,
    WaitTimeout,
    waiting,
)
from disruptor._override import override
from disruptor._patience import LOOKS
from disruptor._sync import THREADS
from tests.api.scripted import NS, Scripted


class World(Scripted):
    """A world in which a pause takes its time, and then runs what is due; the locks are known."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float | None] = []
        self.deeds: dict[int, Callable[[], object]] = {}
        """What another thread does in the pause of this number."""

    @override
    def pause(self, seconds: float | None, deadline: int | None) -> None:
        number = len(self.pauses)
        self.pauses.append(seconds)
        assert number < 1000, "this looks for ever"
        self.now += round((seconds or 0.0) * NS)
        if number in self.deeds:
            self.me, me = 2, self.me
            self.deeds.pop(number)()
            self.me = me


@dataclass
class Told:
    """A strategy of one's own, which counts how often it is asked."""

    answers: list[float | None]
    asked: int = 0
    ring: list[Disruptor[str]] = field(default_factory=list)

    def pauses(self) -> Iterator[float | None]:
        self.asked += 1
        for answer in self.answers:
            assert not any(ring._sequencer.lock.locked() for ring in self.ring), "asked under the lock"
            yield answer


class Polite(World):
    """A world in which others get on while somebody gives way: `meanwhile` is what they do."""

    def __init__(self) -> None:
        super().__init__()
        self.ways: list[int | None] = []
        self.meanwhile: Callable[[], object] = lambda: None

    @override
    def give_way(self, deadline: int | None) -> bool:
        self.ways.append(deadline)
        assert len(self.ways) < 1000, "this gives way for ever"
        self.me, me = 2, self.me
        self.meanwhile()
        self.me = me
        return True


def ring_of(
    world: World, readers: WaitStrategy = waiting.BLOCKING, producers: WaitStrategy = waiting.BLOCKING
) -> Disruptor[str]:
    return Disruptor(1, wait=readers, producer_wait=producers, runtime=world)


def test_whoever_finds_what_he_wants_asks_nobody() -> None:
    world, told = World(), Told([None])
    ring = ring_of(world, told, told)
    reader = ring.register_subscriber()
    ring.publish("a")
    with reader.read() as batch:
        assert [*batch] == ["a"]
    with pytest.raises(InsufficientCapacity):
        ring.publish_many(["b"], timeout=0) and ring.publish("c", timeout=0)
    with pytest.raises(WaitTimeout):
        reader.wait_for(5, timeout=0)
    assert told.asked == 0
    assert world.pauses == []


def test_a_reader_pauses_as_he_is_told_and_is_asked_without_the_lock() -> None:
    world, told = World(), Told([None, 0.0, 0.002, 0.002])
    ring = ring_of(world, told)
    told.ring.append(ring)
    reader = ring.register_subscriber()
    world.deeds[3] = lambda: ring.publish("a")
    with reader.read() as batch:
        assert [*batch] == ["a"]
    assert world.pauses == [None, 0.0, 0.002, 0.002]
    assert world.sleeps == []


def test_a_reader_who_pauses_is_told_of_the_end() -> None:
    world, told = World(), Told([None] * 50)
    ring = ring_of(world, told)
    reader = ring.register_subscriber()
    world.deeds[1] = ring.close
    with pytest.raises(DisruptorClosed):
        reader.wait_for(0)
    assert len(world.pauses) == 2


def test_a_producer_pauses_as_he_is_told() -> None:
    world, told = World(), Told([0.001, 0.002])
    ring = ring_of(world, producers=told)
    told.ring.append(ring)
    reader = ring.register_subscriber()
    ring.publish("a")
    world.deeds[1] = lambda: reader.update_sequence(0)
    assert ring.publish("b") == 1
    assert world.pauses == [0.001, 0.002]


def test_who_has_nothing_more_to_say_is_put_to_sleep_and_woken() -> None:
    world, told = World(), Told([0.0])
    ring = ring_of(world, told)
    reader = ring.register_subscriber()
    world.then(lambda: ring.publish("a"))
    assert reader.wait_for(0) == 0
    assert (world.pauses, world.sleeps, told.asked) == ([0.0], [None], 1)


def test_what_came_while_the_last_pause_was_over_is_not_slept_over() -> None:
    world = World()
    ring = ring_of(world, Told([0.0]))
    reader = ring.register_subscriber()
    world.deeds[0] = lambda: ring.publish("a")
    assert reader.wait_for(0) == 0
    assert world.sleeps == []


@pytest.mark.parametrize("strategy", [waiting.Sleeping(0.03), waiting.PhasedBackoff(spins=1, sleeps=9, seconds=0.03)])
def test_a_pause_ends_with_the_time_out(strategy: WaitStrategy) -> None:
    world = World()
    ring = ring_of(world, strategy, strategy)
    reader = ring.register_subscriber()
    begin = world.now
    with pytest.raises(WaitTimeout):
        reader.wait_for(0, timeout=0.125)
    assert world.now == begin + NS // 8
    ring.publish("a")
    with pytest.raises(InsufficientCapacity):
        ring.publish("b", timeout=0.125)
    assert world.now == begin + NS // 4


def test_no_pause_is_longer_than_the_longest() -> None:
    world = World()
    ring = ring_of(world, Told([3600.0, 10**400]))
    reader = ring.register_subscriber()
    world.deeds[1] = ring.close
    assert [*reader] == []
    assert world.pauses == [waiting.LONGEST_PAUSE] * 2


def test_a_consumer_has_a_strategy_of_its_own() -> None:
    world, its, everybodys = World(), Told([0.001]), Told([0.002])
    ring = ring_of(world, everybodys)
    one = ring.register_subscriber(wait=its)
    two = ring.register_subscriber()
    three = ring.register_subscriber(wait=waiting.Blocking())
    world.deeds[0] = world.deeds[1] = lambda: ring.publish("a", timeout=0)
    assert one.wait_for(0) == 0
    assert (its.asked, everybodys.asked) == (1, 0)
    for reader in (one, two, three):
        reader.update_sequence(0)
    assert two.wait_for(1) == 1
    assert (its.asked, everybodys.asked) == (1, 1)
    one.update_sequence(1)
    two.update_sequence(1)
    three.update_sequence(1)
    world.then(lambda: ring.publish("b"))
    assert three.wait_for(2) == 2
    assert world.sleeps == [None]


def test_so_has_a_handler_and_those_who_wait_without_a_subscriber_do_as_the_readers() -> None:
    world, told, everybodys = World(), Told([0.001]), Told([0.002])
    ring = ring_of(world, everybodys)
    group = ring.handle_events_with(print, wait=told)
    assert group.subscribers[0]._barrier.patience.strategy is told
    world.deeds[0] = lambda: ring.publish("a")
    assert ring.wait_for(0) == 0
    assert (told.asked, everybodys.asked) == (0, 1)


class StrategyError(Exception):
    """Raised by a strategy."""


class Raising:
    def pauses(self) -> Iterator[float | None]:
        raise StrategyError("broken")


@pytest.mark.parametrize("answer", [-1, float("nan"), -0.001])
def test_a_pause_of_less_than_nothing_is_refused(answer: float) -> None:
    assert_refused(Told([answer]), InvalidValue, "a pause must be >= 0 seconds, not")


@pytest.mark.parametrize("answer", ["soon", True, 1j, [0]])
def test_what_is_no_pause_is_refused(answer: object) -> None:
    assert_refused(Told([cast("Any", answer)]), InvalidType, "a pause must be a number of seconds or None, not")


def test_an_error_of_a_strategy_reaches_the_caller() -> None:
    assert_refused(Raising(), StrategyError, "broken")


def assert_refused(strategy: WaitStrategy, error: type[Exception], match: str) -> None:
    """Both sides are told, nothing is held, and all goes on as before."""
    world = World()
    ring = ring_of(world, strategy, strategy)
    reader: Subscriber[str] = ring.register_subscriber()
    with pytest.raises(error, match=match):
        reader.read().__enter__()
    ring.publish("a")
    with pytest.raises(error, match=match):
        ring.publish("b")
    ring._check()
    with reader.read() as batch:
        assert [*batch] == ["a"]
    assert ring.publish("b") == 1


@pytest.mark.parametrize("wrong", [None, "blocking", waiting.Yielding, object(), 0.1])
def test_what_is_no_strategy_is_refused_where_it_is_given(wrong: Any) -> None:
    with pytest.raises(InvalidType, match="producer_wait must be a wait strategy"):
        Disruptor(1, producer_wait=wrong)
    with pytest.raises(InvalidType, match="wait must be a wait strategy"):
        Disruptor(1, wait=wrong)
    if wrong is not None:  # here it is: as the ring's readers do
        ring: Disruptor[str] = Disruptor(1)
        with pytest.raises(InvalidType, match="wait must be a wait strategy"):
            ring.register_subscriber(wait=wrong)
        assert ring.subscribers == ()


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: waiting.Sleeping(-1), InvalidValue, r"seconds must be in 0..0.05, not -1"),
        (lambda: waiting.Sleeping(float("nan")), InvalidValue, "seconds must be in"),
        (lambda: waiting.Sleeping(0.06), InvalidValue, "seconds must be in"),
        (lambda: waiting.Sleeping(cast("Any", "1")), InvalidType, "seconds must be a number, not '1'"),
        (lambda: waiting.Sleeping(True), InvalidType, "seconds must be a number, not True"),
        (lambda: waiting.Yielding(-1), InvalidValue, "spins must be in"),
        (lambda: waiting.Yielding(cast("Any", 1.5)), InvalidType, "spins must be an int"),
        (lambda: waiting.PhasedBackoff(yields=-1), InvalidValue, "yields must be in"),
        (lambda: waiting.PhasedBackoff(sleeps=-1), InvalidValue, "sleeps must be in"),
        (lambda: waiting.PhasedBackoff(spins=-1), InvalidValue, "spins must be in"),
        (lambda: waiting.PhasedBackoff(seconds=1), InvalidValue, "seconds must be in"),
    ],
)
def test_wrong_numbers_are_refused(make: Callable[[], object], error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        make()


def test_who_would_sleep_gives_way_first_and_looks_again() -> None:
    world = Polite()
    ring = ring_of(world)
    reader = ring.register_subscriber()
    world.meanwhile = lambda: ring.publish("a")  # this takes the lock: nobody gives way with it
    with reader.read() as batch:
        assert [*batch] == ["a"]
    assert (world.ways, world.sleeps) == ([None], [])
    assert ring.stats().subscribers[0].waits.count == 0


def test_who_gives_way_for_nothing_sleeps() -> None:
    world = Polite()
    ring = ring_of(world)
    reader = ring.register_subscriber()
    begin = world.now
    world.then(lambda: ring.publish("a"))
    assert reader.wait_for(0, timeout=1) == 0
    assert (world.ways, world.sleeps) == ([begin + NS] * LOOKS, [1.0])


def test_who_gives_way_does_so_until_there_is_something() -> None:
    world = Polite()
    ring = ring_of(world)
    reader = ring.register_subscriber()

    def later() -> None:
        if len(world.ways) == 2:
            ring.publish("a")

    world.meanwhile = later
    assert reader.wait_for(0) == 0
    assert (world.ways, world.sleeps) == ([None, None], [])


def test_what_ended_while_he_gave_way_is_told() -> None:
    for end, error in ((Disruptor.close, DisruptorClosed), (Disruptor.halt, DisruptorClosed)):
        world = Polite()
        ring = ring_of(world)
        reader = ring.register_subscriber()
        world.meanwhile = partial(end, ring)
        with pytest.raises(error):
            reader.wait_for(0)
    world = Polite()
    ring = ring_of(world)
    reader = ring.register_subscriber()

    def publish_and_halt() -> None:
        ring.publish("a")
        ring.halt()

    world.meanwhile = publish_and_halt
    with pytest.raises(DisruptorClosed):
        reader.wait_for(0)


def test_nobody_gives_way_who_need_not_wait_or_has_a_strategy() -> None:
    world = Polite()
    ring = ring_of(world, Told([0.0]))
    reader = ring.register_subscriber()
    world.deeds[0] = lambda: ring.publish("a")
    assert reader.wait_for(0) == 0
    asleep = ring.register_subscriber(wait=waiting.Blocking())
    assert asleep.wait_for(0) == 0
    assert world.ways == []


def test_between_threads_nobody_gives_way_when_his_time_is_over() -> None:
    assert THREADS.give_way(None)
    assert THREADS.give_way(THREADS.monotonic_ns() + 3600 * NS)
    assert not THREADS.give_way(THREADS.monotonic_ns())
