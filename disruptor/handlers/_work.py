"""The events of a pool: which are still to come, wait, are in hand, are done.

Rule 1: nobody takes an event before it is about to handle it. What is taken is in hand, until it is done or given back.
Rule 2: `frontier` is the highest sequence up to which everything is done. It is the position of the pool: producers, and
        those who come after, see only this.
Rule 3: events of one key are in one lane: one of them is ready or in hand at a time, in order.
Rule 4: keys are found out one event after the other (`sort`), so that lanes fill in order. Their code runs outside every
        lock; whoever sorts is alone, and only he looks into the table of lanes.
Rule 5: nothing here locks or waits: the caller has the pool's lock, except in `lane`.
"""

from collections import deque
from collections.abc import Hashable
from heapq import heappop, heappush
from typing import final

NOBODY = -1


@final
class Lane:
    """Events of one key, in order, behind the one that is ready or in hand."""

    __slots__ = ("busy", "queue")

    def __init__(self) -> None:
        self.busy = False
        self.queue: deque[int] = deque()


@final
class Work:
    """What has become of each event after the frontier."""

    __slots__ = ("_done", "_lane_of", "_lanes", "_most_lanes", "_ready", "_sorting", "frontier", "next")

    def __init__(self, position: int, capacity: int) -> None:
        self.frontier = position
        self.next = position + 1
        """The first sequence that nobody has taken."""
        self._sorting = NOBODY
        self._ready: list[int] = []
        self._done: set[int] = set()
        self._lanes: dict[Hashable, Lane] = {}
        self._lane_of: dict[int, Lane] = {}
        self._most_lanes = 2 * capacity

    @property
    def settled(self) -> bool:
        """Whether everything that was taken is done."""
        return self.next == self.frontier + 1

    def begin(self, position: int) -> None:
        """Go on from `position`, if somebody has moved it on while nobody worked; what is done stays done."""
        if position > self.frontier:
            self._done = {sequence for sequence in self._done if sequence > position}
            self._ready, self._lanes, self._lane_of = [], {}, {}
            self.frontier = position
            self._advance()
            self.next = self.frontier + 1
            self._onward()

    def available(self, readable: int, *, keyed: bool) -> bool:
        """Tell whether there is something to take, if events up to `readable` may be read."""
        return bool(self._ready) or (self.next <= readable and not (keyed and self._sorting != NOBODY))

    def take(self, readable: int, *, keyed: bool) -> tuple[int, bool] | None:
        """Take the next event, if there is one: its sequence, and whether it is first to be sorted."""
        if self._ready:
            return heappop(self._ready), False
        if not self.available(readable, keyed=keyed):
            return None
        sequence = self.next
        self.next += 1
        self._onward()
        if keyed:
            self._sorting = sequence
        return sequence, keyed

    def lane(self, key: Hashable) -> Lane:
        """Return the lane of a key. Without the lock, by who sorts: hashing and comparing keys is code of the user's."""
        if len(self._lanes) > self._most_lanes:
            self._lanes = {key: lane for key, lane in self._lanes.items() if lane.busy}
        return self._lanes.setdefault(key, Lane())

    def sort(self, sequence: int, lane: Lane) -> bool:
        """Put an event into its lane; return whether it is to be handled now: else it waits for the one before."""
        self._sorting = NOBODY
        self._lane_of[sequence] = lane
        if lane.busy:
            lane.queue.append(sequence)
            return False
        lane.busy = True
        return True

    def finish(self, sequence: int) -> bool:
        """Note that an event in hand is done; return whether another one can be taken for that."""
        unsorted = sequence == self._sorting  # others wait until it is sorted, and now it never is
        if unsorted:
            self._sorting = NOBODY
        self._done.add(sequence)
        self._advance()
        lane = self._lane_of.pop(sequence, None)
        if lane is None:
            return unsorted
        if not lane.queue:
            lane.busy = False
            return False
        heappush(self._ready, lane.queue.popleft())
        return True

    def give_back(self, sequence: int) -> None:
        """Let others have an event in hand that was not handled."""
        if sequence == self._sorting:  # its key is not known: nobody has taken one after it
            self._sorting = NOBODY
            self.next = sequence
        else:
            heappush(self._ready, sequence)

    def _onward(self) -> None:
        while self.next in self._done:
            self.next += 1

    def _advance(self) -> None:
        while self.frontier + 1 in self._done:
            self.frontier += 1
            self._done.discard(self.frontier)
