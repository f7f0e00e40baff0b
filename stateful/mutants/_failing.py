"""Mutants of what happens when something goes wrong: an error in a block, an interrupt, a time-out, a wrong claim.

Rule: an interrupt is no event of a program, so those that mishandle one are killed by the tests that interrupt at every
step or line; so is what a program cannot say (the model knows no claim of more than the capacity).
"""

from stateful.mutants._mutant import CLAIM, JOINING, PUBLISHING, SEQUENCER, SYNC, Mutant

TURN = "_turn.py"
LINES = "tests/api/test_interrupts.py"
ENDS = "stateful/test_interrupted_ends.py"
STEPS = "stateful/test_interrupts.py::test_an_interrupt_does_no_harm[{}]".format

FAILING: tuple[Mutant, ...] = (
    Mutant(
        "an error in the block leaves the claim open",
        CLAIM,
        "        if kind is not None:\n            self.abandon()\n",
        "        if kind is not None:\n            return\n",
        "S7",
        "B4",
        "tests/api/test_abandoning.py",
        least=(32,),
    ),
    Mutant(
        "only the first of an abandoned claim is void",
        SEQUENCER,
        "        self.voids.update(range(first, first + n))\n",
        "        self.voids.add(first)\n",
        "S2",
        "B4",
        "void x loop",
    ),
    Mutant(
        "a half-filled object is not made anew",
        CLAIM,
        "                self._slots.spoil(first, len(self._events))\n",
        "",
        "S2",
        "B4",
        "tests/api/test_abandoning.py",
    ),
    Mutant(
        "a turn is kept for ever",
        TURN,
        "        if self._taken == [True]:\n            self._gate",
        "        if not self._taken:\n            self._gate",
        "S7",
        "B5",
        "read that fails",
    ),
    Mutant(
        "an interrupted read keeps the turn",
        TURN,
        "            self.give()\n",
        "            pass\n",
        "S7",
        "B14",
        "stateful/test_interrupts.py::test_an_interrupt_does_no_harm[read, release]",
    ),
    Mutant(
        "who has given the turn back is still taken for a reader",
        TURN,
        "            self._gate.reader = None\n",
        "",
        "L2",
        "B9",
        "tests/api/test_waiting.py",
    ),
    Mutant(
        "a failed publish leaves its claim to the next",
        PUBLISHING,
        "sequencer.publish(sequence, 1)\n            except BaseException:\n                sequencer.recover()\n",
        "sequencer.publish(sequence, 1)\n            except BaseException:\n",
        "S7",
        "B9",
        LINES,
    ),
    Mutant(
        "a failed `Claim.publish` leaves the claim held",
        CLAIM,
        "                sequencer.publish(first, len(events))\n            except BaseException:\n"
        "                sequencer.recover(first)\n",
        "                sequencer.publish(first, len(events))\n            except BaseException:\n",
        "S7",
        "B9",
        LINES,
    ),
    Mutant(
        "a failed `abandon` leaves the claim held",
        CLAIM,
        "                sequencer.void(first, len(self._events))\n            except BaseException:\n"
        "                sequencer.recover(first)\n",
        "                sequencer.void(first, len(self._events))\n            except BaseException:\n",
        "S7",
        "B9",
        LINES,
    ),
    Mutant(
        "recovery shows what was not written",
        SEQUENCER,
        "            self.voids.update(range(first, last + 1))\n",
        "",
        "S2",
        "B9",
        LINES,
    ),
    Mutant(
        "recovery wakes nobody",
        SEQUENCER,
        "        self._held.pop(first, None)\n        self._wake()\n        self._taking = None\n",
        "        self._held.pop(first, None)\n        self._taking = None\n",
        "L1",
        "B9",
        ENDS,
    ),
    Mutant(
        "an interrupted sleeper goes on without the lock",
        SYNC,
        "            while given and not taken:\n                try:\n"
        "                    taken.extend(map(self._lock.acquire, _BLOCKING))\n"
        "                except BaseException as error:\n                    interrupt = error\n",
        "            taken.extend(map(self._lock.acquire, _BLOCKING))\n",
        "S7",
        "B14",
        STEPS("read from an empty ring"),
    ),
    Mutant(
        "an interrupt of a sleeper is swallowed",
        SYNC,
        "            if interrupt is not None:\n                raise interrupt\n",
        "",
        "S7",
        "B9",
        STEPS("wait_for"),
    ),
    Mutant(
        "an interrupted leaver gates for ever",
        JOINING,
        "            self._leave(subscriber, released)  # half removed, it would gate for ever\n            raise\n",
        "            raise\n",
        "L1",
        "B17",
        ENDS,
    ),
    Mutant(
        "an interrupted joiner gates for ever",
        JOINING,
        "                self._drop(subscriber)  # it gates for nobody\n",
        "",
        "L1",
        "B17",
        ENDS,
    ),
    Mutant(
        "a claim of more than there are slots waits",
        PUBLISHING,
        "        if n > capacity:\n",
        "        if n > capacity + 1:\n",
        "L2",
        "B12",
        "tests/api/test_fitting.py",
    ),
    Mutant(
        "the deadline is computed under the lock",
        PUBLISHING,
        "                sequence = sequencer.take(1, deadline)\n                replaced",
        "                deadline = None if timeout is None else deadline_of(self._runtime, timeout)\n"
        "                sequence = sequencer.take(1, deadline)\n                replaced",
        "L3",
        "B16",
        "tests/api/test_deadlines.py",
        least=(31,),
        also=(
            (
                PUBLISHING,
                'publish_event or claim")\n'
                "        deadline = None if timeout is None else deadline_of(self._runtime, timeout)\n",
                'publish_event or claim")\n',
            ),
        ),
    ),
)
