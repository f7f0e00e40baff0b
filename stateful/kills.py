"""A process that is killed at one step, while others are at work: what must hold afterwards.

Rule 1: a step is what lies between two accesses of the library to what processes share: a word, a lock, a place to park.
        The victim stops there, and nothing of it is unwound (`_machine.py`).
Rule 2: afterwards everybody else goes on to the end; what they publish is read, once and in order; of what the victim has
        published, all of which its call returned and nothing half; and the ring is consistent.
Rule 3: each step is struck under the default schedules (the victim first; the victim last) and under some random ones, which
        replay from their number.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from disruptor import Claim, Disruptor, DisruptorClosed, DisruptorError, InsufficientCapacity, Subscriber
from disruptor._patience import PATROL_NS
from disruptor.shared._deaths import Policy
from disruptor.waiting import ASLEEP, Waits
from stateful.adapters.processes import Process, Simulated
from stateful.scheduler import Granularity, RandomWalk, Replay, Scheduler, Weak

Act = Callable[[Disruptor[str], Subscriber[str] | None, list[str]], object]
"""What the victim does: with the ring, with its subscriber, and noting what it has published."""


class Deed(NamedTuple):
    """What a victim does."""

    name: str
    act: Act
    reads: bool = False
    """Whether it has a subscriber of its own, registered before."""
    ends: bool = False
    """Whether it ends the ring: then the others may be told so."""


def publish(ring: Disruptor[str], mine: Subscriber[str] | None, done: list[str]) -> None:
    """Publish two events, one by one."""
    for word in ("v0", "v1"):
        ring.publish(word)
        done.append(word)


def publish_many(ring: Disruptor[str], mine: Subscriber[str] | None, done: list[str]) -> None:
    """Publish several at once."""
    words = ["v0", "v1"][: ring.capacity]
    ring.publish_many(words)
    done.extend(words)


def claim(ring: Disruptor[str], mine: Subscriber[str] | None, done: list[str]) -> None:
    """Publish a claim, and abandon another one."""
    held: Claim[str] = ring.claim()
    held[0] = "v0"
    held.publish()
    done.append("v0")
    ring.claim().abandon()


def claims_out_of_order(ring: Disruptor[str], mine: Subscriber[str] | None, done: list[str]) -> None:
    """Hold two claims; publish the second, and then abandon the first."""
    try:
        first, second = ring.claim(timeout=0), ring.claim(timeout=0)
    except InsufficientCapacity:
        return
    second[0] = "v1"
    second.publish()
    first.abandon()
    done.append("v1")


def read(ring: Disruptor[str], mine: Subscriber[str] | None, done: list[str]) -> None:
    """Read two batches, and leave."""
    if mine is not None:
        for _ in range(2):
            with mine.read():
                pass
        mine.close()


def loop(ring: Disruptor[str], mine: Subscriber[str] | None, done: list[str]) -> None:
    """Read in a loop, and leave."""
    if mine is not None:
        for event in mine:
            if event == "last":
                break
        mine.close()


def join(ring: Disruptor[str], mine: Subscriber[str] | None, done: list[str]) -> None:
    """Join, one behind the other, and leave."""
    joined = ring.register_subscriber(name="joined")
    behind = ring.register_subscriber(after=joined, name="behind")
    behind.close()
    joined.close()


def fail(ring: Disruptor[str], mine: Subscriber[str] | None, done: list[str]) -> None:
    """Say that one's own subscriber has failed, and go on all the same."""
    if mine is not None:
        ring.fail_subscriber(mine, ValueError())
        ring.start()
        mine.close()


DEEDS = (
    Deed("publish", publish),
    Deed("publish_many", publish_many),
    Deed("claim", claim),
    Deed("claims out of order", claims_out_of_order),
    Deed("read", read, reads=True),
    Deed("loop", loop, reads=True),
    Deed("join and leave", join),
    Deed("close", lambda ring, mine, done: ring.close(), ends=True),
    Deed("fail", fail, reads=True, ends=True),
    Deed("halt", lambda ring, mine, done: ring.halt(), ends=True),
)


class Killed(NamedTuple):
    """One run."""

    struck: bool
    """Whether the victim got so far."""
    schedule: str
    error: AssertionError | None


def kill(
    deed: Deed, step: int, seed: int, *, capacity: int = 2, buffers: Weak | None = None, waits: Waits = ASLEEP
) -> Killed:
    """Kill the victim at its step number `step`, from 1.

    `seed` 0 and 1 are the schedules of Rule 3; all others are random. `waits`: how everybody waits.
    """
    chooser = Replay() if seed < 2 else RandomWalk(seed)
    scheduler = Scheduler(chooser, granularity=Granularity.CELLS, buffers=buffers, record=True)
    scene = _Scene(scheduler, deed, step, capacity, waits, victim_last=seed == 1)
    error: AssertionError | None = None
    try:
        scheduler.run()
        scene.check()
    except (AssertionError, DisruptorError) as raised:
        lines = "\n".join(f"{name}: {text}" for name, text in (scheduler.trace or ())[-60:])
        error = AssertionError(f"{deed.name}, step {step}, seed {seed}, capacity {capacity}: {raised!r}\n{lines}")
        error.__cause__ = raised
    finally:
        schedule = str(scheduler.schedule)
        scheduler.dispose(scene.task)
    return Killed(scene.struck, schedule, error)


class _Scene:
    """Three processes: a victim, a producer, a reader."""

    def __init__(
        self, scheduler: Scheduler, deed: Deed, step: int, capacity: int, waits: Waits, *, victim_last: bool
    ) -> None:
        self.scheduler = scheduler
        self.deed = deed
        self.struck = False
        self.published: list[str] = []
        self.had: list[str] = []
        self._steps = 0
        self._judging = False
        self._step = step
        simulated: Simulated[str] = Simulated(capacity, None, scheduler.runtime, Policy.REMOVE, waits)
        self._simulated = simulated
        self._victim: Process[str] | None = None
        self._reader = simulated.current().ring.register_subscriber(name="other's")
        simulated.register("other's", self._reader)

        def victim() -> None:
            self._victim = simulated.current()
            ring = self._victim.ring
            mine = ring.register_subscriber(name="victim's") if deed.reads else None
            with suppress(DisruptorClosed):
                deed.act(ring, mine, self.published)

        def others(act: Callable[[Disruptor[str]], None]) -> Callable[[], None]:
            def body() -> None:
                try:
                    act(simulated.current().ring)
                except DisruptorClosed:
                    if not deed.ends:
                        raise

            return body

        def produce(ring: Disruptor[str]) -> None:
            for word in ("p0", "p1", "last"):
                ring.publish(word)

        def consume(ring: Disruptor[str]) -> None:
            subscriber = simulated.subscriber("other's")
            while "last" not in self.had:
                with subscriber.read() as batch:
                    self.had.extend(batch)

        if not victim_last:
            self.task = scheduler.spawn("victim", victim)
        scheduler.spawn("producer", others(produce))
        scheduler.spawn("reader", others(consume))
        if victim_last:
            self.task = scheduler.spawn("victim", victim)
        scheduler.on_step = self._hook

    def _hook(self, scheduler: Scheduler) -> None:
        if scheduler.current is self.task and not (self.task.ended or self._judging) and self._victim is not None:
            self._steps += 1
            if self._steps == self._step:
                self.struck = True
                scheduler.note("victim", "is killed")
                self._simulated.machine.kill(self.task, self._victim.number)

    def _stuck(self) -> list[str]:
        """Let time pass, and return who still waits."""
        others = [task for task in self.scheduler.tasks if task is not self.task]
        for _ in range(4):
            if all(task.ended for task in others):
                break
            self._simulated.machine.naps_end()
            self.scheduler.now += PATROL_NS  # who does not sleep looks at the clock
            self.scheduler.changes += 1
            self.scheduler.run()
        return [task.name for task in others if not task.ended]

    def _go_on(self) -> None:
        """Let the survivors publish and read one more: nothing of the dead may be in their way."""
        simulated = self._simulated

        def consume() -> None:
            while "more" not in self.had:
                with simulated.subscriber("other's").read() as batch:
                    self.had.extend(batch)

        self.scheduler.spawn("more", lambda: simulated.current().ring.publish("more"))
        self.scheduler.spawn("more of it", consume)
        self.scheduler.run()

    def check(self) -> None:
        """Let time pass, and judge."""
        scheduler = self.scheduler
        self._judging = True  # who is killed from now on may leave what nobody needs
        stuck = self._stuck()
        ring = self._simulated.current().ring
        if not stuck and not self.deed.ends:
            self._go_on()
            stuck = self._stuck()
        if self.deed.ends and stuck and not ring.closed:
            ring.close()  # it was killed before: whoever waits, waits rightly
            ring.halt()
            scheduler.run()
            stuck = self._stuck()
        if stuck:
            raise AssertionError(f"{stuck} wait for ever; had {self.had}")
        ring._check()
        if not self.deed.ends and [*ring._sequencer._held]:
            raise AssertionError("a claim of the dead is still held")
        if not self.deed.ends:
            mine = [word for word in self.had if not word.startswith("v")]
            theirs = [word for word in self.had if word.startswith("v")]
            if mine != ["p0", "p1", "last", "more"]:
                raise AssertionError(f"the producer's events arrived as {self.had}")
            cursor = [
                ring.get(s) for s in range(max(0, ring.cursor - ring.capacity + 1), ring.cursor + 1) if self._shown(s)
            ]
            lost = [word for word in self.published if word not in theirs and word not in cursor]
            if len({*theirs}) != len(theirs) or sorted(theirs) != theirs or lost:
                raise AssertionError(f"the victim's events {self.published} arrived as {self.had}")

    def _shown(self, sequence: int) -> bool:
        sequencer = self._simulated.current().sequencer
        return sequence not in sequencer.voids
