"""Histories made by the model itself, and ways to change them: what the checker is tested with.

Rule 1: a made history is one that the model has just lived through, so it is valid by construction.
Rule 2: `widened` histories are valid if the one was that they come from: a theorem of linearizability.
Rule 3: a `mutated` history may be valid or not; another checker has to say which.
"""

from dataclasses import replace
from random import Random

from model import calls
from model.actions import ACTIONS
from model.broken_off import INTERRUPTED
from model.calls import EARLIEST, LATEST
from model.events import BadHistory, Called, Due, Event, Interrupted, Rest, Returned, Shown
from model.history import History
from model.oracle import View
from model.replay import pending, steps
from model.state import Call, Outcome, State, ring, without_pending
from model.steps import expire, invoke


class Life:
    """A ring that is lived by the model, at random, and written down."""

    def __init__(self, random: Random, capacity: int, *, interrupts: bool = False, simple: bool = False) -> None:
        self.random = random
        self.state: State = ring(capacity)
        self.events: list[Event] = []
        self.broken: set[str] = set()
        self.interrupts = interrupts
        self.simple = simple
        self.words = 0
        self.names: list[str] = []
        self.hands: dict[str, Call] = {}
        self.claims: dict[str, list[tuple[int, int]]] = {}
        self._alone(calls.register_subscriber("S"))
        if not simple and random.random() < 0.5:
            self._alone(calls.register_subscriber("T", after=random.choice([(), ("S",)])))

    def live(self, tasks: int, calls_left: int) -> History:
        """Make calls, steps and returns, in any order, until so many calls were made and nothing moves, or earlier."""
        names = [f"T{k}" for k in range(tasks)]
        while True:
            idle = [task for task in names if pending(self.state, task) is None]
            if calls_left and idle and self.random.random() < 0.4:
                task = self.random.choice(idle)
                self._begin(task, self._new(task))
                calls_left -= 1
            elif not self._go_on() and not (calls_left and idle):
                break
            if not calls_left and self.random.random() < 0.03:
                return History(tuple(self.events))  # cut off in the middle
        self.events.append(Rest(View.of(self.state)))
        return History(tuple(self.events))

    def _alone(self, call: Call) -> None:
        self._begin("setup", call)
        while self._go_on():
            pass

    def _begin(self, task: str, call: Call) -> None:
        self.state = invoke(self.state, task, call)
        self.events.append(Called(task, call))
        if self.interrupts and task != "setup" and self.random.random() < 0.15:
            self.broken.add(task)

    def _go_on(self) -> bool:
        """Let one open call make a step, return, or have its time over; tell whether there was anything to do."""
        pendings = list(self.state.pending)
        self.random.shuffle(pendings)
        for call in pendings:
            broken = INTERRUPTED if call.task in self.broken else None
            options = list(steps(self.state, call, ACTIONS, broken))
            if call.call.timed and not call.due and call.outcome is None and self.random.random() < 0.5:
                self.state = expire(self.state, call)
                self.events.append(Due(call.task))
                return True
            if options:
                self.state = self.random.choice(options).state
                return True
            if call.outcome is not None:
                self._end(call.task, call.call, call.outcome)
                return True
        return False

    def _end(self, task: str, call: Call, outcome: Outcome) -> None:
        self.state = without_pending(self.state, task)
        if outcome == INTERRUPTED:
            self.broken.discard(task)
            self.events.append(Interrupted(task))
        else:
            self.events.append(Returned(task, outcome))
        if call.verb in ("read", "poll", "iterate", "batches", "release", "leave"):
            self.hands.pop(task, None)
            if outcome.kind == "ok" and call.verb not in ("release", "leave"):
                self.hands[task] = call
        if call.verb == "register_subscriber" and outcome.kind == "ok":
            self.names.append(call.name)
        if call.verb == "claim" and outcome.kind == "ok":
            self.claims.setdefault(task, []).append((outcome.sequences[0], call.n))

    def _word(self) -> str:
        self.words += 1
        return f"e{self.words}"

    def _new(self, task: str) -> Call:
        """Return a call that `task` may make now."""
        random, capacity = self.random, self.state.capacity
        timed = random.random() < 0.4
        hand = self.hands.get(task)
        if hand is not None and random.random() < 0.8:
            if hand.verb in ("read", "poll"):
                return calls.release(hand.name, fails=random.random() < 0.2)
            return hand if random.random() < 0.7 else calls.leave(hand.name)
        claims = self.claims.get(task)
        if claims and random.random() < 0.7:
            first, n = claims.pop(random.randrange(len(claims)))
            words = (self._word() for _ in range(n))
            return calls.publish_claim(first, *words) if random.random() < 0.7 else calls.abandon(first, n)
        name = random.choice(self.names)
        near = max(0, self.state.published + random.randint(-2, 1))
        options = [
            calls.publish(self._word(), timed=timed),
            calls.publish(self._word(), timed=timed),
            calls.publish_many(*(self._word() for _ in range(random.randint(1, capacity))), timed=timed),
            calls.claim(random.randint(1, capacity), timed=timed),
            calls.read(name, random.choice([0, 0, 1]), timed=timed),
            calls.read(name, timed=timed),
            calls.wait_for(near, timed=timed),
            calls.get(near),
        ]
        if random.random() < 0.1:
            options = [calls.close()]
        elif not self.simple and random.random() < 0.4:
            options = [
                calls.publish_event(self._word(), fails=random.random() < 0.5, timed=timed),
                calls.iterate(name),
                calls.batches(name),
                calls.wait_for(near, name, timed=timed),
                calls.update_sequence(name, near),
                calls.poll(name, random.choice([0, 0, 1])),
                calls.remove_subscriber(name),
                *([calls.halt(), calls.fail_subscriber(name)] if random.random() < 0.2 else []),
                calls.start(),
            ]
            fresh = f"J{len(self.events)}"
            start = random.choice([EARLIEST, LATEST, near])
            options.append(calls.register_subscriber(fresh, start=start))
        call = random.choice(options)
        busy = any(other.call.name == call.name for other in self.state.pending)
        return calls.get(near) if call.verb in ("iterate", "batches") and busy else call


def made(
    seed: int, *, tasks: int = 3, count: int = 8, interrupts: bool = False, simple: bool = False
) -> tuple[History, int]:
    """Return a valid history, and the capacity of its ring."""
    random = Random(seed)
    capacity = random.choice([1, 2, 4])
    return Life(random, capacity, interrupts=interrupts, simple=simple).live(tasks, count), capacity


def _task(event: Event) -> str | None:
    return None if isinstance(event, Rest | Shown) else event.task


def widened(history: History, seed: int) -> History:
    """Return the history with some calls begun earlier and some ended later, as far as what is seen allows."""
    random = Random(seed)
    events = list(history.events)
    for _ in range(3 * len(events)):
        k = random.randrange(len(events) - 1)
        first, second = events[k : k + 2]
        seen = isinstance(first, Rest | Shown) or isinstance(second, Rest | Shown)
        outward = isinstance(second, Called) or isinstance(first, Returned | Interrupted)
        if outward and not seen and _task(first) != _task(second):
            swapped = [*events[:k], second, first, *events[k + 2 :]]
            try:
                History(tuple(swapped))  # nobody can use what was not registered yet
            except BadHistory:
                continue
            events = swapped
    return History(tuple(events))


def mutated(history: History, seed: int) -> History | None:
    """Return the history with one thing changed, or None if that is no history at all."""
    random = Random(seed)
    events = list(history.events)
    k = random.randrange(len(events))
    event = events[k]
    kind = random.randrange(5)
    if kind == 0 and k + 1 < len(events):
        events[k : k + 2] = [events[k + 1], event]
    elif kind == 1:
        del events[k]
    elif isinstance(event, Returned):
        events[k] = replace(event, outcome=changed(event.outcome, random))
    else:
        return None
    try:
        return History(tuple(events))
    except BadHistory:
        return None


def changed(outcome: Outcome, random: Random) -> Outcome:
    """Return another outcome than the one given, which the same call might have had."""
    sequences, events = list(outcome.sequences), list(outcome.events)
    options = [
        Outcome("InsufficientCapacity"),
        Outcome("WaitTimeout"),
        Outcome("DisruptorClosed"),
        Outcome("SequenceNotFound"),
        Outcome("OutdatedSequence"),
    ]
    if sequences:
        options += [
            outcome._replace(sequences=tuple(s + 1 for s in sequences)),
            outcome._replace(sequences=tuple(s - 1 for s in sequences if s)),
            Outcome("ok", tuple(sequences[:-1]), tuple(events[:-1])),
            Outcome("ok", tuple(sequences[1:]), tuple(events[1:])),
        ] * 2
    if events:
        options += [
            outcome._replace(events=tuple(reversed(events))),
            outcome._replace(events=("e1", *events[1:])),
            Outcome("ok", (*sequences, sequences[-1] + 1), (*events, "e2")) if sequences else outcome,
        ] * 2
    return random.choice(options)
