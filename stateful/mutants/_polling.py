"""Mutants of looking for events without waiting."""

from stateful.mutants._mutant import BARRIER, Mutant

POLLING_FILE = "_polling.py"
ENDS = (
    "            if sequencer.phase.value == CLOSED and sequence > sequencer.claimed.value:\n"
    "                return Poll.CLOSED\n"
)

POLLING: tuple[Mutant, ...] = (
    Mutant(
        "what an upstream has yet to process is not told from what is not published",
        BARRIER,
        "            return Poll.GATED if shown else Poll.IDLE\n",
        "            return Poll.IDLE\n",
        "S5",
        "B16",
        "upstream x poll behind it",
    ),
    Mutant(
        "a poll is not gated",
        POLLING_FILE,
        "                batch = subscriber._look(first, self._most, None)\n",
        "                batch = subscriber._look(first, self._most, 0)\n",
        "S5",
        "B11",
        "upstream x poll behind it",
        also=(
            (
                BARRIER,
                "        if self.readable() >= sequence:\n            return None\n        if phase == OPEN",
                "        if sequencer.published.value >= sequence:\n            return None\n        if phase == OPEN",
            ),
        ),
    ),
    Mutant(
        "a poll looks at what is published once",
        BARRIER,
        "        if phase == OPEN and (shown or sequencer.published.value < sequence):\n",
        "        if phase == OPEN:\n",
        "S5",
        "B16",
        "a claim is finished, halted and started again x poll behind an upstream",
    ),
    Mutant(
        "a poll is told of the end before the last event",
        BARRIER,
        ENDS,
        "            if sequencer.phase.value == CLOSED:\n                return Poll.CLOSED\n",
        "S9",
        "B6",
        "a claim is finished after the close x poll",
    ),
    Mutant(
        "a poll is not told of the end",
        BARRIER,
        ENDS,
        "",
        "S9",
        "B6",
        "voids x poll",
    ),
    Mutant(
        "a poll is not told that an upstream has failed",
        BARRIER,
        "            self._refuse_if_cut_off(sequence)\n            return Poll",
        "            return Poll",
        "L1",
        "B5",
        "failed and started again x poll behind it",
    ),
    Mutant(
        "a void stops who polls",
        POLLING_FILE,
        "                subscriber._move(batch.end)  # nothing but voids: they stop nobody\n",
        "                turn.give()\n                return Poll.IDLE\n",
        "L2",
        "B4",
        "voids x poll",
    ),
    Mutant(
        "a polled batch is marked although its block raised",
        POLLING_FILE,
        "processed=kind is None)\n",
        "processed=True)\n",
        "S9",
        "B11",
        "tests/api/test_polling.py",
    ),
)
