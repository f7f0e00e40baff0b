"""The ways in which this ring could be wrong, one small patch each, and the command that shows that each is found.

Rule 1: a mutant replaces one piece of text, which must stand exactly once in the file; so a mutant cannot rot unseen.
Rule 2: it names the promise that it breaks and the class of bug in real Disruptors that it stands for.
Rule 3: it is killed by the very programs that the unmutated ring passes, with the same bounds. A mutant that cannot be
        loaded, or fails by a `TypeError` and the like, is not killed but broken.

`python -m stateful.mutants` prints the table: mutant, promise, killed by, after how many schedules.
"""

from typing import NamedTuple


class Mutant(NamedTuple):
    """One way to be wrong."""

    name: str
    file: str
    old: str
    new: str
    breaks: str
    """The promise that no longer holds."""
    bug: str
    """The class of bug, as in the list of bugs found in real Disruptors (`docs/known-bugs.md`)."""
    program: str
    """The program that is tried first; all others follow if it finds nothing."""


SEQUENCER, SUBSCRIBER, BARRIER = "_sequencer.py", "_subscriber.py", "_barrier.py"
SYNC, CLAIM, RING = "_sync.py", "_claim.py", "_disruptor.py"

PUBLISHES = "        self._finish(first, first + n - 1)\n        self._wake()\n        self._taking = None\n"
PUTS = "                replaced = slots.put(sequence, event)\n                sequencer.publish(sequence, 1)\n"
LOOPS = "                    yield event\n                    self._move(sequence)\n"
SLEEPS = "                self._condition.wait(seconds_until(now, deadline))\n"
COUNTS = "        self.sleepers.value += 1\n        try:\n            while not ready():\n"
MOVES = "            self.position.value = sequence\n            self._sequencer.room.nudge()\n"
FOLLOWS = "            if self.followers.value:\n                self._sequencer.news.nudge()\n"
FINISHES = "            self._done[first] = last\n            self._advance()\n"

MUTANTS: tuple[Mutant, ...] = (
    # --- wake-ups ---------------------------------------------------------------------------------------------
    Mutant(
        "publish wakes nobody",
        SEQUENCER,
        PUBLISHES,
        PUBLISHES.replace("        self._wake()\n", ""),
        "L1",
        "B1",
        "publish x read",
    ),
    Mutant(
        "publish wakes readers only",
        SEQUENCER,
        PUBLISHES,
        PUBLISHES.replace("_wake()", "news.wake()"),
        "L1",
        "B1",
        "claims without subscribers",
    ),
    Mutant(
        "a void wakes nobody",
        SEQUENCER,
        "        self._finish(first, first + n - 1)\n        self._wake()\n\n",
        "        self._finish(first, first + n - 1)\n\n",
        "L1",
        "B4",
        "void x read",
    ),
    Mutant(
        "progress wakes no producer",
        SUBSCRIBER,
        MOVES,
        MOVES.replace("            self._sequencer.room.nudge()\n", ""),
        "L1",
        "B1",
        "publish x read",
    ),
    Mutant("progress wakes no follower", SUBSCRIBER, FOLLOWS, "", "L1", "B1", "upstream x downstream"),
    Mutant(
        "followers are looked at before the move",
        SUBSCRIBER,
        MOVES + FOLLOWS,
        "            followers = self.followers.value\n" + MOVES + FOLLOWS.replace("self.followers.value", "followers"),
        "L1",
        "B1",
        "join behind x progress",
    ),
    Mutant(
        "producers are woken before the move",
        SUBSCRIBER,
        MOVES,
        "            self._sequencer.room.nudge()\n            self.position.value = sequence\n",
        "L1",
        "B1",
        "publish x read",
    ),
    Mutant(
        "notify for notify_all, under the lock",
        SYNC,
        "        if self.sleepers.value:\n            self._condition.notify_all()",
        "        if self.sleepers.value:\n            self._condition.notify()  # type: ignore[attr-defined]",
        "L1",
        "B1",
        "two loops",
    ),
    Mutant(
        "notify for notify_all, after progress",
        SYNC,
        "            with self._lock:\n                self._condition.notify_all()",
        "            with self._lock:\n                self._condition.notify()  # type: ignore[attr-defined]",
        "L1",
        "B1",
        "one wants two slots, one wants one",
    ),
    Mutant(
        "no re-test before sleeping",
        SYNC,
        COUNTS,
        "        self.sleepers.value += 1\n        slept = False\n        try:\n"
        "            while not (slept and ready()):\n                slept = True\n",
        "L1",
        "B1",
        "publish x read",
    ),
    Mutant(
        "counted after the test",
        SYNC,
        COUNTS,
        "        if ready():\n            return True\n        self.sleepers.value += 1\n        tested = True\n"
        "        try:\n            while tested or not ready():\n                tested = False\n",
        "L1",
        "B1",
        "publish x read",
    ),
    Mutant(
        "leaving wakes nobody",
        SEQUENCER,
        "if other is not gate)\n        self._wake()\n",
        "if other is not gate)\n",
        "L1",
        "B17",
        "leave x waiting producer",
    ),
    # --- time-outs --------------------------------------------------------------------------------------------
    Mutant(
        "a time-out keeps its claim",
        SEQUENCER,
        "                raise InsufficientCapacity(self._shortage(n))\n",
        "                self.claimed.value = claim_end(self.claimed.value, n)\n"
        "                raise InsufficientCapacity(self._shortage(n))\n",
        "S7",
        "B6",
        "producer's time-out x progress",
    ),
    Mutant(
        "the deadline starts again at each wake-up",
        SYNC,
        SLEEPS,
        SLEEPS + "                deadline += self._runtime.monotonic_ns() - now\n",
        "L3",
        "B16",
        "time-outs while wake-ups keep coming",
    ),
    Mutant(
        "the time-out is compared the wrong way round",
        SYNC,
        "if now >= deadline:",
        "if now <= deadline:",
        "L3",
        "B16",
        "producer's time-out x progress",
    ),
    Mutant(
        "it waits without its time-out",
        SYNC,
        SLEEPS,
        "                self._condition.wait()\n",
        "L3",
        "B16",
        "time-outs while wake-ups keep coming",
    ),
    Mutant(
        "one wait, then a time-out is reported",
        SYNC,
        SLEEPS,
        SLEEPS + "                return ready()\n",
        "L3",
        "B16",
        "time-outs while wake-ups keep coming",
    ),
    Mutant(
        "a time-out of 0 is taken for none",
        SYNC,
        "    return None if seconds is None else deadline_after",
        "    return None if not seconds else deadline_after",
        "L3",
        "B16",
        "tries on a full ring",
    ),
    Mutant(
        "a time-out is reported without a last test",
        SYNC,
        "            while not ready():\n                if deadline is None:\n",
        "            while not ready():\n                if deadline is not None and "
        "self._runtime.monotonic_ns() < deadline:\n"
        "                    self._condition.wait(seconds_until(self._runtime.monotonic_ns(), deadline))\n"
        "                    if self._runtime.monotonic_ns() >= deadline:\n"
        "                        return False\n"
        "                    continue\n"
        "                if deadline is None:\n",
        "L3",
        "B16",
        "producer's time-out x progress",
    ),
    # --- gates ------------------------------------------------------------------------------------------------
    Mutant(
        "the wrap check is one too generous",
        SEQUENCER,
        "claim_end(self.claimed.value, n) <= self._limit",
        "claim_end(self.claimed.value, n) <= self._limit + 1",
        "S1",
        "B2",
        "publish x read",
    ),
    Mutant(
        "the wrap check is one too cautious",
        SEQUENCER,
        "claim_end(self.claimed.value, n) <= self._limit",
        "claim_end(self.claimed.value, n) < self._limit",
        "L1",
        "B12",
        "publish x read",
    ),
    Mutant(
        "a claim of n looks for room for one",
        SEQUENCER,
        "return claim_end(self.claimed.value, n) <= self._limit",
        "return claim_end(self.claimed.value, 1) <= self._limit",
        "S1",
        "B2",
        "batches of producers",
    ),
    Mutant(
        "the fastest subscriber gates",
        SEQUENCER,
        "            lowest = min(lowest, position)\n        return lowest",
        "            lowest = max(lowest if gate is not self.gates[0] else position, position)\n        return lowest",
        "S1",
        "B2",
        "two loops",
    ),
    Mutant(
        "only one subscriber gates",
        SEQUENCER,
        "        for gate in self.gates:\n            position",
        "        for gate in self.gates[:1]:\n            position",
        "S1",
        "B2",
        "two loops",
    ),
    Mutant(
        "claims lap each other without subscribers",
        SEQUENCER,
        "        lowest = self.published.value\n        for",
        "        lowest = self.claimed.value\n        for",
        "S6",
        "B2",
        "claims without subscribers",
    ),
    Mutant(
        "a joiner starts one slot too early",
        RING,
        "            return oldest\n",
        "            return max(0, oldest - 1)\n",
        "S8",
        "B2",
        "join x publish",
    ),
    Mutant(
        "a joiner does not lower the limit",
        SEQUENCER,
        "        self._limit = min(self._limit, limit_of(gate.position.value, self.capacity))\n",
        "",
        "S8",
        "B2",
        "join x publish within an old limit",
    ),
    Mutant(
        "a joiner starts after what is claimed",
        RING,
        "            return self._sequencer.published.value + 1\n",
        "            return self._sequencer.claimed.value + 1\n",
        "S8",
        "B2",
        "join x open claim",
    ),
    Mutant(
        "a removed gate still gates",
        SEQUENCER,
        "        self.gates = tuple(other for other in self.gates if other is not gate)\n",
        "",
        "L1",
        "B17",
        "leave x waiting producer",
    ),
    # --- publishing -------------------------------------------------------------------------------------------
    Mutant(
        "published before the slot is written",
        RING,
        PUTS,
        "                sequencer.publish(sequence, 1)\n                replaced = slots.put(sequence, event)\n",
        "S2",
        "B3",
        "publish x read",
    ),
    Mutant(
        "a claim out of order is shown early",
        SEQUENCER,
        FINISHES,
        "            self.published.value = max(last, self.published.value)\n",
        "S2",
        "B3",
        "claims out of order",
    ),
    Mutant(
        "only one finished claim is caught up with",
        SEQUENCER,
        "            following = last + 1\n",
        "            break\n",
        "L1",
        "B4",
        "three claims, the first last",
    ),
    Mutant(
        "a batch becomes visible bit by bit",
        SEQUENCER,
        PUBLISHES,
        "        for k in range(n):\n            self._finish(first + k, first + k)\n"
        "        self._wake()\n        self._taking = None\n",
        "S2",
        "B3",
        "batch x get",
    ),
    Mutant(
        "`get` tests before it reads only",
        RING,
        "        event = self._slots.at(wanted)\n        void = wanted in sequencer.voids\n"
        "        # `claimed` moves before a slot is written: if it is still low, what was read is what was published.\n"
        "        oldest = oldest_kept(sequencer.claimed.value, sequencer.capacity)\n",
        "        oldest = oldest_kept(sequencer.claimed.value, sequencer.capacity)\n"
        "        event = self._slots.at(wanted)\n        void = wanted in sequencer.voids\n",
        "S2",
        "B11",
        "get x overwrite",
    ),
    Mutant(
        "slots are written before they are claimed",
        SEQUENCER,
        "        self._taking = first\n        self.claimed.value = last\n",
        "        self._taking = first\n",
        "S6",
        "B3",
        "publish x read",
    ),
    # --- voids ------------------------------------------------------------------------------------------------
    Mutant(
        "voids are shown",
        SUBSCRIBER,
        "            if voids:\n",
        "            if voids and not voids:\n",
        "S2",
        "B4",
        "void x loop",
    ),
    Mutant(
        "a void stops everybody",
        SUBSCRIBER,
        "            self._move(end)  # nothing but voids (Rule 4)\n",
        "            first = end + 1\n            self._barrier.wait_for(first, deadline)\n",
        "L2",
        "B4",
        "void x read",
    ),
    Mutant(
        "an abandoned claim is published",
        CLAIM,
        "                sequencer.void(first, len(self._events))\n",
        "                sequencer.publish(first, len(self._events))\n",
        "S7",
        "B4",
        "void x loop",
    ),
    Mutant(
        "a translator's error publishes",
        CLAIM,
        "        if kind is not None:\n            self.abandon()\n",
        "        if kind is not None:\n            self.publish()\n",
        "S7",
        "B4",
        "translator that raises",
    ),
    Mutant(
        "`get` shows voids",
        RING,
        "        if void:\n            raise SequenceVoid",
        "        if void and not void:\n            raise SequenceVoid",
        "S2",
        "B4",
        "translator that raises",
    ),
    Mutant(
        "voids are remembered for ever",
        SEQUENCER,
        "        if self.voids:  # their",
        "        if self.voids and first < 0:  # their",
        "S7",
        "B17",
        "void x read",
    ),
    # --- reading ----------------------------------------------------------------------------------------------
    Mutant(
        "the position moves before the event is handed out",
        SUBSCRIBER,
        LOOPS,
        "                    self._move(sequence)\n                    yield event\n",
        "S3",
        "B11",
        "loop that breaks",
    ),
    Mutant(
        "`read` marks although its block raised",
        SUBSCRIBER,
        "            if processed:\n",
        "            if processed or batch:\n",
        "S7",
        "B9",
        "read that fails",
    ),
    Mutant(
        "upstreams are ignored",
        BARRIER,
        "            if position < lowest:\n",
        "            if position < lowest < 0:\n",
        "S5",
        "B11",
        "upstream x downstream",
    ),
    Mutant(
        "an upstream is ignored after the wake-up",
        BARRIER,
        "            if self.readable() >= sequence:\n                return True\n",
        "            if self._sequencer.published.value >= sequence:\n                return True\n",
        "S5",
        "B11",
        "upstream x downstream",
    ),
    Mutant(
        "a removed subscriber is shown overwritten slots",
        SUBSCRIBER,
        "            self._barrier.confirm()  # until here the gate stood: what was copied is what was published\n",
        "",
        "S4",
        "B11",
        "leave x read",
    ),
    Mutant(
        "two readers share one subscriber",
        SUBSCRIBER,
        "        if not self._turn.acquire(False):\n",
        "        if not self._turn.acquire(False) and self.name is None:\n",
        "S3",
        "B8",
        "two readers of one subscriber",
    ),
    Mutant(
        "a position may go back",
        SUBSCRIBER,
        "        if sequence > self.position.value:\n",
        "        if True:\n",
        "S3",
        "B19",
        "early release",
    ),
    Mutant(
        "`update_sequence` may go back",
        SUBSCRIBER,
        "            if wanted < position:\n",
        "            if wanted < position < 0:\n",
        "S7",
        "B19",
        "marks by hand",
    ),
    Mutant(
        "`update_sequence` may go beyond what is published",
        SUBSCRIBER,
        "            if wanted > max(readable, position):\n",
        "            if wanted > max(readable, position) + 1:\n",
        "S1",
        "B9",
        "marks by hand",
    ),
    # --- closing ----------------------------------------------------------------------------------------------
    Mutant(
        "close wakes no producer",
        SEQUENCER,
        "  # the next claim looks, and finds out\n        self._wake()\n",
        "  # the next claim looks, and finds out\n        self.news.wake()\n",
        "L1",
        "B6",
        "close x waiting producers, and nobody reads",
    ),
    Mutant(
        "close wakes no reader",
        SEQUENCER,
        "  # the next claim looks, and finds out\n        self._wake()\n",
        "  # the next claim looks, and finds out\n        self.room.wake()\n",
        "L1",
        "B7",
        "two loops",
    ),
    Mutant(
        "producers do not see that the ring is closed",
        SEQUENCER,
        "        if phase != OPEN:\n",
        "        if phase == HALTED:\n",
        "S9",
        "B6",
        "close x waiting producers",
    ),
    Mutant(
        "a loop ends while a claim is still open",
        BARRIER,
        "        last = self._sequencer.claimed.value\n",
        "        last = self._sequencer.published.value\n",
        "S9",
        "B7",
        "close x open claim x loop",
    ),
    Mutant(
        "halt waits until everything is read",
        BARRIER,
        "        if self._sequencer.phase.value == HALTED:\n            raise",
        "        if self._sequencer.phase.value == HALTED and self.readable() < 0:\n            raise",
        "S7",
        "B7",
        "halt x everybody",
    ),
    Mutant(
        "nobody notices that it waits for itself",
        SEQUENCER,
        "            if gate.reader == me and gate.position.value < needed:\n",
        "            if gate.reader == me and gate.position.value < needed < 0:\n",
        "L2",
        "B15",
        "publish into one's own batch",
    ),
)
