"""Mutants of pools, killed by their stories."""

from stateful.mutants._mutant import Mutant

WORK, POOL, WORKER = "handlers/_work.py", "handlers/_pool.py", "handlers/_worker.py"
STORY = "stateful/test_pools.py::test_a_story[{}]".format
GIVEN = "tests/handlers/test_pools.py"

TAKES = "                sequence, unsorted = pool.take(self, deadline_of(self._runtime, patience))\n"
TAKES_TWO = """\
                sequence, unsorted = held.pop() if held else pool.take(self, deadline_of(self._runtime, patience))
                with pool._lock:
                    more = pool._work.take(pool._barrier.readable(), keyed=pool.key is not None)
                    if more is not None:
                        held.append(more)
"""
BEGINS = "        pool, hooks, patience = self._pool, self._hooks, self._manner.timeout\n"

POOLING: tuple[Mutant, ...] = (
    Mutant(
        "a worker takes the next event before it has handled this one",
        WORKER,
        TAKES,
        TAKES_TWO,
        "L2",
        "B10",
        STORY("one needs the other"),
        also=((WORKER, BEGINS, f"{BEGINS}        held: list[tuple[int, bool]] = []\n"),),
    ),
    Mutant(
        "the frontier goes past an event in hand",
        WORK,
        "        while self.frontier + 1 in self._done:\n            self.frontier += 1\n",
        "        while self._done:\n            self.frontier = min(self._done)\n",
        "S5",
        "B11",
        STORY("all is handled"),
    ),
    Mutant(
        "what a worker does not handle counts as done",
        WORKER,
        "                    pool.give_back(sequence)  # Rule 2\n",
        "                    pool.finish(sequence)\n",
        "S9",
        "B10",
        STORY("halted before a retry"),
    ),
    Mutant(
        "what a worker does not handle stays with it",
        WORKER,
        "                    pool.give_back(sequence)  # Rule 2\n",
        "                    pass\n",
        "S9",
        "B10",
        STORY("one is removed before its retry"),
    ),
    Mutant(
        "what is given back comes twice",
        WORK,
        "        else:\n            heappush(self._ready, sequence)\n",
        "        else:\n            heappush(self._ready, sequence)\n            heappush(self._ready, sequence)\n",
        "S3",
        "B10",
        STORY("halted before a retry"),
    ),
    Mutant(
        "what is done beyond the frontier is forgotten when the ring is started again",
        POOL,
        "                self._work.begin(gate.position.value)\n",
        "                self._work = Work(gate.position.value, self._sequencer.capacity)\n",
        "S3",
        "B19",
        STORY("failed and started again"),
    ),
    Mutant(
        "two events of one key are handled at once",
        WORK,
        "        if lane.busy:\n",
        "        if lane.busy and lane.queue:\n",
        "S3",
        "B10",
        STORY("one key"),
    ),
    Mutant(
        "two workers sort at once",
        WORK,
        "(self.next <= readable and not (keyed and self._sorting != NOBODY))",
        "self.next <= readable",
        "S3",
        "B10",
        STORY("one key"),
    ),
    Mutant(
        "who has sorted wakes nobody",
        POOL,
        "        self._sequencer.news.nudge()  # who waits until this one is sorted\n",
        "",
        "L1",
        "B1",
        STORY("one needs the other, two keys"),
    ),
    Mutant(
        "the next of a key does not follow",
        WORK,
        "        heappush(self._ready, lane.queue.popleft())\n        return True\n",
        "        lane.busy = False\n        return False\n",
        "S9",
        "B10",
        STORY("one key"),
    ),
    Mutant(
        "a pool's progress wakes no producer",
        POOL,
        "            sequencer.room.nudge()\n",
        "",
        "L1",
        "B1",
        STORY("one is exchanged on 1"),
    ),
    Mutant(
        "a pool's progress does not wake who comes after",
        POOL,
        "        if more or (moved and gate.followers.value) or sequencer.phase.value != OPEN:\n",
        "        if more or sequencer.phase.value != OPEN:\n",
        "L1",
        "B1",
        STORY("all is handled on 1"),
    ),
    Mutant(
        "the last event wakes nobody who waits for the end",
        POOL,
        " or sequencer.phase.value != OPEN:\n            sequencer.news.nudge()\n",
        ":\n            sequencer.news.nudge()\n",
        "L1",
        "B7",
        STORY("never started"),
    ),
    Mutant(
        "a worker goes home while another one may give something back",
        POOL,
        "            if settled:\n",
        "            if settled or following:\n",
        "S9",
        "B10",
        STORY("one is removed before its retry"),
    ),
    Mutant(
        "what is given back wakes nobody",
        POOL,
        "            self._work.give_back(sequence)\n        self._sequencer.news.nudge()\n",
        "            self._work.give_back(sequence)\n",
        "L1",
        "B1",
        STORY("one is removed before its retry"),
    ),
    Mutant(
        "a worker that is removed in its sleep sleeps on",
        POOL,
        "            gone[0].removed = True\n        self._sequencer.news.nudge()\n",
        "            gone[0].removed = True\n",
        "L1",
        "B17",
        STORY("one is removed, and nothing else"),
    ),
    Mutant(
        "a worker that is removed takes one more",
        POOL,
        "                self._require(worker)\n                taken = ",
        "                taken = ",
        "S7",
        "B10",
        GIVEN,
    ),
    Mutant(
        "the position of a pool is moved without its lock",
        POOL,
        "            if moved and sequencer.clearing is None:\n                gate.position.value = frontier\n"
        "        if moved:\n",
        "        if moved:\n            gate.position.value = frontier\n",
        "L1",
        "B2",
        STORY("never started"),
    ),
    Mutant(
        "the turn is given back by the first worker that ends",
        POOL,
        "            self._running -= 1\n            if not self._running:\n                self.subscriber._finish()\n",
        "            self._running -= 1\n            if self._running:\n                self.subscriber._finish()\n",
        "S7",
        "B17",
        STORY("halted and started again"),
    ),
    Mutant(
        "the last worker can be removed",
        POOL,
        "            if len(self.workers) == 1:\n",
        "            if not self.workers:\n",
        "S9",
        "B10",
        GIVEN,
    ),
    Mutant(
        "a worker that looks for work is not told that there is none",
        POOL,
        "                return ready()\n            except DisruptorError:\n                return True\n",
        "                return ready()\n            except DisruptorError:\n                return False\n",
        "L1",
        "B7",
        "stateful/test_wait_strategies.py::test_pools[looks for ever-one leaves-no keys]",
    ),
)
