"""Our own ring between threads, by value and in place.

Events are words. In place, an event is written in two halves with a scheduling point between, so that a reader
that is shown a half-written one says so.
"""

from collections.abc import Iterator
from typing import Generic, TypeVar

import disruptor
from disruptor import Batch, Claim, Disruptor, DisruptorError, Poll, Polling, Reading, Start, Subscriber
from disruptor._override import override
from disruptor._sync import Runtime
from model.actions import ACTIONS
from model.calls import EARLIEST, LATEST
from model.oracle import View
from model.state import Call, Outcome
from stateful.adapters._word import Word

E = TypeVar("E")

BY_VALUE = frozenset(ACTIONS) - {"publish_event"}
IN_PLACE = frozenset(ACTIONS) - {"publish", "publish_many"}


class TranslatorError(Exception):
    """Raised by translators that are told to fail."""


class BlockError(Exception):
    """Raised in blocks that are told to fail."""


class ThreadsRing(Generic[E]):
    """What by value and in place have in common."""

    verbs: frozenset[str]
    notices_itself = True

    def __init__(self, ring: Disruptor[E], runtime: Runtime) -> None:
        self._ring = ring
        self.runtime = runtime
        self._subscribers: dict[str, Subscriber[E]] = {}
        self.claims: dict[int, Claim[E]] = {}
        self.readings: dict[str, Reading[E] | Polling[E]] = {}
        self.loops: dict[tuple[str, int], Iterator[E | Batch[E]]] = {}
        sequencer = ring._sequencer
        for label in ("claimed", "published", "phase", "lock"):
            named(getattr(sequencer, label), label)
        for signal, label in ((sequencer.room, "sleepers for room"), (sequencer.news, "sleepers for news")):
            named(signal.sleepers, label)

    @property
    def ring(self) -> Disruptor[E]:
        """The ring, as the current task has it."""
        return self._ring

    def subscriber(self, name: str) -> Subscriber[E]:
        """Return a subscriber, as the current task has it."""
        return self._subscribers[name]

    def registered(self, name: str, joiner: Subscriber[E]) -> None:
        """Note a new subscriber."""
        self._subscribers[name] = joiner
        gate = joiner._gate
        named(gate.position, f"{name}'s position")
        named(gate.followers, f"{name}'s followers")
        named(joiner._turn, f"{name}'s turn")
        named(gate.alive, f"{name} is alive")
        named(gate.failed, f"{name} has failed")

    def can(self, call: Call) -> bool:
        """Tell whether this way of holding events has the verb."""
        return call.verb in self.verbs

    def perform(self, call: Call, timeout: float | None) -> Outcome:
        """Do one call."""
        try:
            outcome: Outcome = getattr(self, f"do_{call.verb}")(call, timeout)
        except StopIteration:
            self.loops.pop(self._mine(call.name), None)
            return Outcome("ended")
        except (DisruptorError, TranslatorError) as error:
            return Outcome(type(error).__name__)
        return outcome

    def view(self) -> View | None:
        """Return what the ring shows, unless somebody is inside its lock."""
        sequencer = self.ring._sequencer
        if sequencer.lock.locked():
            return None
        # Called at every step: what the public properties say is compared with it at rest (`check`).
        positions = tuple(sorted([(gate.name, gate.position.value) for gate in sequencer.gates]))
        return View(sequencer.claimed.value, sequencer.published.value, sequencer.phase.value, positions)

    def waiting(self) -> int:
        """Return how many callers are asleep, and were not yet woken."""
        sequencer = self.ring._sequencer
        with sequencer.lock:
            return sequencer.room.asleep() + sequencer.news.asleep()

    def check(self) -> None:
        """Ask the ring for its invariants."""
        ring = self.ring
        ring._check()
        shown = self.view()
        positions = tuple(sorted((s.name, int(s.sequence)) for s in ring.subscribers))
        if shown != View(ring.claimed, ring.cursor, ring._sequencer.phase.value, positions):
            raise AssertionError(f"{shown}, but {ring!r} has {positions}")

    # --- producers -----------------------------------------------------------------------------------------

    def fill(self, claim: Claim[E], index: int, word: str) -> None:
        """Put a word into a claim."""
        raise NotImplementedError

    def do_claim(self, call: Call, timeout: float | None) -> Outcome:
        claim = self.ring.claim(call.n, timeout=timeout)
        self.claims[claim.sequences[0]] = claim
        return Outcome("ok", tuple(claim.sequences))

    def do_publish_claim(self, call: Call, timeout: float | None) -> Outcome:
        claim = self.claims[call.sequence]
        if claim.open:
            for index, event in enumerate(call.events):
                self.fill(claim, index, str(event))
        return Outcome("ok", tuple(claim.publish()))

    def do_abandon(self, call: Call, timeout: float | None) -> Outcome:
        self.claims[call.sequence].abandon()
        return Outcome("ok")

    # --- subscribers ---------------------------------------------------------------------------------------

    def do_register_subscriber(self, call: Call, timeout: float | None) -> Outcome:
        start = {EARLIEST: Start.EARLIEST, LATEST: Start.LATEST}.get(call.sequence, call.sequence)
        after = [self.subscriber(name) for name in call.after]
        joiner = self.ring.register_subscriber(start=start, after=after, name=call.name)
        self.registered(call.name, joiner)
        return Outcome("ok", (joiner.sequence + 1,))

    def do_remove_subscriber(self, call: Call, timeout: float | None) -> Outcome:
        self.ring.remove_subscriber(self.subscriber(call.name))
        return Outcome("ok")

    def do_update_sequence(self, call: Call, timeout: float | None) -> Outcome:
        self.subscriber(call.name).update_sequence(call.sequence)
        return Outcome("ok")

    def do_wait_for(self, call: Call, timeout: float | None) -> Outcome:
        waiter = self.subscriber(call.name) if call.name else self.ring
        return Outcome("ok", (waiter.wait_for(call.sequence, timeout),))

    def do_read(self, call: Call, timeout: float | None) -> Outcome:
        reading = self.subscriber(call.name).read(call.n or None, timeout)
        batch = reading.__enter__()
        self.readings[call.name] = reading
        return shown(batch)

    def do_poll(self, call: Call, timeout: float | None) -> Outcome:
        polling = self.subscriber(call.name).poll(call.n or None)
        found = polling.__enter__()
        if isinstance(found, Poll):
            return Outcome(found.value)
        self.readings[call.name] = polling
        return shown(found)

    def do_release(self, call: Call, timeout: float | None) -> Outcome:
        reading = self.readings.pop(call.name)
        if call.fails:
            error = BlockError()
            reading.__exit__(BlockError, error, None)
        else:
            reading.__exit__(None, None, None)
        return Outcome("ok")

    def do_iterate(self, call: Call, timeout: float | None) -> Outcome:
        loop = self.loops.get(self._mine(call.name))
        if loop is None:
            loop = iter(self.subscriber(call.name))
            event = self._begin(call.name, loop)
        else:
            event = self._next(call.name, loop)
        return Outcome("ok", (), (str(event),))

    def do_batches(self, call: Call, timeout: float | None) -> Outcome:
        loop = self.loops.get(self._mine(call.name))
        if loop is None:
            batch = self._begin(call.name, self.subscriber(call.name).batches(call.n or None))
        else:
            batch = self._next(call.name, loop)
        if not isinstance(batch, Batch):
            raise TypeError(f"a loop over batches gave {batch!r}")
        return shown(batch)

    def do_leave(self, call: Call, timeout: float | None) -> Outcome:
        loop = self.loops.pop(self._mine(call.name))
        close = getattr(loop, "close")  # noqa: B009  # a generator, though its type says iterator
        close()
        return Outcome("ok")

    def _mine(self, name: str) -> tuple[str, int]:
        """Return the key of the calling task's own loop over a subscriber."""
        return name, self.runtime.ident()

    def _begin(self, name: str, loop: Iterator[E | Batch[E]]) -> E | Batch[E]:
        first = next(loop)
        self.loops[self._mine(name)] = loop
        return first

    def _next(self, name: str, loop: Iterator[E | Batch[E]]) -> E | Batch[E]:
        try:
            return next(loop)
        except BaseException:
            self.loops.pop(self._mine(name), None)
            raise

    # --- anybody -------------------------------------------------------------------------------------------

    def do_get(self, call: Call, timeout: float | None) -> Outcome:
        return Outcome("ok", events=(str(self.ring.get(call.sequence)),))

    def do_close(self, call: Call, timeout: float | None) -> Outcome:
        self.ring.close()
        return Outcome("ok")

    def do_fail_subscriber(self, call: Call, timeout: float | None) -> Outcome:
        self.ring.fail_subscriber(self.subscriber(call.name), BlockError())
        return Outcome("ok")

    def do_start(self, call: Call, timeout: float | None) -> Outcome:
        self.ring.start()
        return Outcome("ok")

    def do_halt(self, call: Call, timeout: float | None) -> Outcome:
        self.ring.halt()
        return Outcome("ok")


def named(shared: object, label: str) -> None:
    """Give a lock or cell of the scheduler a name for its pictures; those of other runtimes have none."""
    if hasattr(shared, "label"):
        shared.label = label


def shown(batch: Batch[E]) -> Outcome:
    """Return the outcome of a call that handed out a batch."""
    return Outcome("ok", tuple(batch.sequences), tuple(str(event) for event in batch))


class ByValue(ThreadsRing[str]):
    """A ring that holds words."""

    verbs = BY_VALUE

    def __init__(self, capacity: int, runtime: Runtime) -> None:
        super().__init__(Disruptor(capacity, runtime=runtime), runtime)

    @override
    def fill(self, claim: Claim[str], index: int, word: str) -> None:
        """Set the event by index."""
        claim[index] = word

    def do_publish(self, call: Call, timeout: float | None) -> Outcome:
        return Outcome("ok", (self.ring.publish(str(call.events[0]), timeout=timeout),))

    def do_publish_many(self, call: Call, timeout: float | None) -> Outcome:
        return Outcome("ok", tuple(self.ring.publish_many(list(map(str, call.events)), timeout=timeout)))


class InPlace(ThreadsRing[Word]):
    """A ring of events in place."""

    verbs = IN_PLACE

    def __init__(self, capacity: int, runtime: Runtime) -> None:
        super().__init__(Disruptor(capacity, lambda: Word(runtime), runtime=runtime), runtime)

    @override
    def fill(self, claim: Claim[Word], index: int, word: str) -> None:
        """Write the event in its two halves."""
        claim[index].write(word)

    def do_publish_event(self, call: Call, timeout: float | None) -> Outcome:
        def translate(event: Word, sequence: disruptor.Sequence) -> None:
            word = str(call.events[0])
            if call.fails:
                event.half(word)
                raise TranslatorError(word)
            event.write(word)

        return Outcome("ok", (self.ring.publish_event(translate, timeout=timeout),))
