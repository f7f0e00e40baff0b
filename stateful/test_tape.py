"""Are histories of explored programs accepted by the checker that looks back, and those of broken rings rejected?

The same programs, schedules and mutants as elsewhere, but judged from what the calls returned alone.
"""

from collections.abc import Callable

import pytest

from disruptor._sequencer import Sequencer
from model import calls
from model.events import Interrupted
from stateful.adapters._protocol import Make, Unasked
from stateful.adapters.threads import ByValue
from stateful.bodies import Body, Do, Program, each
from stateful.mutants import MUTANTS, Mutant
from stateful.programs import BY_VALUE, IN_PLACE
from stateful.scheduler import Failed, Granularity, Scheduler, explore
from stateful.tape import Tape, explained, judge
from stateful.visible import run

S = calls.register_subscriber("S")


def accepted(program: Program, make: Make, limit: int) -> None:
    for granularity in Granularity.LOCKS, Granularity.CELLS:
        found = explained(program, make, preemptions=1, granularity=granularity, max_schedules=limit)
        if found.failed is not None:
            if isinstance(found.failed.error, Unasked):
                pytest.skip(f"the ring under test does not offer {found.failed.error}")
            raise found.failed
        assert found.schedules


@pytest.mark.parametrize("program", BY_VALUE, ids=lambda program: program.name)
def test_histories_by_value_are_accepted(program: Program, by_value: Make) -> None:
    accepted(program, by_value, 60)


@pytest.mark.parametrize("program", IN_PLACE, ids=lambda program: program.name)
def test_histories_in_place_are_accepted(program: Program, in_place: Make) -> None:
    accepted(program, in_place, 60)


@pytest.mark.deep
@pytest.mark.parametrize("program", BY_VALUE, ids=lambda program: program.name)
def test_histories_by_value_are_accepted_deep(program: Program, by_value: Make) -> None:
    accepted(program, by_value, 5_000)


# --- interrupts ----------------------------------------------------------------------------------------------


def until_interrupted(body: Body) -> Body:
    """Return a body that gives up when it is interrupted, and leaves what it had in hand."""

    def stops(do: Do) -> None:
        try:
            body(do)
        except KeyboardInterrupt:
            return

    return stops


def claims_and_publishes(do: Do) -> None:
    first = do(calls.claim()).sequences[0]
    do(calls.publish_claim(first, "x"))


def reads_and_releases(do: Do) -> None:
    do(calls.read("S"))
    do(calls.release("S"))


VICTIMS: dict[str, Body] = {
    "publish": each(calls.publish("x")),
    "publish_many": each(calls.publish_many("x", "y")),
    "claim": claims_and_publishes,
    "read": reads_and_releases,
    "update_sequence": each(calls.update_sequence("S", 0)),
    "iterate": each(calls.iterate("S"), calls.iterate("S")),
    "join": each(calls.register_subscriber("T")),
    "leave": each(calls.remove_subscriber("S")),
    "close": each(calls.close()),
    "wait_for": each(calls.wait_for(1)),
}


def strike(name: str, step: int) -> int:
    """Interrupt the victim at one of its steps, under every schedule; return how many tapes have an interrupt."""
    reader = each(calls.read("U"), calls.release("U"), calls.read("U"))
    others: dict[str, Body] = {"P": each(calls.publish("b")), "D": reader}
    tasks = {"victim": until_interrupted(VICTIMS[name]), **others}
    program = Program(name, 4, tasks, (S, calls.register_subscriber("U"), calls.publish("a")))
    struck = 0

    def load(scheduler: Scheduler) -> Callable[[], None]:
        tape = Tape()
        world = program.load(ByValue, scheduler, tape)
        follow = scheduler.on_step
        steps = 0

        def hook(scheduler: Scheduler) -> None:
            nonlocal steps
            if follow is not None:
                follow(scheduler)
            task = scheduler.current
            inside = world.oracle is tape and tape.within("victim")
            if task is not None and task.name == "victim" and inside:
                steps += 1
                if steps == step:
                    scheduler.inject(task, KeyboardInterrupt())

        scheduler.on_step = hook

        def finish() -> None:
            nonlocal struck
            tape.end()
            judge(world, tape, program.capacity)
            struck += any(isinstance(event, Interrupted) for event in tape.events)

        return finish

    found = explore(load, preemptions=1, granularity=Granularity.CELLS, max_schedules=30)
    if found.failed is not None:
        raise found.failed
    return struck


@pytest.mark.parametrize("name", VICTIMS)
def test_histories_with_an_interrupt_at_any_step_are_accepted(name: str) -> None:
    step = 1
    while strike(name, step):
        step += 1
    assert step > 3


def test_an_interrupt_that_is_not_put_right_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sequencer, "recover", lambda self, first=None: None)

    def at_every_step() -> None:
        step = 1
        while strike("publish", step):
            step += 1

    with pytest.raises(Failed, match="nothing moves, but a correct ring would go on with"):
        at_every_step()


# --- mutants -------------------------------------------------------------------------------------------------

# One of each kind: a sleeper forgotten, a time-out missed or too early, a slot overwritten, a void shown, a wrong order.
VISIBLE = (
    "publish wakes nobody",
    "it waits without its time-out",
    "the time-out is compared the wrong way round",
    "the wrap check is one too generous",
    "voids are shown",
    "upstreams are ignored",
)


@pytest.mark.parametrize("name", VISIBLE)
def test_a_mutant_is_seen_in_histories_alone(name: str) -> None:
    [mutant] = [mutant for mutant in MUTANTS if mutant.name == name]
    seen = run(mutant)
    assert seen.error == "Unexplained", seen


@pytest.mark.deep
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_no_mutant_breaks_the_checker(mutant: Mutant) -> None:
    assert run(mutant).error in ("", "Unexplained", "StepLimit", "RuntimeError")
