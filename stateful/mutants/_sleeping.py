"""Mutants of sleeping: the wrong signal, no loop, the wrong lock, no sleep at all; and of what a time-out covers."""

from stateful.mutants._mutant import BARRIER, MOVES, PUBLISHES, PUBLISHING, PUTS, SEQUENCER, SUBSCRIBER, SYNC, Mutant

WAKES_ALL = (
    "        for waiter in self._waiters:\n"
    "            if waiter.locked():  # not yet woken by a call that was interrupted here\n"
    "                waiter.release()\n        self._waiters.clear()\n"
)
WAKES_ONE = "        if self._waiters:\n            self._waiters.pop(0).release()\n"
NUDGES = "            with self._lock:\n                self._wake_all()\n"
NUDGES_ONE = (
    "            with self._lock:\n                if self._waiters:\n"
    "                    self._waiters.pop(0).release()\n"
)
MOVES_IF_FULL = (
    "            span = self._sequencer.claimed.value - self._gate.position.value\n"
    "            self._gate.position.value = sequence\n"
    "            if span >= self._sequencer.capacity:\n"
    "                self._sequencer.room.nudge()\n"
)

SLEEPING: tuple[Mutant, ...] = (
    Mutant(
        "publish wakes producers only",
        SEQUENCER,
        PUBLISHES,
        PUBLISHES.replace("_wake()", "room.wake()"),
        "L1",
        "B1",
        "publish x read",
        least=(5,),
    ),
    Mutant(
        "progress wakes readers, where it should wake producers",
        SUBSCRIBER,
        MOVES,
        MOVES.replace("room.nudge()", "news.nudge()"),
        "L1",
        "B1",
        "publish x read",
        least=(6,),
    ),
    Mutant(
        "a slot is written outside of its claim",
        PUBLISHING,
        PUTS,
        "                sequencer.publish(sequence, 1)\n",
        "S1",
        "B3",
        "publish x read",
        least=(8,),
        also=(
            (
                PUBLISHING,
                "        with sequencer.lock:\n            try:\n                sequence = sequencer.take(1",
                "        replaced = slots.put(sequencer.claimed.value + 1, event)\n"
                "        with sequencer.lock:\n            try:\n                sequence = sequencer.take(1",
            ),
        ),
    ),
    Mutant(
        "a woken producer does not test again",
        SEQUENCER,
        "            def ready() -> bool:\n                if self._has_room(n):\n                    return True\n",
        "            woken = False\n\n            def ready() -> bool:\n                nonlocal woken\n"
        "                if woken or self._has_room(n):\n                    return True\n                woken = True\n",
        "S1",
        "B2",
        "one wants two slots, one wants one",
        least=(13,),
    ),
    Mutant(
        "a woken reader does not test again",
        BARRIER,
        "        def ready() -> bool:\n            if self._ready(sequence):\n",
        "        woken = False\n\n        def ready() -> bool:\n            nonlocal woken\n            self.confirm()\n"
        "            again, woken = woken, True\n            if again or self._ready(sequence):\n",
        "S2",
        "B3",
        "wait and mark",
        least=(14,),
    ),
    Mutant(
        "progress wakes only if the ring was full",
        SUBSCRIBER,
        MOVES,
        MOVES_IF_FULL,
        "L1",
        "B1",
        "two slots wanted, given one by one",
        least=(19,),
    ),
    Mutant(
        "progress wakes one, and only if the ring was full",
        SUBSCRIBER,
        MOVES,
        MOVES_IF_FULL,
        "L1",
        "B1",
        "two wait for one slot each",
        least=(20,),
        also=((SYNC, NUDGES, NUDGES_ONE),),
    ),
    Mutant(
        "a wake-up is given to one who times out without a last test",
        SYNC,
        WAKES_ALL,
        WAKES_ONE,
        "L1",
        "B1",
        "two time-outs and one wake-up",
        least=(23,),
        also=(
            (
                SYNC,
                "                if now >= deadline:\n                    return False\n"
                "                self._sleep(seconds_until(now, deadline))\n",
                "                if now >= deadline:\n                    return False\n"
                "                self._sleep(seconds_until(now, deadline))\n"
                "                if self._runtime.monotonic_ns() >= deadline:\n                    return False\n",
            ),
        ),
    ),
    Mutant(
        "readers sleep under a lock of their own",
        SEQUENCER,
        "        self.news: News = Signal(runtime, self.lock)\n",
        "        self.news: News = Signal(runtime, runtime.lock())\n",
        "L1",
        "B1",
        "publish x read",
        least=(25,),
        also=(
            (
                BARRIER,
                "        with sequencer.lock:\n            if not self.patience",
                "        with sequencer.news._lock:\n            if not self.patience",
            ),
        ),
    ),
    Mutant(
        "progress wakes without taking the lock",
        SYNC,
        "            with self._lock:\n                self._wake_all()\n",
        "            self._wake_all()\n",
        "L1",
        "B1",
        "publish x read",
    ),
    Mutant(
        "a waiter does not sleep but asks again and again",
        SYNC,
        "                    self._sleep(-1)\n",
        "                    self._lock.release()\n                    self._lock.acquire()\n",
        "L2",
        "B8",
        "publish x read",
    ),
    Mutant(
        "a time-out does not cover an upstream",
        BARRIER,
        "            if not self.patience.until(ready, partial(self._stirred, sequence), deadline):\n",
        "            stalled = sequencer.published.value >= sequence\n"
        "            if not sequencer.news.wait_until(ready, None if stalled else deadline):\n",
        "L3",
        "B16",
        "an upstream stands still",
    ),
    Mutant(
        "a time-out does not cover an open claim",
        BARRIER,
        "            if not self.patience.until(ready, partial(self._stirred, sequence), deadline):\n",
        "            claimed = sequencer.published.value < sequence <= sequencer.claimed.value\n"
        "            if not sequencer.news.wait_until(ready, None if claimed else deadline):\n",
        "L3",
        "B16",
        "a claim stays open",
    ),
)
