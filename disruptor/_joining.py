"""The subscribers' side of a ring: joining and leaving.

Rule 1: a joiner becomes a gate in the same locked step in which its start is chosen, so nothing that it is promised
        can be overwritten, and nothing is claimed meanwhile.
Rule 2: nobody leaves before those who come after him. Whoever was given up meanwhile (`_forsake`) leaves with the last of
        them.
"""

from collections.abc import Iterable
from typing import Generic, SupportsIndex, TypeVar

from disruptor._arguments import sequence_number
from disruptor._clearing import oldest_there
from disruptor._errors import DisruptorClosed, InvalidType, InvalidValue, OutdatedSequence, SubscriberClosed
from disruptor._publishing import Publishing
from disruptor._roll import Roll
from disruptor._sequencer import HALTED
from disruptor._start import Start
from disruptor._subscriber import Subscriber
from disruptor.waiting import WaitStrategy, check_strategy

E = TypeVar("E")


class Joining(Publishing[E], Generic[E]):
    """Who reads from a ring; a part of `Disruptor`."""

    __slots__ = ("_roll",)

    _roll: Roll[E]

    @property
    def subscribers(self) -> tuple[Subscriber[E], ...]:
        """The registered subscribers, in order of registration."""
        return self._roll.subscribers()

    def register_subscriber(
        self,
        *,
        start: Start | SupportsIndex = Start.EARLIEST,
        after: "Subscriber[E] | Iterable[Subscriber[E]]" = (),
        name: str | None = None,
        wait: WaitStrategy | None = None,
    ) -> Subscriber[E]:
        """Add a subscriber; from the moment this returns it holds producers back, and gets every event from its start.

        `start`: `Start.EARLIEST`, `Start.LATEST`, or a sequence (`OutdatedSequence` if it is gone).
        `after`: subscribers that must have processed an event before this one reads it. `name`: unique in the ring.
        `wait`: how it waits (`disruptor.waiting`), if not as the other readers of the ring do.
        """
        upstreams = self._upstreams(after)
        if not isinstance(start, Start):
            start = sequence_number("start", start)
        if name is not None and not isinstance(name, str):
            raise InvalidType(f"name must be a str, not {name!r}")
        sequencer = self._sequencer
        strategy = sequencer.reader_wait if wait is None else check_strategy("wait", wait)
        with sequencer.lock:
            if sequencer.phase.value == HALTED:
                raise DisruptorClosed("the ring is halted: nobody can join")
            for upstream in upstreams:
                if upstream.closed:
                    raise SubscriberClosed(f"subscriber {upstream.name!r} was removed: nobody can be after it")
            if self._single is not None:
                self._single.role.shut()  # before `claimed` is looked at: nothing is claimed meanwhile
            first = self._first(start)
            subscriber = self._roll.make(first - 1, upstreams, self._name(name))
            subscriber._barrier.patience.strategy = strategy
            try:
                sequencer.add_gate(subscriber._gate)
                self._roll.add(subscriber)
            except BaseException:
                self._drop(subscriber)  # it gates for nobody
                raise
        return subscriber

    def remove_subscriber(self, subscriber: Subscriber[E]) -> None:
        """Stop `subscriber` from gating, at once; a call that waits in it raises `SubscriberClosed`.

        Removing one that others are `after`, or one of another ring, is an `InvalidValue`; removing twice does nothing.
        """
        self._require_mine(subscriber)
        with self._sequencer.lock:
            released = self._remove(subscriber)
        del released  # unlocked: a finaliser is the user's code

    def _remove(self, subscriber: Subscriber[E]) -> object:
        """Remove a subscriber; return what that releases, for the caller to drop unlocked. The caller holds the lock."""
        subscribers = self.subscribers
        if subscriber not in subscribers:
            return None
        behind = [other.name for other in subscribers if subscriber in other.after]
        if behind:
            raise InvalidValue(
                f"{subscriber.name!r} cannot be removed before those after it: {', '.join(map(repr, behind))}"
            )
        released: list[object] = []
        try:
            self._leave(subscriber, released)
        except BaseException:
            self._leave(subscriber, released)  # half removed, it would gate for ever
            raise
        return released

    def _forsake(self, subscriber: Subscriber[E]) -> object:
        """Remove a subscriber that nobody has any more, or leave that to the last of those after it; else as `_remove`."""
        subscriber._gate.forsaken = True
        return None if subscriber._gate.followers.value else self._remove(subscriber)

    def _leave(self, subscriber: Subscriber[E], released: list[object]) -> None:
        """Drop a subscriber, and whoever was only there for it; doing it again, or the rest of it, is fine."""
        leaving = [subscriber]
        for each in leaving:
            self._drop(each, released)
            leaving += [up for up in each.after if up._gate.forsaken and not up._gate.followers.value]

    def fail_subscriber(self, subscriber: Subscriber[E], error: BaseException) -> None:
        """Say that `subscriber` will not go on, because of `error`: nobody is to wait for it for ever.

        The ring is *broken* then: no new claims, and `DisruptorBroken`, caused by `error`, for producers, for who reads
        through `subscriber`, and for subscribers after it once they have what it has processed. All others go on until
        they have everything, as after `close`. `start` mends it: everybody goes on where it stopped.
        Raises `SubscriberClosed` if it was removed. The first `error` is kept.
        """
        self._require_mine(subscriber)
        if not isinstance(error, BaseException):
            raise InvalidType(f"error must be an exception, not {error!r}")
        with self._sequencer.lock:
            if subscriber.closed:
                raise SubscriberClosed(f"subscriber {subscriber.name!r} was removed from its ring")
            try:
                self._sequencer.fail(subscriber._gate, error)
            except BaseException:
                self._sequencer.fail(subscriber._gate, error)  # half failed, some would wait for ever
                raise

    # The spelling of the first version.
    registerSubscriber = register_subscriber
    removeSubscriber = remove_subscriber

    def _drop(self, subscriber: Subscriber[E], released: list[object] | None = None) -> None:
        """Stop `subscriber` from gating; doing it again, or the rest of it, is fine. The caller holds the lock.

        What that releases is added to `released`; without such a list, nothing is.
        """
        subscriber._gate.alive.value = 0  # before the gate goes: a reader tests it after copying
        clearing = self._sequencer.clearing
        if clearing is not None and released is not None:
            released.append(clearing.leave(subscriber._gate))
        self._sequencer.remove_gate(subscriber._gate)
        self._roll.drop(subscriber)

    def _first(self, start: Start | int) -> int:
        """Return the first sequence of a joiner. The caller holds the lock, so nothing is claimed meanwhile."""
        oldest = oldest_there(self._sequencer)
        if start is Start.EARLIEST:
            return oldest
        if start is Start.LATEST:
            return self._sequencer.published.value + 1
        if start < oldest:
            raise OutdatedSequence(f"start {start} is no longer kept; the oldest kept is {oldest}")
        return start

    def _name(self, name: str | None) -> str:
        taken = {subscriber.name for subscriber in self.subscribers}
        if name is None:
            return next(made_up for made_up in iter(self._roll.name, None) if made_up not in taken)
        if name in taken:
            raise InvalidValue(f"a subscriber named {name!r} is already registered")
        return name

    def _upstreams(self, after: "Subscriber[E] | Iterable[Subscriber[E]]") -> tuple[Subscriber[E], ...]:
        # A subscriber is itself an iterable, of events: it must not be iterated here.
        if not isinstance(after, Subscriber | Iterable):
            raise InvalidType(f"after must be subscribers, not {after!r}")
        upstreams = (after,) if isinstance(after, Subscriber) else tuple(after)
        for upstream in upstreams:
            self._require_mine(upstream)
        return upstreams

    def _require_mine(self, subscriber: Subscriber[E]) -> None:
        if not isinstance(subscriber, Subscriber):
            raise InvalidType(f"a Subscriber is needed, not {subscriber!r}")
        if subscriber._sequencer is not self._sequencer:
            raise InvalidValue(f"{subscriber!r} belongs to another ring than {self!r}")
