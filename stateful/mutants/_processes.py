"""Mutants of what is there between processes only: rows that are used again, the dead, formats, files."""

from stateful.mutants._mutant import Mutant

PROGRESS, TURN = "handlers/_progress.py", "shared/_turn.py"
SEQUENCER, ROLL, DEATHS = "shared/_sequencer.py", "shared/_roll.py", "shared/_deaths.py"
RING, LOCK = "shared/_ring.py", "shared/_lock.py"
KILLS = "stateful/test_kills.py"
RECORDS, FORMATS = "shared/_record_slots.py", "shared/_formats.py"
HELD_BACK = "tests/processes/test_held_back.py"
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
    Mutant(
        "a reader has to do with all of the dead",
        SEQUENCER,
        "        return self._signals[1].tended(partial(self._tend, gates))\n",
        "        return self._signals[1].tended(partial(self._tend, None))\n",
        "S7",
        "B5",
        HELD_BACK,
    ),
    Mutant(
        "who waits for a mark has to do with the dead",
        SEQUENCER,
        "runtime, me, partial(self._tend, ()))\n",
        "runtime, me, partial(self._tend, None))\n",
        "S7",
        "B5",
        HELD_BACK,
    ),
    Mutant(
        "the dead before those before are not looked for",
        ROLL,
        "            left += upstream.after\n",
        "",
        "L1",
        "B5",
        HELD_BACK,
    ),
    Mutant(
        "the dead hold back whom somebody else holds back",
        DEATHS,
        "row.gate.position.value == lowest < published\n",
        "row.gate.position.value < published\n",
        "S7",
        "B5",
        HELD_BACK,
    ),
    Mutant(
        "the number 0 is stored where zeros have to be",
        RECORDS,
        "                self._memory[begin : begin + self._size] = bytes(self._size)\n",
        "                self._array[begin // self._size] = 0\n",
        "S7",
        "B11",
        "tests/processes/test_records.py",
    ),
    Mutant(
        "who opens a ring in vain removes it",
        RING,
        "    form, events = _agreed(name, header_of(name), events)\n    segment = attach(name)\n",
        "    segment = attach(name)\n    form, events = _agreed(name, header_of(name), events)\n",
        "S7",
        "B11",
        "tests/processes/test_left_over.py",
    ),
    Mutant(
        "an array within is told by its size only",
        FORMATS,
        "        return (_item(dtype.base), dtype.shape)\n",
        "        return dtype.str\n",
        "S2",
        "B3",
        "tests/processes/test_records.py",
    ),
    Mutant(
        "who goes to sleep says so without a fence",
        SEQUENCER,
        "memory.fenced(sleepers)",
        "memory.cell(sleepers)",
        "L1",
        "B13",
        KILLS,
    ),
    Mutant(
        "what the dead holder of the lock has left is taken as it is",
        LOCK,
        "        if died:\n            self._repair()\n",
        "",
        "L1",
        "B14",
        KILLS,
        (33,),
    ),
)
