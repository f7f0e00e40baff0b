"""Mutants of waiting without sleeping: what the caller does not look at, does not test again, or does not stop for."""

from stateful.mutants._mutant import BARRIER, JOINING, Mutant

PATIENCE, ROOM = "_patience.py", "_room.py"
LOOKS = "stateful/test_wait_strategies.py::test_program[{}-looks for ever]".format
GIVES_UP = "stateful/test_wait_strategies.py::test_program[{}-gives up]".format
GIVEN = "tests/api/test_strategies.py"

ENDS = "            if deadline is not None and runtime.monotonic_ns() >= deadline:\n                return False\n"
AWAY = "            news.away(pause)\n"
CONFIRMS = (
    "            self.confirm()\n            self._refuse_if_never(sequence)\n"
    "            self._refuse_if_cut_off(sequence)\n        except"
)

WAITING: tuple[Mutant, ...] = (
    Mutant(
        "who looks for something does not look at the clock",
        PATIENCE,
        "                    if now >= deadline:\n                        return\n",
        "",
        "L3",
        "B16",
        LOOKS("an upstream stands still"),
    ),
    Mutant(
        "a time-out that is over while one looks is not told",
        PATIENCE,
        ENDS,
        "",
        "L3",
        "B16",
        LOOKS("a claim stays open"),
    ),
    Mutant(
        "who looks for something begins his time-out again and again",
        PATIENCE,
        AWAY,
        AWAY + "            if deadline is not None:\n                deadline = runtime.monotonic_ns() + 10**9\n",
        "L3",
        "B16",
        LOOKS("an upstream stands still"),
    ),
    Mutant(
        "a time-out of nothing is a look",
        PATIENCE,
        ENDS + "            if exhausted:\n                return None\n" + AWAY,
        "            if exhausted:\n                return None\n" + AWAY + ENDS,
        "L3",
        "B16",
        GIVEN,
    ),
    Mutant(
        "a pause goes beyond the time-out",
        PATIENCE,
        "                        seconds = min(seconds, seconds_until(now, deadline))\n",
        "                        seconds = max(seconds, 0.0)\n",
        "L3",
        "B16",
        GIVEN,
    ),
    Mutant(
        "who looks for an event does not see a halt",
        BARRIER,
        CONFIRMS,
        CONFIRMS.replace("confirm", "registered"),
        "L1",
        "B6",
        LOOKS("halt x everybody"),
    ),
    Mutant(
        "who looks for an event does not see that he was removed",
        BARRIER,
        CONFIRMS,
        CONFIRMS.replace("self.confirm()", "if self._sequencer.phase.value == 2:\n                return True"),
        "L1",
        "B6",
        LOOKS("leaves while it is read"),
    ),
    Mutant(
        "who looks for an event does not see a close",
        BARRIER,
        CONFIRMS,
        CONFIRMS.replace("            self._refuse_if_never(sequence)\n", ""),
        "L1",
        "B6",
        LOOKS("close x open claim x loop"),
    ),
    Mutant(
        "who looks for an event does not see that an upstream has failed",
        BARRIER,
        CONFIRMS,
        CONFIRMS.replace("            self._refuse_if_cut_off(sequence)\n", ""),
        "L1",
        "B5",
        LOOKS("an upstream fails, two behind it wait"),
    ),
    Mutant(
        "who looks for an event takes what is published for readable",
        BARRIER,
        "        return self.readable() >= sequence\n",
        "        return self._sequencer.published.value >= sequence\n",
        "L2",
        "B8",
        LOOKS("an upstream stands still"),
    ),
    Mutant(
        "who looks for an event looks at those before him only",
        BARRIER,
        "        return self.readable() >= sequence\n",
        "        return bool(self._upstreams) and self.readable() >= sequence\n",
        "L1",
        "B1",
        LOOKS("publish x read"),
    ),
    Mutant(
        "who looks for room does not see a close",
        ROOM,
        "        if seen != before or order.phase.value:\n",
        "        if seen != before:\n",
        "L1",
        "B6",
        LOOKS("close x waiting producers, and nobody reads"),
    ),
    Mutant(
        "who looks for room does not see that a gate has moved",
        ROOM,
        "        return claim_end(seen, n) <= limit_of(order.lowest(), order.capacity)\n",
        "        return claim_end(seen, n) <= limit_of(-1, order.capacity)\n",
        "L1",
        "B1",
        LOOKS("publish x read"),
    ),
    Mutant(
        "who looks for room does not see that he waits for himself by now",
        ROOM,
        "        if seen != before or order.phase.value:\n",
        "        if order.phase.value:\n",
        "L2",
        "B15",
        LOOKS("waits for itself since another one has claimed"),
    ),
    Mutant(
        "what one has seen without the lock is not tested again",
        PATIENCE,
        AWAY,
        AWAY + "            return True\n",
        "S1",
        "B2",
        LOOKS("close x waiting producers, and nobody reads"),
    ),
    Mutant(
        "who has stopped looking does not test again",
        PATIENCE,
        "            if exhausted:\n                return None\n",
        "            if exhausted:\n                return False\n",
        "S7",
        "B1",
        GIVES_UP("publish x read"),
    ),
    Mutant(
        "who looks for something keeps the lock",
        PATIENCE,
        AWAY,
        "            pause()\n",
        "L1",
        "B8",
        LOOKS("publish x read"),
    ),
    Mutant(
        "a strategy of its own is forgotten",
        JOINING,
        "            subscriber._barrier.patience.strategy = strategy\n",
        "",
        "L1",
        "B18",
        GIVEN,
    ),
    Mutant(
        "nobody who looks looks for the dead",
        PATIENCE,
        "                news.patrol()\n",
        "",
        "L1",
        "B5",
        "tests/processes/test_strategies.py",
    ),
)
