"""Is a call that waits without sleeping told everything that one that sleeps is told, whatever its strategy?

The programs are those of the ring that sleeps, and so is the judge: in virtual time a pause ends when something has changed
since the last look (`stateful/scheduler/_runtime.py`), so who has seen everything there is to see is as good as asleep, and
whoever still waits then has to be one that no correct ring lets go on. Every schedule without a pre-emption, up to a limit,
and for a few programs some with one; with one and two, further, in the deep run.
"""

import logging
from collections.abc import Callable
from contextlib import suppress

import pytest

from disruptor import DisruptorClosed, HandlerOptions
from disruptor.handlers._worker import PoolOptions
from disruptor.waiting import BLOCKING, BusySpin, PhasedBackoff, Sleeping, Waits, WaitStrategy, Yielding
from model import calls
from stateful.adapters._protocol import Make
from stateful.adapters.waiting import processes, threads
from stateful.bodies import Do, Program, each
from stateful.failure import check
from stateful.graphs import Graph, Nodes, Story, raising, told
from stateful.pools import Crew
from stateful.pools import Story as Told
from stateful.pools import told as pool_told
from stateful.profiles import DEEP_LIMIT
from stateful.programs import BY_VALUE
from stateful.scheduler import Granularity

LIMIT, FEWER = 40, 10


def reads_and_wants_room(do: Do) -> None:
    """Wait for room that a slow one holds back, and, once another one has claimed, the batch in one's own hand as well."""
    for last in (False, True):
        if do(calls.read("S", 1)).kind == "ok":
            do(calls.publish_many("c", "d", "e") if last else calls.release("S"))


ITSELF = Program(
    "waits for itself since another one has claimed",
    4,
    {"P": reads_and_wants_room, "Q": each(calls.publish("q"))},
    (
        calls.register_subscriber("S"),
        calls.register_subscriber("slow"),
        calls.publish("a"),
        calls.publish("b"),
    ),
)

LEAVES = Program(
    "leaves while it is read",
    1,
    {"C": each(calls.read("S")), "X": each(calls.remove_subscriber("S"))},
    (calls.register_subscriber("S"),),
)

PROGRAMS = {program.name: program for program in (*BY_VALUE, ITSELF, LEAVES)}

SPINS, GIVES_UP = BusySpin(), PhasedBackoff(spins=0, yields=1)
"""In virtual time the length of a pause makes no difference: there are those who look for ever, and those who give up."""

MIXED: dict[str, Waits] = {
    "sleeping": Waits(Sleeping(), Sleeping()),
    "yielding": Waits(Yielding(spins=1), Yielding(spins=1)),
    "phased with sleeps": Waits(PhasedBackoff(spins=0, yields=0, sleeps=2), PhasedBackoff(spins=0, yields=0, sleeps=1)),
    "readers only": Waits(SPINS, BLOCKING),
    "producers only": Waits(BLOCKING, SPINS),
    "each in another way": Waits(GIVES_UP, SPINS),
}
FEW = (
    "publish x read",
    "close x waiting producers",
    "halt x everybody",
    "removed, then halted x read",
    "an upstream stands still",
    "producer's time-out x progress",
    ITSELF.name,
)


def explored(name: str, make: Make, limit: int, preemptions: int = 0) -> None:
    found = check(PROGRAMS[name], make, preemptions=preemptions, granularity=Granularity.CELLS, max_schedules=limit)
    if found.failed is not None:
        raise found.failed
    assert found.complete or found.schedules == limit


@pytest.mark.parametrize("strategy", [SPINS, GIVES_UP], ids=["looks for ever", "gives up"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str, strategy: WaitStrategy) -> None:
    explored(name, threads(Waits(strategy, strategy)), LIMIT)


@pytest.mark.parametrize("strategy", [SPINS, GIVES_UP], ids=["looks for ever", "gives up"])
@pytest.mark.parametrize("name", FEW)
def test_program_with_a_preemption(name: str, strategy: WaitStrategy) -> None:
    explored(name, threads(Waits(strategy, strategy)), FEWER, 1)


@pytest.mark.parametrize("waits", MIXED)
@pytest.mark.parametrize("name", FEW)
def test_strategy(name: str, waits: str) -> None:
    explored(name, threads(MIXED[waits]), FEWER)


@pytest.mark.parametrize("strategy", [SPINS, GIVES_UP], ids=["looks for ever", "gives up"])
@pytest.mark.parametrize("name", FEW)
def test_program_between_processes(name: str, strategy: WaitStrategy) -> None:
    explored(name, processes(Waits(strategy, strategy)), FEWER)


@pytest.mark.deep
@pytest.mark.parametrize("strategy", [SPINS, GIVES_UP], ids=["looks for ever", "gives up"])
@pytest.mark.parametrize("preemptions", [1, 2])
@pytest.mark.parametrize("name", PROGRAMS)
def test_program_further(name: str, preemptions: int, strategy: WaitStrategy) -> None:
    explored(name, threads(Waits(strategy, strategy)), DEEP_LIMIT, preemptions)


@pytest.mark.deep
@pytest.mark.parametrize("strategy", [SPINS, GIVES_UP], ids=["looks for ever", "gives up"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_program_between_processes_further(name: str, strategy: WaitStrategy) -> None:
    explored(name, processes(Waits(strategy, strategy)), DEEP_LIMIT, 1)


PIPE: Nodes = {"a": (), "b": ("a",)}


def handled(strategy: WaitStrategy, *, fails: bool) -> Story:
    """Return the story of a pipeline that waits by a strategy, is shut down, and has a handler that fails, or none."""

    def story(graph: Graph) -> Callable[[], None]:
        graph.register(a=HandlerOptions(wait=strategy), b=HandlerOptions(wait=strategy))
        if fails:
            graph.deeds["a", 1] = raising

        def main() -> None:
            graph.ring.start()
            with suppress(DisruptorClosed):
                graph.publish(2)()
            with suppress(ExceptionGroup):
                graph.ring.shutdown()

        graph.scheduler.spawn("main", main)
        return lambda: graph.finish(most=None if fails else 1)

    return story


@pytest.mark.parametrize("fails", [False, True], ids=["all is handled", "the first fails"])
@pytest.mark.parametrize("strategy", [SPINS, GIVES_UP], ids=["looks for ever", "gives up"])
def test_handlers(strategy: WaitStrategy, fails: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger("disruptor"), "disabled", True)
    told(PIPE, 1, handled(strategy, fails=fails), preemptions=0, limit=LIMIT)


def shared_out(strategy: WaitStrategy, *, leaves: bool) -> Told:
    """Return the story of a pool whose workers wait by a strategy; meanwhile one of them is removed, or none."""

    def story(crew: Crew) -> Callable[[], None]:
        pool = crew.pool(then=True, options=PoolOptions(wait=strategy))

        def main() -> None:
            crew.ring.start()
            if leaves:
                while crew.ring.stats().subscribers[0].waits.waiting < 2:  # until both workers look for work
                    crew.scheduler.runtime.pause(0.0, None)
                pool.remove("p-2")
            crew.publish()
            crew.ring.shutdown()

        crew.scheduler.spawn("main", main)
        return crew.finish

    return story


@pytest.mark.parametrize("keys", [0, 1], ids=["no keys", "one key"])
@pytest.mark.parametrize("leaves", [False, True], ids=["all stay", "one leaves"])
@pytest.mark.parametrize("strategy", [SPINS, GIVES_UP], ids=["looks for ever", "gives up"])
def test_pools(strategy: WaitStrategy, leaves: bool, keys: int) -> None:
    pool_told(shared_out(strategy, leaves=leaves), keys=keys, preemptions=0, limit=FEWER)


@pytest.mark.deep
@pytest.mark.parametrize("keys", [0, 1], ids=["no keys", "one key"])
@pytest.mark.parametrize("leaves", [False, True], ids=["all stay", "one leaves"])
@pytest.mark.parametrize("strategy", [SPINS, GIVES_UP], ids=["looks for ever", "gives up"])
def test_pools_further(strategy: WaitStrategy, leaves: bool, keys: int) -> None:
    pool_told(shared_out(strategy, leaves=leaves), keys=keys, preemptions=1, limit=DEEP_LIMIT)


def test_who_does_not_sleep_cannot_be_explored_where_changes_are_not_seen() -> None:
    make = threads(Waits(SPINS, SPINS))
    found = check(PROGRAMS["publish x read"], make, preemptions=0, granularity=Granularity.LOCKS)
    assert found.failed is not None
    assert "cell by cell, and not reduced" in str(found.failed.error)
