"""The producers' side of a ring.

Rule 1: arguments are checked, and time-outs turned into deadlines, before the lock is taken.
Rule 2: no code of the user runs under the lock: not the factory, a translator, an iterable, nor a finaliser of a
        replaced event.
Rule 3: an exception between taking a claim and finishing it, an interrupt included, voids the claim (`recover`).
Rule 4: a single producer takes the way without the lock (`_single.py`), which stands here in full: each call would cost as
        much as a step of it. Its arithmetic is that of `_sequence.py` (`tests/contracts/lemmas.py`).
"""

from collections.abc import Callable, Collection
from typing import Generic, SupportsIndex, TypeVar

from disruptor._arguments import integer_between
from disruptor._claim import Claim
from disruptor._deadline import check_timeout
from disruptor._errors import InvalidType, InvalidValue
from disruptor._publisher import Overflow, Publisher
from disruptor._sequence import INITIAL, Sequence
from disruptor._sequencer import Sequencer
from disruptor._single import SingleSequencer
from disruptor._slots import Slots
from disruptor._sync import Runtime, deadline_of

E = TypeVar("E")


class Publishing(Generic[E]):
    """What producers do with a ring; a part of `Disruptor`."""

    __slots__ = ("__weakref__", "_runtime", "_sequencer", "_single", "_slots")

    def __init__(self, sequencer: Sequencer, slots: Slots[E], runtime: Runtime) -> None:
        self._runtime = runtime
        self._sequencer = sequencer
        self._slots = slots
        self._single = sequencer if isinstance(sequencer, SingleSequencer) else None

    def publish(self, event: E, *, timeout: float | None = None) -> Sequence:
        """Publish one event by value; return its sequence.

        Waits up to `timeout` seconds for room. Raises `InsufficientCapacity`, `DisruptorClosed`, `SelfDeadlock`;
        then nothing was published. (LMAX: `RingBuffer.publishEvent`.)
        """
        slots, sequencer = self._slots, self._sequencer
        if slots.in_place:
            self._refuse("publish", "publish_event or claim")
        deadline = None if timeout is None else deadline_of(self._runtime, timeout)
        single = self._single
        if single is not None:  # Rule 4
            role = single.role
            if role.owner == role.ident() and not role.busy.value:  # a finaliser may publish while it publishes
                written = False
                try:
                    role.busy.value = 1
                    last = role.published.value + 1
                    if last <= role.limit.value:
                        role.claimed.value = last
                        if last <= role.limit.value:
                            written = True
                            slot = role.mask & last
                            role.items[slot], event = event, role.items[slot]  # type: ignore[assignment]  # Rule 2
                            role.published.value = last
                            if role.news_sleepers.value or role.room_sleepers.value:
                                role.nudge()
                            return last  # type: ignore[return-value]  # `Sequence(last)` would be a call
                        single.withdraw()
                except BaseException:
                    single.undo(written)
                    raise
                finally:
                    role.busy.value = 0
        if slots.encodes:
            event = slots.encode(event)
        with sequencer.lock:
            try:
                sequence = sequencer.take(1, deadline)
                replaced = slots.put(sequence, event)
                sequencer.publish(sequence, 1)
            except BaseException:
                sequencer.recover()
                raise
        del replaced  # Rule 2
        return sequence

    def publish_many(self, events: Collection[E], *, timeout: float | None = None) -> range:
        """Publish several events by value, all or nothing, visible all at once; return their sequences.

        `events` is any sized iterable of at most `capacity` events; none at all publishes nothing and returns an
        empty range. Otherwise as `publish`. This is the fast path: events are copied by slices.
        """
        slots, sequencer = self._slots, self._sequencer
        if slots.in_place:
            self._refuse("publish_many", "claim")
        batch = self._listed(events)
        n = len(batch)
        if slots.encodes:
            batch = [slots.encode(event) for event in batch]
        deadline = deadline_of(self._runtime, timeout)
        if not n:
            return range(0)
        single = self._single
        if single is not None:
            role = single.role
            if role.owner == role.ident() and not role.busy.value:  # making lists may run one
                written = False
                try:
                    role.busy.value = 1
                    last = role.published.value + n
                    if last <= role.limit.value:
                        role.claimed.value = last
                        if last <= role.limit.value:
                            written = True
                            first = Sequence(last - n + 1)
                            replaced = slots.put_many(first, batch)
                            role.published.value = last
                            if role.news_sleepers.value or role.room_sleepers.value:
                                role.nudge()
                            return range(first, last + 1)
                        single.withdraw()
                except BaseException:
                    single.undo(written)
                    raise
                finally:
                    role.busy.value = 0
        with sequencer.lock:
            try:
                first = sequencer.take(n, deadline)
                replaced = slots.put_many(first, batch)
                sequencer.publish(first, n)
            except BaseException:
                sequencer.recover()
                raise
        del replaced  # Rule 2
        return range(first, first + n)

    def publish_event(self, translate: Callable[[E, Sequence], object], *, timeout: float | None = None) -> Sequence:
        """Fill one event in place by `translate(event, sequence)`, publish it, and return its sequence.

        If `translate` raises, the sequence becomes void, the exception reaches the caller, and nobody is ever shown
        the half-filled event. Otherwise as `publish`. (LMAX: `EventTranslator`, which publishes what was left.)
        """
        self._require_translator(translate)
        slots, single = self._slots, self._single
        if single is not None:
            check_timeout(timeout)  # a wrong one is told here; its clock starts once, when it claims
            role = single.role
            if role.owner == role.ident() and not role.busy.value:
                sequence = INITIAL
                try:
                    role.busy.value = 1
                    last = role.published.value + 1
                    if last <= role.limit.value:
                        role.claimed.value = last
                        if last <= role.limit.value:
                            role.filling = sequence = Sequence(last)
                            slots.freshen(sequence, 1)
                            translate(slots.at(sequence), sequence)
                            if role.filling != sequence:
                                single.finish(sequence)
                            else:
                                role.published.value = last
                                if role.news_sleepers.value or role.room_sleepers.value:
                                    role.nudge()
                            return sequence
                        single.withdraw()
                except BaseException:
                    if sequence > INITIAL:
                        slots.spoil(sequence, 1)
                    single.undo(sequence > INITIAL, sequence)
                    raise
                finally:
                    role.busy.value = 0
                    role.filling = INITIAL
        return self._filled(self.claim(timeout=timeout), translate)

    def claim(self, n: SupportsIndex = 1, *, timeout: float | None = None) -> Claim[E]:
        """Take `n` consecutive sequences and return them as a `Claim`, to be filled and then published.

        Use it in a `with` block: leaving it publishes, leaving it by an exception abandons. `n` is in `1..capacity`.
        Waits as `publish` does; a call that fails has held nothing. (LMAX: `RingBuffer.next(n)` and `publish`.)
        """
        size = integer_between("n", n, 1, self._sequencer.capacity)
        deadline = deadline_of(self._runtime, timeout)
        claim = Claim(size, self._sequencer, self._slots, self._runtime)
        claim._take(deadline)
        return claim

    def publisher(self, *, overflow: Overflow = "block", timeout: float | None = None) -> Publisher[E]:
        """Return a `Publisher`, which knows what to do when the ring is full.

        `"block"` waits, `timeout` seconds at most, as `publish` does; `"raise"` raises `InsufficientCapacity`; `"drop"` lets
        the event go that is to be published, counts it (`Publisher.dropped`), and logs it once for each time that the
        ring is full. With a `timeout` the last two wait as long before.
        """
        return Publisher(self, self._runtime, overflow, timeout)

    def _listed(self, events: Collection[E]) -> list[E]:
        """Return what `publish_many` is to publish."""
        kind = type(events)
        if not hasattr(kind, "__len__") or not (hasattr(kind, "__iter__") or hasattr(kind, "__getitem__")):
            raise InvalidType(f"publish_many needs a sized iterable, not {events!r}; wrap it in a list")
        self._require_to_fit(len(events))
        batch = list(events)
        self._require_to_fit(len(batch))  # again: its size may have been wrong
        return batch

    def _require_translator(self, translate: object) -> None:
        """Raise `InvalidType` unless the ring is in place, and `translate` can be called."""
        if not self._slots.in_place:
            self._refuse("publish_event", "publish")
        if not callable(translate):
            raise InvalidType(f"translate must be callable, not {translate!r}")

    def _filled(self, claim: Claim[E], translate: Callable[[E, Sequence], object]) -> Sequence:
        """Fill a claim of one and publish it; return its sequence."""
        with claim:
            sequence = Sequence(claim.sequences.start)
            translate(claim[0], sequence)
        return sequence

    def _require_to_fit(self, n: int) -> None:
        capacity = self._sequencer.capacity
        if n > capacity:
            raise InvalidValue(f"publish_many takes at most {capacity} events (the capacity), not {n}")

    def _refuse(self, verb: str, instead: str) -> None:
        kind = "in place: its events come from the factory" if self._slots.in_place else "by value"
        raise InvalidType(f"{verb} does not fit a ring {kind}; use {instead}")
