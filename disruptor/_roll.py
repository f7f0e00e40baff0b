"""Who is registered with a ring: the subscribers, their names, and how many come after each.

Rule 1: it is changed under the ring's lock. The tuple is replaced as a whole, so looking at it needs no lock.
"""

from typing import Generic, Protocol, TypeVar, final

from disruptor._gate import new_gate
from disruptor._home import Home
from disruptor._sequencer import Sequencer
from disruptor._slots import Slots
from disruptor._subscriber import Subscriber
from disruptor._sync import Runtime

E = TypeVar("E")


class Roll(Protocol[E]):
    """The subscribers of one ring. Whoever changes it holds the ring's lock."""

    def subscribers(self) -> tuple[Subscriber[E], ...]:
        """Return the registered ones, in order of registration; never waits."""

    def make(self, position: int, after: tuple[Subscriber[E], ...], name: str) -> Subscriber[E]:
        """Make a subscriber that is not registered yet."""

    def name(self) -> str:
        """Return a name that was not made up before."""

    def add(self, subscriber: Subscriber[E]) -> None:
        """Register one that gates already."""

    def drop(self, subscriber: Subscriber[E]) -> None:
        """Forget one that gates no more; doing it again is fine."""


@final
class LocalRoll(Generic[E]):
    """The subscribers of a ring between threads."""

    __slots__ = ("_home", "_names", "_runtime", "_sequencer", "_slots", "_subscribers")

    def __init__(self, sequencer: Sequencer, slots: Slots[E], runtime: Runtime, home: Home[Subscriber[E]]) -> None:
        self._sequencer = sequencer
        self._slots = slots
        self._runtime = runtime
        self._home = home
        self._subscribers: tuple[Subscriber[E], ...] = ()
        self._names = 0

    def subscribers(self) -> tuple[Subscriber[E], ...]:
        """Return the registered ones, in order of registration; never waits."""
        return self._subscribers

    def make(self, position: int, after: tuple[Subscriber[E], ...], name: str) -> Subscriber[E]:
        """Make a subscriber that is not registered yet."""
        runtime = self._runtime
        gate = new_gate(position, name, runtime)
        return Subscriber(self._sequencer, self._slots, runtime, gate, runtime.lock(), after, self._home)

    def name(self) -> str:
        """Return a name that was not made up before."""
        self._names += 1
        return f"subscriber-{self._names - 1}"

    def add(self, subscriber: Subscriber[E]) -> None:
        """Register one that gates already."""
        self._count((*self._subscribers, subscriber), subscriber.after)

    def drop(self, subscriber: Subscriber[E]) -> None:
        """Forget one that gates no more; doing it again is fine."""
        self._count(tuple(other for other in self._subscribers if other is not subscriber), subscriber.after)

    def _count(self, subscribers: tuple[Subscriber[E], ...], upstreams: tuple[Subscriber[E], ...]) -> None:
        """Make `subscribers` the registered ones, and count the followers of `upstreams` anew."""
        for upstream in upstreams:
            upstream._gate.followers.value = sum(upstream in other.after for other in subscribers)
        self._subscribers = subscribers
