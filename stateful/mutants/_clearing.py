"""Mutants of a ring that lets go of what everybody has processed: `clear=True`. Those of C1 break `model/clearing.py`."""

from stateful.mutants._mutant import JOINING, Mutant

CLEARING_FILE = "_clearing.py"
PROGRAM = "stateful/test_clearing.py::test_between_bytecodes[{}-ClearingByValue]".format
STRUCK = "tests/api/test_clearing.py::test_an_interrupt_at_any_line_lets_go_of_all_or_nothing[{}]".format

EMPTIES = "        self.released.value = now\n        return self._empty(was + 1, now - was)\n"
RELEASES = "            released.append(self._release(min(lowest, position), min(lowest, sequence)))\n"
MOVES = "        gate.position.value = sequence\n"

CLEARING: tuple[Mutant, ...] = (
    Mutant(
        "what everybody has processed is kept",
        CLEARING_FILE,
        EMPTIES,
        "        self.released.value = now\n",
        "C1",
        "B11",
        PROGRAM("two release"),
    ),
    Mutant(
        "a slot is emptied before that is noted",
        CLEARING_FILE,
        EMPTIES,
        "        left = self._empty(was + 1, now - was)\n        self.released.value = now\n        return left\n",
        "S2",
        "B11",
        PROGRAM("release x get"),
    ),
    Mutant(
        "a gate lets go of its slots before they are emptied, and is interrupted",
        CLEARING_FILE,
        RELEASES + MOVES,
        MOVES.replace("        gate", "            gate") + RELEASES + MOVES,
        "C1",
        "B11",
        STRUCK("marks"),
    ),
    Mutant(
        "what one has processed is let go of although another has yet to",
        CLEARING_FILE,
        RELEASES,
        "            released.append(self._release(min(lowest, position), sequence))\n",
        "S2",
        "B11",
        PROGRAM("two release"),
    ),
    Mutant(
        "who leaves lets go of nothing",
        JOINING,
        "            released.append(clearing.leave(subscriber._gate))\n",
        "            pass\n",
        "C1",
        "B11",
        PROGRAM("release x leave"),
    ),
    Mutant(
        "who joins is given what is gone",
        CLEARING_FILE,
        "    return oldest if clearing is None else max(oldest, Sequence(clearing.released.value + 1))\n",
        "    return oldest\n",
        "S8",
        "B2",
        PROGRAM("release x join"),
    ),
    Mutant(
        "letting go is not done again after an interrupt",
        CLEARING_FILE,
        "                self._move(gate, sequence, released)  # Rule 5\n",
        "",
        "S2",
        "B4",
        STRUCK("marks"),
    ),
    Mutant(
        "what is let go of is dropped under the lock",
        CLEARING_FILE,
        "        released: list[object] = []\n        with self._sequencer.lock:\n            try:\n"
        "                self._move(gate, sequence, released)\n            except",
        "        released: list[object] = []\n        with self._sequencer.lock:\n            try:\n"
        "                self._move(gate, sequence, released)\n                released.clear()\n            except",
        "L2",
        "B15",
        "tests/api/test_clearing.py::test_a_finaliser_may_use_the_ring[multi-marks]",
    ),
    Mutant(
        "a finished claim keeps its events",
        "_claim.py",
        "            self._events = [_UNSET] * len(self._events)\n",
        "            pass\n",
        "C1",
        "B11",
        "tests/api/test_claims.py::test_a_finished_claim_keeps_none_of_its_events",
    ),
    Mutant(
        "who is late to finish a claim is told of the events that it has let go of",
        "_claim.py",
        "        events = self._events  # before it is found open: another thread may finish it, which lets go of them\n"
        "        self._require_open()\n",
        "        self._require_open()\n        events = self._events\n",
        "S7",
        "B11",
        "stateful/test_found.py",
    ),
)
