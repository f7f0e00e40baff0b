"""Mutants of handlers that are started again, shut down by several at once, or forked: killed by stories or tests."""

from stateful.mutants._handling import CONSUMERS, GIVEN, PROCESSOR, PROGRESS, STORY
from stateful.mutants._mutant import RING, Mutant

HANDLERS = "handlers/_handling.py"

RESTARTING: tuple[Mutant, ...] = (
    Mutant(
        "each run has a progress of its own",
        PROCESSOR,
        "            if self._progress is None:  # one for all runs",
        "            if True:  # one for all runs",
        "S3",
        "B19",
        STORY("progress of an earlier run"),
    ),
    Mutant(
        "what an earlier run was handed cannot be marked",
        PROGRESS,
        "            self._handed = max(self._handed, before)\n",
        "            self._handed = before\n",
        "S7",
        "B19",
        GIVEN("review"),
    ),
    Mutant(
        "attempts are counted on through a restart",
        PROCESSOR,
        "        self._attempts, self._failed_at = 0, -1\n        if hooks",
        "        if hooks",
        "S7",
        "B19",
        GIVEN("review"),
    ),
    Mutant(
        "a log that cannot be written ends a handler",
        PROCESSOR,
        "        with suppress(Exception):\n            LOG.log(",
        "        if True:\n            LOG.log(",
        "L1",
        "B5",
        GIVEN("review"),
    ),
    Mutant(
        "a shutdown waits for who was started again",
        CONSUMERS,
        "            return self._starts != starts or not any(member.busy for member in self._members)\n",
        "            return not any(member.busy for member in self._members)\n",
        "L2",
        "B7",
        STORY("start x shutdown of a halted ring"),
    ),
    Mutant(
        "a ring can be opened again between a close and the wait for its end",
        CONSUMERS,
        "        with self._lock:\n            close()\n            starts = self._starts\n",
        "        close()\n        with self._lock:\n            starts = self._starts\n",
        "L2",
        "B7",
        STORY("start x shutdown of a halted ring"),
    ),
    Mutant(
        "a name that somebody was quicker to take is an error",
        HANDLERS,
        "                if name not in {subscriber.name for subscriber in self.subscribers}:\n                    raise\n",
        "                raise\n",
        "S7",
        "B18",
        STORY("one name for two"),
    ),
    Mutant(
        "handlers without a thread stay registered",
        HANDLERS,
        "            self._consumers.add(processors)\n        except BaseException:\n",
        "            self._consumers.add(processors)\n        except Exception as error:\n"
        "            if type(error) is RuntimeError:\n                raise\n",
        "L2",
        "B18",
        GIVEN("review"),
    ),
    Mutant(
        "a child has its parent's handlers",
        RING,
        "        self._consumers.forked()\n",
        "        pass\n",
        "L2",
        "B17",
        GIVEN("review"),
    ),
    Mutant(
        "a handler that shuts down is told of the errors of others",
        CONSUMERS,
        "                return False  # Rule 5\n",
        "                return True  # Rule 5\n",
        "S7",
        "B15",
        GIVEN("review"),
    ),
)
