"""A ring of the library beside a ring that is moved by the steps that are proved: they show the same after each call.

Rule 1: a call of the ring that returns is one or a few steps; one that is refused is a step that cannot be taken, and
        changes nothing but the limit.
Rule 2: compared is what both have: the numbers, the producers' cached limit included, positions, and the fate of each claim.
Rule 3: one thread, and no call waits. How calls interleave is for the stateful suite; each call is under one lock there.
"""

from collections.abc import Callable
from functools import partial

from disruptor import (
    Claim,
    Disruptor,
    DisruptorClosed,
    DisruptorError,
    InsufficientCapacity,
    Reading,
    Start,
    Subscriber,
    SubscriberClosed,
    WaitTimeout,
)
from tests.proofs.mirror import Mirror


class Tied:
    """Both rings, and the calls on them; a call with nothing to work on does nothing."""

    def __init__(self, capacity: int) -> None:
        self.ring: Disruptor[int] = Disruptor(capacity)
        self.mirror = Mirror(capacity)
        self.held: dict[int, Claim[int]] = {}
        self.subscribers: list[Subscriber[int]] = []
        self.reading: dict[int, Reading[int]] = {}

    def claim(self, count: int, _: int) -> None:
        """Claim some sequences; publish or abandon them later."""
        sequencer, mirror = self.ring._sequencer, self.mirror
        n = 1 + count % self.ring.capacity
        looks = int(mirror.number("claimed")) + n > int(mirror.number("limit")) and not self.ring.closed
        try:
            claim = self.ring.claim(n, timeout=0)
        except (InsufficientCapacity, DisruptorClosed):
            claim = None
        if looks:
            mirror.take("look", to=sequencer._limit, slow=self._slowest())
        if claim is None:
            assert not mirror.may("claim", claim=mirror.claims, count=n)
            return
        for k in range(n):
            claim[k] = claim.sequences[k]
        self.held[mirror.claims] = claim
        mirror.take("claim", claim=mirror.claims, count=n)

    def publish(self, which: int, _: int) -> None:
        """Publish a claim that is held."""
        for name in list(self.held)[which % (len(self.held) or 1) :][:1]:
            self.held.pop(name).publish()
            self.mirror.take("publish", claim=name, to=self.ring.cursor)

    def abandon(self, which: int, _: int) -> None:
        """Abandon a claim that is held."""
        for name in list(self.held)[which % (len(self.held) or 1) :][:1]:
            self.held.pop(name).abandon()
            self.mirror.take("void", claim=name, to=self.ring.cursor)

    def join(self, where: int, after: int) -> None:
        """Register a subscriber, at a start and after some others."""
        upstreams = [name for name in range(len(self.subscribers)) if after >> name & 1]
        oldest = max(0, self.ring.claimed - self.ring.capacity + 1)
        starts = (Start.EARLIEST, Start.LATEST, where)
        first = (oldest, self.ring.cursor + 1, where)[where % 3]
        chosen = {"reader": self.mirror.readers, "to": first - 1, "upstreams": upstreams}
        self.mirror.readers += 1  # it is asked about, too
        may = self.mirror.may("join", **chosen)
        self.mirror.readers -= 1
        others = [self.subscribers[name] for name in upstreams]
        if self._does(may, lambda: self._register(starts[where % 3], others)):
            self.mirror.take("join", **chosen)

    def leave(self, which: int, _: int) -> None:
        """Remove a subscriber."""
        for name in self._one(which):
            if self.subscribers[name].closed:
                assert not self.mirror.may("leave", reader=name)
            elif self._does(self.mirror.may("leave", reader=name), self.subscribers[name].close):
                self.mirror.take("leave", reader=name)

    def read(self, which: int, most: int) -> None:
        """Begin a block of `read`, or end it if there is one."""
        for name in self._one(which):
            if name in self.reading:
                failed = most % 3 == 0
                self.reading.pop(name).__exit__(ValueError if failed else None, None, None)
                if failed:
                    self.mirror.take("drop", reader=name)
                else:
                    self.mirror.take("mark", reader=name, to=self.subscribers[name].sequence)
                continue
            reading = self.subscribers[name].read(1 + most % self.ring.capacity, timeout=0)
            position = int(self.mirror.number("position", name))
            try:
                batch = reading.__enter__()
            except (WaitTimeout, DisruptorClosed, SubscriberClosed):
                batch = None
            walked = self.subscribers[name].sequence
            if walked > position:  # voids only
                self.mirror.take("give", reader=name, to=walked)
                assert not self._given(name, position + 1, walked)
                self.mirror.take("mark", reader=name, to=walked)
            if batch is None:
                assert not self.mirror.may("give", reader=name, to=walked + 1)
                continue
            self.mirror.take("give", reader=name, to=batch.end)
            assert self._given(name, walked + 1, batch.end) == list(batch.sequences) == list(batch)
            self.reading[name] = reading

    def update(self, which: int, to: int) -> None:
        """Mark by hand."""
        for name in self._one(which):
            subscriber = self.subscribers[name]
            wanted = max(0, subscriber.sequence + to % 4)
            if wanted == subscriber.sequence:
                continue
            may = self.mirror.may("skip", reader=name, to=wanted)
            if self._does(may, partial(subscriber.update_sequence, wanted)):
                self.mirror.take("skip", reader=name, to=wanted)

    def close(self, really: int, _: int) -> None:
        """Close the ring, sometimes, or halt it, or start it again."""
        if really == 0:
            self.ring.close()
            self.mirror.take("close")
        elif really == 1:
            self.ring.halt()
            self.mirror.take("halt")
        elif self.ring.halted:
            self.ring.start()
            self.mirror.take("start")

    def compare(self) -> None:
        """Check that both rings show the same."""
        sequencer, mirror = self.ring._sequencer, self.mirror
        shown = (sequencer.claimed.value, sequencer.published.value, sequencer._limit, sequencer.phase.value)
        assert shown == tuple(mirror.number(name) for name in ("claimed", "published", "limit", "phase"))
        for name, subscriber in enumerate(self.subscribers):
            assert subscriber.sequence == mirror.number("position", name)
            assert ("GONE" if subscriber.closed else "REGISTERED") == mirror.number("life", name)
        for name, claim in self.held.items():
            ends = (claim.sequences[0], claim.sequences[-1])
            assert ends == (mirror.number("first", name), mirror.number("last", name))
        held = {sequence for claim in self.held.values() for sequence in claim.sequences}
        for sequence in range(max(0, sequencer.claimed.value - self.ring.capacity + 1), sequencer.claimed.value + 1):
            stage = "VOID" if sequence in sequencer.voids else "FULL"
            assert mirror.content(sequence) == ("HELD" if sequence in held else stage)

    def _register(self, start: Start | int, upstreams: list[Subscriber[int]]) -> None:
        self.subscribers.append(self.ring.register_subscriber(start=start, after=upstreams))

    @staticmethod
    def _does(may: bool, call: Callable[[], object]) -> bool:
        """Make the call, and check that it is refused if, and only if, the step cannot be taken."""
        try:
            call()
        except DisruptorError:  # which one is for other tests
            done = False
        else:
            done = True
        assert done == may
        return done

    def _one(self, which: int) -> list[int]:
        return [which % len(self.subscribers)] if self.subscribers else []

    def _given(self, name: int, first: int, last: int) -> list[int]:
        return [sequence for sequence in range(first, last + 1) if self.mirror.number("given", name, sequence) == 1]

    def _slowest(self) -> int:
        registered = [name for name, subscriber in enumerate(self.subscribers) if not subscriber.closed]
        return min(registered, key=lambda name: self.subscribers[name].sequence, default=0)


PRODUCING = (Tied.claim, Tied.publish, Tied.claim, Tied.publish, Tied.abandon)
READING = (Tied.join, Tied.read, Tied.read, Tied.update, Tied.leave)
CALLS = (*PRODUCING, *PRODUCING, *READING, Tied.leave, Tied.close)
"""What can be called, each with two numbers to choose by; often what keeps a ring going."""
