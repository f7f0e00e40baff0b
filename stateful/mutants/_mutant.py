"""One mutant, and the texts that several of them patch."""

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
    """The program that is tried first; all others follow if it finds nothing. Or a test, by its path: then only that."""
    least: tuple[int, ...] = ()
    """Its numbers in the list of mutants that any suite has to kill (`_classes.py`)."""
    also: tuple[tuple[str, str, str], ...] = ()
    """What else is patched: file, old, new."""

    @property
    def is_for_a_test(self) -> bool:
        """Whether `program` is the path of a test."""
        return ".py" in self.program

    @property
    def patches(self) -> tuple[tuple[str, str, str], ...]:
        """All that is patched, in order: file, old, new."""
        return ((self.file, self.old, self.new), *self.also)


SEQUENCER, SUBSCRIBER, BARRIER = "_sequencer.py", "_subscriber.py", "_barrier.py"
SYNC, CLAIM, RING, LOOKING = "_sync.py", "_claim.py", "_disruptor.py", "_looking.py"
PUBLISHING, JOINING, ROLL = "_publishing.py", "_joining.py", "_roll.py"

PUBLISHES = "        self._finish(first, first + n - 1)\n        self._wake()\n        self._taking = None\n"
PUTS = "                replaced = slots.put(sequence, event)\n                sequencer.publish(sequence, 1)\n"
LOOPS = "                    yield event\n                    self._move(sequence)\n"
SLEEPS = "                self._sleep(seconds_until(now, deadline))\n"
COUNTS = "        self.sleepers.value += 1\n        try:\n            while not ready():\n"
MOVES = "            self._gate.position.value = sequence\n            self._sequencer.room.nudge()\n"
FOLLOWS = "            if self._gate.followers.value:\n                self._sequencer.news.nudge()\n"
FINISHES = "            self._done[first] = last\n            self._advance()\n"
