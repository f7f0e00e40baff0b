"""One producer at a time, which publishes without the lock.

Rule 1: the way without the lock (`_publishing.py`) is: test the limit, announce (`claimed` moves), test the limit again,
        write the slots, show (`published` moves), wake. Who fails the second test takes the announcement back, under the
        lock, and wakes whoever has relied on it.
Rule 2: whoever must know what is claimed (a joiner), or lets no more be claimed (closing, halting, failing, a claim,
        somebody else who publishes), lowers the limit first, under the lock, and looks afterwards. So an announcement that
        he does not see fails its second test. He waits for nobody.
Rule 3: the limit is raised under the lock only, by the producer itself, and only if all is in order: the ring open, no claim
        unfinished, none void. Everything else is done under the lock, as for many producers. (Raised by another thread,
        which finishes a claim, it would let pass what the producer has derived from `published` before.)
Rule 4: what is announced is derived from `published`, never from `claimed`: what an interrupted call has left announced is
        announced again, or taken back.
Rule 5: the role goes to another thread as soon as that one publishes or claims, unless a call of the former is under way:
        then the other is refused. The former sets `busy` before it tests the limit; the other lowers the limit before it
        looks at `busy`.
"""

from collections.abc import Callable

from disruptor._errors import SecondProducer
from disruptor._gate import Gate
from disruptor._held import Held
from disruptor._override import override
from disruptor._role import Role
from disruptor._sequence import INITIAL, Sequence
from disruptor._sequencer import Sequencer
from disruptor._sync import Runtime


class SingleSequencer(Sequencer):
    """The order of claims and publications in a ring with one producer at a time."""

    __slots__ = ("_new_role", "role")

    def __init__(self, capacity: int, runtime: Runtime, items: list[object]) -> None:
        super().__init__(capacity, runtime)
        sleepers = self.news.sleepers, self.room.sleepers

        def new_role() -> Role:
            return Role(runtime.ident, runtime.cell, self.claimed, self.published, *sleepers, self.nudge, items)

        self._new_role: Callable[[], Role] = new_role
        self.role = new_role()
        """Of who published or claimed last. Replaced under the lock; read without it: an old one has a lowered limit."""

    # --- claiming and finishing; the caller holds the lock --------------------------------------------------

    @override
    def take(self, n: int, deadline: int | None) -> Sequence:
        role = self._enter()
        try:
            role.busy.value = 1
            if self._taking is not None:
                self.recover()
            self._take_back()
            return super().take(n, deadline)
        finally:
            role.busy.value = 0

    @override
    def hold(self, first: int, n: int) -> Held:
        self.role.shut()
        return super().hold(first, n)

    @override
    def publish(self, first: int, n: int) -> None:
        super().publish(first, n)
        if self.role.owner == self._runtime.ident() and not (self._held or self._done or self.voids):
            self.role.limit.value = self._limit  # Rule 3; it is at the beginning if the ring was closed meanwhile

    @override
    def recover(self, first: int | None = None) -> None:
        self.role.shut()
        super().recover(first)

    def _enter(self) -> Role:
        """Become the producer; `SecondProducer` if the producer is in a call (Rule 5)."""
        role, me = self.role, self._runtime.ident()
        role.shut()
        if role.owner == me:
            self._hold_filling(me)
        if role.busy.value:
            whose = "this thread itself" if role.owner == me else "another thread"
            raise SecondProducer(
                f"{whose} is publishing, or waits for room to: the ring was made for one producer at a time "
                f'(producers="single"); let the calls follow one another, or make it with producers="multi"'
            )
        if role.owner != me:
            if role.owner is not None:
                role = self._new_role()
            role.owner = me
            self.role = role
        return role

    def _take_back(self) -> None:
        """Take back what is announced and not shown, and tell those who wait for it. Nobody else is in a call."""
        ends = [held.last for held in self._held.values()] + list(self._done.values())
        last = max([self.published.value, *ends])
        if self.claimed.value != last:
            self.claimed.value = last
            self._wake()

    def _hold_filling(self, me: int) -> None:
        """Make a claim of the event that the calling thread is filling: from within, it claims or waits."""
        role = self.role
        if role.filling > INITIAL and role.busy.value:
            self.hold(role.filling, 1).owner = me
            role.filling = INITIAL
            role.busy.value = 0

    @override
    def refuse_own_claim(self, sequence: int) -> None:
        me = self._runtime.ident()
        if self.role.owner == me:
            self._hold_filling(me)
        super().refuse_own_claim(sequence)

    # --- gates and phases; the caller holds the lock --------------------------------------------------------

    @override
    def add_gate(self, gate: Gate) -> None:
        self.role.shut()
        super().add_gate(gate)

    @override
    def close(self, phase: int) -> None:
        self.role.shut()
        super().close(phase)

    # --- for the way without the lock; these take it --------------------------------------------------------

    def nudge(self) -> None:
        """Wake everybody. What the caller has announced may have looked like a lack of room to who watches for some."""
        with self.lock:
            self._wake()

    def withdraw(self) -> None:
        """Take back an announcement that has failed its second test. The caller is busy."""
        with self.lock:
            self._take_back()

    def finish(self, sequence: int) -> None:
        """Publish what has become a claim while it was being filled."""
        with self.lock:
            try:
                self.publish(sequence, 1)
            except BaseException:
                self.recover(sequence)
                raise

    def undo(self, written: bool, sequence: int = INITIAL) -> None:
        """Put right what an exception has cut off without the lock: void what may be written, take back what is not.

        `sequence` is the one that was being filled by the user's code: it may have become a claim meanwhile.
        """
        with self.lock:
            self.role.shut()
            if sequence in self._held:
                self.void(sequence, 1)
            elif not (self._held or self._done):
                if written:
                    first = self.published.value + 1
                    self.void(first, self.claimed.value - first + 1)
                else:
                    self._take_back()
            self._wake()

    @override
    def check(self) -> None:
        super().check()
        with self.lock:
            limit, in_order = self.role.limit.value, not (self._held or self._done or self.voids)
            busy = self.role.busy.value and not self.room.asleep()  # who waits for room is
            if limit > self._limit or (limit != INITIAL and not in_order) or busy:
                raise AssertionError(
                    f"{limit=} within={self._limit} {busy=} held={dict(self._held)} "
                    f"done={self._done} voids={self.voids}"
                )
