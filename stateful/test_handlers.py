"""Handlers under the scheduler: start, halt, shut down, fail, start again, in every order that can make a difference.

Each story is explored with partial-order reduction, up to a limit in continuous integration; the deep run goes further.
"""

import logging
from collections.abc import Callable
from contextlib import suppress

import pytest

from disruptor import DisruptorBroken, DisruptorClosed, Progress, SelfDeadlock, WaitTimeout, on_error
from disruptor.handlers._handler import HandlerOptions
from stateful.graphs import Graph, Nodes, Story, Trouble, publish_on, raising, told
from stateful.profiles import DEEP_LIMIT
from stateful.scheduler import Failed, Granularity

ONE: Nodes = {"a": ()}
PIPE: Nodes = {"a": (), "b": ("a",)}
PAIR: Nodes = {"a": (), "b": ()}
DIAMOND: Nodes = {"a": (), "b": (), "c": ("a", "b")}
CHAIN: Nodes = {"a": (), "b": ("a",), "c": ("b",)}

LIMIT = 100


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Handlers that are to fail do so in each of hundreds of schedules."""
    monkeypatch.setattr(logging.getLogger("disruptor"), "disabled", True)


def all_is_handled(graph: Graph) -> Callable[[], None]:
    """One publishes two events and shuts down; all were registered, and begin to run at any moment."""
    graph.register()

    def main() -> None:
        graph.ring.start()
        graph.publish(2)()
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)
    return lambda: graph.finish(most=1)


def never_started(graph: Graph) -> Callable[[], None]:
    """What was published before is delivered, although nobody ever started the handlers: shutting down does."""
    graph.register()

    def main() -> None:
        graph.publish(1)()
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)
    return lambda: graph.finish(most=0)


def start_x_shutdown(graph: Graph) -> Callable[[], None]:
    """One starts, one shuts down, after something was published: whatever comes first, it is handled, once."""
    graph.register()
    graph.ring.publish(0)
    graph.scheduler.spawn("starts", graph.ring.start)
    graph.scheduler.spawn("shuts down", graph.ring.shutdown)
    return lambda: graph.finish(most=0)


def start_x_start(graph: Graph) -> Callable[[], None]:
    """Two start at once: nobody runs twice."""
    graph.register()
    graph.ring.publish(0)
    graph.scheduler.spawn("starts", graph.ring.start)

    def main() -> None:
        graph.ring.start()
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)

    def check() -> None:
        graph.finish(most=0)
        assert set(graph.begun.values()) == {1}

    return check


def halt_x_shutdown(graph: Graph) -> Callable[[], None]:
    """One halts, one shuts down: everybody ends."""
    graph.register()
    graph.ring.publish(0)
    graph.ring.start()
    graph.scheduler.spawn("halts", graph.ring.halt)
    graph.scheduler.spawn("shuts down", graph.ring.shutdown)
    return graph.finish


def start_x_halt(graph: Graph) -> Callable[[], None]:
    """One halts while another starts; then a shutdown ends what runs."""
    graph.register()
    graph.ring.publish(0)

    def main() -> None:
        graph.ring.start()
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)
    graph.scheduler.spawn("halts", graph.ring.halt)
    return graph.finish


def halted_and_started_again(graph: Graph) -> Callable[[], None]:
    """Halted in the middle and started again: all goes on where it stopped, and nothing is handled twice."""
    graph.register()

    def main() -> None:
        graph.ring.start()
        graph.ring.publish(0)
        graph.ring.halt()
        graph.ring.start()
        graph.ring.publish(1)
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)
    return lambda: graph.finish(most=1)


def handler_shuts_down(graph: Graph) -> Callable[[], None]:
    """A handler shuts its own ring down, and does not wait for itself."""
    graph.register()
    graph.deeds["a", 0] = graph.ring.shutdown

    def main() -> None:
        graph.ring.start()
        graph.ring.publish(0)
        with suppress(DisruptorClosed):
            graph.ring.publish(1)
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)

    def check() -> None:
        graph.finish(most=graph.ring.cursor)
        assert graph.ring.cursor in (0, 1)

    return check


def handler_starts_again(graph: Graph) -> Callable[[], None]:
    """A handler of a halted ring cannot start it: it would wait for its own end."""
    graph.register()
    told: list[BaseException] = []

    def restart() -> None:
        graph.ring.halt()
        try:
            graph.ring.start()
        except SelfDeadlock as error:
            told.append(error)

    graph.deeds["a", 0] = restart

    def main() -> None:
        graph.ring.start()
        graph.ring.publish(0)
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)

    def check() -> None:
        graph.finish()
        assert len(told) == 1

    return check


def one_fails(graph: Graph) -> Callable[[], None]:
    """A handler fails at its second event: producers are told, who comes after ends with the first, all others go on."""
    graph.register()
    graph.deeds["a", 1] = raising
    told: list[BaseException | None] = []

    def producer() -> None:
        try:
            for number in range(5):
                graph.ring.publish(number)
        except DisruptorBroken as broken:
            told.append(broken.__cause__)

    def main() -> None:
        graph.ring.start()
        producer()
        try:
            graph.ring.shutdown()
        except* Trouble as raised:
            told.extend(raised.exceptions)

    graph.scheduler.spawn("main", main)

    def check() -> None:
        graph.finish()
        assert [type(error) for error in told] == [Trouble, Trouble]
        behind = {"a"}
        for name, after in graph.nodes.items():
            if behind.intersection(after):
                behind.add(name)
            expected = 0 if name in behind else graph.ring.cursor
            assert graph.done[name].value == graph.position(name) == expected, name

    return check


def one_fails_and_is_started_again(graph: Graph) -> Callable[[], None]:
    """After a failure everybody goes on where it stopped: nothing is handled twice, nothing is lost (B19)."""
    graph.register()
    graph.deeds["a", 1] = raising

    def main() -> None:
        graph.ring.start()
        publish_on(graph.ring, 3)
        with suppress(BaseExceptionGroup):
            graph.ring.shutdown()
        graph.ring.start()
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)
    return lambda: graph.finish(most=2)


def two_fail(graph: Graph) -> Callable[[], None]:
    """Two fail at once: both errors are told."""
    graph.register()
    graph.deeds["a", 0] = graph.deeds["b", 0] = raising

    def main() -> None:
        graph.ring.start()
        graph.ring.publish(0)
        with pytest.raises(BaseExceptionGroup) as raised:
            graph.ring.shutdown()
        assert len(raised.value.exceptions) == 2

    graph.scheduler.spawn("main", main)
    return graph.finish


def one_is_removed(graph: Graph) -> Callable[[], None]:
    """A handler is removed while it may be at work: it ends, and all others go on."""
    graph.register()

    def main() -> None:
        graph.ring.start()
        graph.publish(2)()
        graph.ring.shutdown()

    def remover() -> None:
        graph.groups["b"].subscribers[0].close()

    graph.scheduler.spawn("main", main)
    graph.scheduler.spawn("removes", remover)

    def check() -> None:
        graph.finish()
        assert graph.done["a"].value == 1

    return check


def one_joins_late(graph: Graph) -> Callable[[], None]:
    """A handler that is added to a ring that was started begins at once."""
    late: list[int] = []

    def add() -> None:
        graph.ring.handle_events_with(lambda event, sequence, end: late.append(event), name="late")

    graph.register()

    def main() -> None:
        graph.ring.start()
        graph.scheduler.spawn("adds", add)
        graph.publish(2)()
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)

    def check() -> None:
        stuck = {task.name for task in graph.scheduler.tasks if not task.ended}
        # It may come when the shutdown is over: then it is told that there is nothing more, and ends.
        assert not stuck, stuck
        assert late in ([0, 1], [1], [])

    return check


def one_skips(graph: Graph) -> Callable[[], None]:
    """A handler whose policy is to skip goes on after an error, and nobody else hears of it."""
    graph.register(a=HandlerOptions(on_error=on_error.skip))

    def fail() -> None:
        graph.done["a"].value = 0  # it is done with: the next one is 1
        raising()

    graph.deeds["a", 0] = fail

    def main() -> None:
        graph.ring.start()
        graph.publish(2)()
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)
    return lambda: graph.finish(most=1)


def one_retries(graph: Graph) -> Callable[[], None]:
    """A handler tries again after a while of virtual time; those after it wait."""
    graph.register(a=HandlerOptions(on_error=on_error.retry(1, backoff=1.0)))
    graph.deeds["a", 0] = raising

    def main() -> None:
        graph.ring.start()
        graph.publish(2)()
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)
    return lambda: graph.finish(most=1)


def one_rewinds_while_halted(graph: Graph) -> Callable[[], None]:
    """A halt cuts a pause short; started again, the batch comes again."""
    graph.register(a=HandlerOptions(on_error=on_error.rewind(pause=3600.0)))
    graph.deeds["a", 0] = raising

    def main() -> None:
        graph.ring.start()
        graph.ring.publish(0)
        graph.ring.halt()
        graph.ring.start()
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)
    return lambda: graph.finish(most=0)


def halted_while_it_pauses(graph: Graph) -> Callable[[], None]:
    """A halt cuts the pause before a retry short: what was done before, in the same batch, does not come again."""
    graph.register(a=HandlerOptions(on_error=on_error.retry(1, backoff=3600.0)))
    graph.deeds["a", 1] = raising
    graph.ring.publish_many([0, 1])

    def main() -> None:
        graph.ring.start()
        graph.ring.halt()
        graph.ring.start()
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)
    return lambda: graph.finish(most=1)


def halted_while_it_pauses_for_ever(graph: Graph) -> Callable[[], None]:
    """A halt ends a pause that would never end by itself."""
    graph.register(a=HandlerOptions(on_error=on_error.retry(1, backoff=float("inf"))))
    graph.deeds["a", 0] = raising
    graph.ring.publish(0)

    def main() -> None:
        graph.ring.start()
        graph.ring.halt()
        graph.deeds.clear()  # whoever has not begun to pause by now does not
        graph.ring.start()
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)
    return lambda: graph.finish(most=0)


def a_shutdown_comes_last(graph: Graph) -> Callable[[], None]:
    """When a shutdown is over, everything is handled, also by who has begun to run late."""
    graph.register()
    graph.ring.publish(0)

    def main() -> None:
        graph.ring.start()
        graph.ring.shutdown()
        for name, done in graph.done.items():
            if done.value != 0:
                raise graph.wrong(f"the shutdown is over, and {name} is at {done.value}")

    graph.scheduler.spawn("main", main)
    return lambda: graph.finish(most=0)


def goes_on_when_started_again(graph: Graph) -> Callable[[], None]:
    """Halted and started again, it goes on: nobody has to shut it down for that."""
    graph.register()
    behind = graph.ring.register_subscriber(after=graph.groups["a"].subscribers)

    def main() -> None:
        graph.ring.start()
        graph.ring.publish(0)
        graph.ring.halt()
        graph.ring.start()
        behind.update_sequence(behind.wait_for(0))
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)
    return lambda: graph.finish(most=0)


def start_x_failure(graph: Graph) -> Callable[[], None]:
    """One starts while a handler fails: the ring is broken afterwards, or everybody goes on."""
    graph.register()

    def fail() -> None:
        graph.scheduler.spawn("starts", graph.ring.start)
        raising()

    graph.deeds["a", 0] = fail
    graph.ring.publish(0)
    graph.ring.start()

    def check() -> None:
        if not graph.ring.closed and graph.done["a"].value < 0:
            raise graph.wrong("the ring is open, and nobody handles what is published")

    return check


def interrupted(graph: Graph) -> Callable[[], None]:
    """An interrupt ends a handler in the middle of a batch: what was done before is marked, and does not come again."""
    graph.register()

    def interrupt() -> None:
        raise KeyboardInterrupt

    graph.deeds["a", 1] = interrupt
    graph.ring.publish_many([0, 1])

    def main() -> None:
        graph.ring.start()
        with pytest.raises(BaseExceptionGroup) as raised:
            graph.ring.shutdown()
        assert [type(error) for error in raised.value.exceptions] == [KeyboardInterrupt]
        graph.ring.start()
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)
    return lambda: graph.finish(most=1)


def opened_by_another_process(graph: Graph) -> Callable[[], None]:
    """Halted in the middle of a batch and opened again by another process, which does not wait for these handlers.

    Whoever has not noticed goes on, whoever has ends: nothing is handled twice, and what was done is marked.
    """
    graph.register()
    graph.ring.publish_many([0, 1, 2])
    sequencer = graph.ring._sequencer

    def elsewhere() -> None:
        graph.ring.halt()
        with sequencer.lock:
            sequencer.start()

    graph.deeds["a", 0] = lambda: graph.scheduler.spawn("elsewhere", elsewhere)
    graph.ring.start()

    def check() -> None:
        if graph.found:
            raise graph.found[0]
        ended = graph.ended["a"] == 1
        assert graph.position("a") == graph.done["a"].value
        assert ended or graph.done["a"].value == 2

    return check


def start_x_shutdown_of_a_halted_ring(graph: Graph) -> Callable[[], None]:
    """One starts a halted ring again, another shuts it down: whoever comes first, the shutdown comes to an end."""
    graph.register()

    def main() -> None:
        graph.ring.start()
        graph.ring.publish(0)
        graph.ring.halt()
        graph.scheduler.spawn("starts", graph.ring.start)
        graph.scheduler.spawn("shuts down", graph.ring.shutdown)

    graph.scheduler.spawn("main", main)

    def check() -> None:
        stuck = {task.name for task in graph.scheduler.tasks if not task.ended}
        assert stuck.isdisjoint({"main", "starts", "shuts down"}), stuck
        graph.ring._check()

    return check


def one_name_for_two(graph: Graph) -> Callable[[], None]:
    """Two threads register handlers of one name: both are registered, under names of their own."""

    def handler(event: int, sequence: int, end_of_batch: bool) -> None: ...

    def add() -> None:
        graph.ring.handle_events_with(handler)

    graph.scheduler.spawn("adds", add)
    graph.scheduler.spawn("adds too", add)

    def check() -> None:
        assert {subscriber.name for subscriber in graph.ring.subscribers} == {"handler", "handler-2"}

    return check


class Late:
    """A handler that marks nothing before its second event, at which it does a deed in its first run."""

    def __init__(self, deed: Callable[[], object]) -> None:
        self.handed: list[Progress] = []
        self._deed = deed

    def set_sequence_callback(self, progress: Progress) -> None:
        self.handed.append(progress)

    def on_event(self, event: int, sequence: int, end_of_batch: bool) -> None:
        if event == 1 and len(self.handed) == 1:
            self._deed()
        elif event == 1:
            self.handed[-1](1)


def progress_of_an_earlier_run(graph: Graph) -> Callable[[], None]:
    """What a handler was handed before a restart still counts: called late, it moves the position, and never back."""

    late = Late(graph.ring.halt)
    group = graph.ring.handle_events_with(late)
    graph.ring.publish_many([0, 1])
    graph.ring.start()

    def main() -> None:
        with suppress(WaitTimeout, DisruptorClosed):
            graph.ring.wait_for(2)  # until it is halted
        graph.ring.start()
        graph.scheduler.spawn("says so late", lambda: late.handed[0](0))
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)

    def check() -> None:
        graph.finish()
        assert group.subscribers[0].sequence == 1

    return check


def progress_after_a_failure(graph: Graph) -> Callable[[], None]:
    """A handler that has failed is told late that more is done: whoever ended by then, and all behind, end."""

    class After:
        def on_event(self, event: int, sequence: int, end_of_batch: bool) -> None:
            seen["after"].append(event)

        def on_shutdown(self) -> None:
            fails.handed[0](0)

    fails = Late(raising)
    seen: dict[str, list[int]] = {"after": [], "behind": []}
    group = graph.ring.handle_events_with(fails).then(After())
    group.then(lambda event, sequence, end: seen["behind"].append(event))
    graph.ring.publish_many([0, 1])
    graph.ring.start()

    def main() -> None:
        with suppress(BaseExceptionGroup):
            graph.ring.shutdown()
        graph.ring.start()
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)

    def check() -> None:
        graph.finish()
        assert seen == {"after": [0, 1], "behind": [0, 1]}

    return check


def no_thread(graph: Graph) -> Callable[[], None]:
    """A thread cannot be made: whoever has none is as if it had not been started, and can be started again."""
    graph.register()
    graph.ring.publish(0)
    spawned: list[Callable[[], None]] = []

    def executor(run: Callable[[], None]) -> None:
        if spawned:
            raise RuntimeError("no more threads")
        spawned.append(run)
        graph.scheduler.spawn("pool", run)

    def main() -> None:
        with pytest.raises(RuntimeError, match="no more threads"):
            graph.ring.start(executor=executor)
        graph.ring.start()
        graph.ring.shutdown()

    graph.scheduler.spawn("main", main)
    return lambda: graph.finish(most=0)


STORIES: dict[str, tuple[Nodes, int, Story]] = {
    "a pipeline": (PIPE, 1, all_is_handled),
    "a pipeline on 2": (PIPE, 2, all_is_handled),
    "a diamond": (DIAMOND, 1, all_is_handled),
    "a chain": (CHAIN, 2, all_is_handled),
    "never started": (PIPE, 1, never_started),
    "start x shutdown": (PIPE, 1, start_x_shutdown),
    "start x start": (PAIR, 1, start_x_start),
    "halt x shutdown": (PIPE, 1, halt_x_shutdown),
    "start x halt": (PIPE, 1, start_x_halt),
    "halted and started again": (PIPE, 2, halted_and_started_again),
    "a handler shuts down": (PIPE, 2, handler_shuts_down),
    "a handler starts its own ring": (ONE, 1, handler_starts_again),
    "one of two fails": (PAIR, 1, one_fails),
    "the first of a pipeline fails": (PIPE, 1, one_fails),
    "the first of a chain fails": (CHAIN, 2, one_fails),
    "one side of a diamond fails": (DIAMOND, 2, one_fails),
    "failed and started again": (PIPE, 2, one_fails_and_is_started_again),
    "a side of a diamond failed and was started again": (DIAMOND, 1, one_fails_and_is_started_again),
    "two fail": (PAIR, 1, two_fail),
    "one is removed": (PAIR, 1, one_is_removed),
    "one joins late": (ONE, 2, one_joins_late),
    "one skips": (PIPE, 1, one_skips),
    "one retries": (PIPE, 1, one_retries),
    "one rewinds": (PIPE, 1, one_rewinds_while_halted),
    "no thread for one": (PAIR, 1, no_thread),
    "halted while it pauses": (ONE, 2, halted_while_it_pauses),
    "halted while it pauses for ever": (ONE, 1, halted_while_it_pauses_for_ever),
    "a shutdown comes last": (PIPE, 1, a_shutdown_comes_last),
    "goes on when started again": (ONE, 1, goes_on_when_started_again),
    "start x failure": (ONE, 1, start_x_failure),
    "interrupted": (ONE, 2, interrupted),
    "opened by another process": (ONE, 4, opened_by_another_process),
    "start x shutdown of a halted ring": (ONE, 1, start_x_shutdown_of_a_halted_ring),
    "one name for two": ({}, 1, one_name_for_two),
    "progress of an earlier run": ({}, 2, progress_of_an_earlier_run),
    "progress after a failure": ({}, 2, progress_after_a_failure),
}


@pytest.mark.parametrize("name", STORIES)
def test_a_story(name: str) -> None:
    nodes, capacity, story = STORIES[name]
    told(nodes, capacity, story, granularity=Granularity.LOCKS, preemptions=1, limit=LIMIT)
    told(nodes, capacity, story, limit=LIMIT)


@pytest.mark.deep
@pytest.mark.parametrize("name", STORIES)
def test_a_story_deep(name: str) -> None:
    nodes, capacity, story = STORIES[name]
    told(nodes, capacity, story, granularity=Granularity.LOCKS, preemptions=2, limit=DEEP_LIMIT)
    told(nodes, capacity, story, limit=DEEP_LIMIT)


def test_a_handler_that_is_given_the_wrong_event_is_found_out() -> None:
    def story(graph: Graph) -> Callable[[], None]:
        graph.register()
        graph.done["a"].value = 0  # as if it had had it
        graph.ring.publish(0)
        graph.ring.start()
        graph.scheduler.spawn("main", graph.ring.shutdown)
        return lambda: graph.finish(most=0)

    with pytest.raises(Failed) as raised:
        told(ONE, 1, story, limit=1)
    assert "a was given 0" in repr(raised.value.error)
