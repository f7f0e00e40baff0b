"""Mutants that wake nobody, too few, too late, or not in time."""

from stateful.mutants._mutant import COUNTS, FOLLOWS, MOVES, PUBLISHES, SEQUENCER, SLEEPS, SUBSCRIBER, SYNC, Mutant

WAKING: tuple[Mutant, ...] = (
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
        "            followers = self._gate.followers.value\n"
        + MOVES
        + FOLLOWS.replace("self._gate.followers.value", "followers"),
        "L1",
        "B1",
        "join behind x progress",
    ),
    Mutant(
        "producers are woken before the move",
        SUBSCRIBER,
        MOVES,
        "            self._sequencer.room.nudge()\n            self._gate.position.value = sequence\n",
        "L1",
        "B1",
        "publish x read",
    ),
    Mutant(
        "one sleeper is woken instead of all, under the lock",
        SYNC,
        "        if self.sleepers.value:\n            self._wake_all()\n",
        "        if self.sleepers.value and self._waiters:\n            self._waiters.pop(0).release()\n",
        "L1",
        "B1",
        "two loops",
    ),
    Mutant(
        "one sleeper is woken instead of all, after progress",
        SYNC,
        "            with self._lock:\n                self._wake_all()\n",
        "            with self._lock:\n                for waiter in self._waiters[:1]:\n"
        "                    self._waiters.remove(waiter)\n                    waiter.release()\n",
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
        "                self._sleep(-1)\n",
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
        "                    self._sleep(seconds_until(self._runtime.monotonic_ns(), deadline))\n"
        "                    if self._runtime.monotonic_ns() >= deadline:\n"
        "                        return False\n"
        "                    continue\n"
        "                if deadline is None:\n",
        "L3",
        "B16",
        "producer's time-out x progress",
    ),
)
