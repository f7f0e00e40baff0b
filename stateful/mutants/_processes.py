"""Mutants of what is there between processes only: rows that are used again, the dead, formats, files."""

from stateful.mutants._mutant import Mutant

PROGRESS, TURN = "handlers/_progress.py", "shared/_turn.py"
LATE = "stateful/test_late_progress.py::test_a_story[{}]".format

PROCESSES: tuple[Mutant, ...] = (
    Mutant(
        "a late mark moves whoever has the row by then",
        PROGRESS,
        "            if gate.alive.value and sequence > gate.position.value:\n",
        "            if sequence > gate.position.value:\n",
        "S3",
        "B19",
        LATE("row of another"),
        (21,),
    ),
    Mutant(
        "a late mark is made without the lock",
        PROGRESS,
        "        with sequencer.lock:\n            if gate.alive.value and",
        "        if gate.reader != runtime.ident():\n            if gate.alive.value and",
        "S3",
        "B19",
        LATE("row of another"),
    ),
    Mutant(
        "a late mark is made while another process reads",
        TURN,
        "        return self._tried_by == me and self._owner.value == me\n",
        "        return self._tried_by == me\n",
        "S3",
        "B11",
        LATE("turn of another"),
    ),
)
