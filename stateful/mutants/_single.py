"""Mutants of the way without the lock: `producers="single"`."""

from stateful.mutants._mutant import JOINING, PUBLISHING, Mutant

SINGLE_FILE = "_single.py"
WATCHES = (
    "stateful/test_single.py::test_who_watches_for_room_is_told_although_he_takes_an_announcement_for_a_lack_of_it"
)
FINALISER = "tests/api/test_single_producer.py"
GETS = "stateful/test_single_interrupts.py::test_an_interrupted_publication_leaves_nothing_that_others_rely_on[get]"

ANNOUNCES = """                        role.claimed.value = last
                        if last <= role.limit.value:
                            written = True
                            slot = role.mask & last
"""
WRITES = (
    "                            role.items[slot], event = event, role.items[slot]"
    "  # type: ignore[assignment]  # Rule 2\n"
)
SHOWS = "                            role.published.value = last\n"
WAKES = """                            if role.news_sleepers.value or role.room_sleepers.value:
                                role.nudge()
                            return last  # type"""
TESTS = """                    last = role.published.value + 1
                    if last <= role.limit.value:
                        role.claimed.value = last
                        if last <= role.limit.value:
                            written = True
                            slot"""
SHUTS = """            if self._single is not None:
                self._single.role.shut()  # before `claimed` is looked at: nothing is claimed meanwhile
"""
ADDS = "        self.role.shut()\n        super().add_gate(gate)\n"
CHOOSES = "            first = self._first(start)\n"
BUSY = "        if role.busy.value:\n            whose"

SINGLE: tuple[Mutant, ...] = (
    Mutant(
        "a single producer announces nothing",
        PUBLISHING,
        ANNOUNCES,
        ANNOUNCES.replace("                        role.claimed.value = last\n", ""),
        "S8",
        "B2",
        "single publish x join earliest on 2, alone",
    ),
    Mutant(
        "a single producer announces after its last test",
        PUBLISHING,
        ANNOUNCES,
        ANNOUNCES.replace("                        role.claimed.value = last\n", "").replace(
            "written = True\n", "written = True\n                            role.claimed.value = last\n"
        ),
        "S8",
        "B2",
        "single publish x join earliest on 2, alone",
    ),
    Mutant(
        "a single producer does not test again after it has announced",
        PUBLISHING,
        ANNOUNCES,
        ANNOUNCES.replace("if last <= role.limit.value", "if last"),
        "S9",
        "B17",
        "single publish x close, wait_for on 2, read",
    ),
    Mutant(
        "a joiner looks at what is claimed before he stops a single producer",
        JOINING,
        SHUTS + CHOOSES,
        CHOOSES + SHUTS,
        "S8",
        "B2",
        "single publish x join earliest on 2, alone",
    ),
    Mutant(
        "a joiner does not stop a single producer",
        JOINING,
        SHUTS,
        "",
        "S8",
        "B2",
        "single publish x join earliest on 2, alone",
        also=((SINGLE_FILE, ADDS, "        super().add_gate(gate)\n"),),
    ),
    Mutant(
        "closing does not stop a single producer",
        SINGLE_FILE,
        "        self.role.shut()\n        super().close(phase)\n",
        "        super().close(phase)\n",
        "S9",
        "B17",
        "single publish x close, wait_for on 2, read",
    ),
    Mutant(
        "a single producer shows before it has written",
        PUBLISHING,
        WRITES + SHOWS,
        SHOWS + WRITES,
        "S2",
        "B3",
        "single publish x read on 2, read",
    ),
    Mutant(
        "a single producer wakes nobody",
        PUBLISHING,
        WRITES + SHOWS + WAKES,
        WRITES + SHOWS + "                            return last  # type",
        "L1",
        "B1",
        "single publish x read on 2, read",
    ),
    Mutant(
        "a single producer wakes readers only",
        PUBLISHING,
        WRITES + SHOWS + WAKES,
        WRITES + SHOWS + WAKES.replace(" or role.room_sleepers.value", ""),
        "L1",
        "B1",
        WATCHES,
    ),
    Mutant(
        "a single producer looks for sleepers before it shows",
        PUBLISHING,
        WRITES + SHOWS + WAKES,
        "                            sleepers = role.news_sleepers.value\n"
        + WRITES
        + SHOWS
        + WAKES.replace("role.news_sleepers.value or role.room_sleepers.value", "sleepers"),
        "L1",
        "B1",
        "single publish x read on 2, read",
    ),
    Mutant(
        "what a single producer has announced in vain stays announced",
        SINGLE_FILE,
        "        if self.claimed.value != last:\n            self.claimed.value = last\n            self._wake()\n",
        "        del last\n",
        "S7",
        "B6",
        "single publish x close, wait_for on 2, read",
    ),
    Mutant(
        "what a single producer has announced in vain is taken back unnoticed",
        SINGLE_FILE,
        "            self.claimed.value = last\n            self._wake()\n",
        "            self.claimed.value = last\n",
        "L1",
        "B1",
        "single publish x close, wait_for on 2, read",
    ),
    Mutant(
        "a single producer raises its limit without the lock",
        PUBLISHING,
        TESTS,
        TESTS.replace(
            "role.published.value + 1\n",
            "role.published.value + 1\n                    role.limit.value = single.lowest() + sequencer.capacity\n",
        ),
        "S9",
        "B2",
        "single publish x close, wait_for on 2, read",
    ),
    Mutant(
        "the limit of a single producer is raised although a claim is held",
        SINGLE_FILE,
        " and not (self._held or self._done or self.voids):\n            self.role.limit",
        ":\n            self.role.limit",
        "S6",
        "B4",
        "tests/api/test_single_producer.py",
    ),
    Mutant(
        "who finishes a claim of a single producer raises its limit",
        SINGLE_FILE,
        "        if self.role.owner == self._runtime.ident() and not (self._held",
        "        if not (self._held",
        "S6",
        "B4",
        "single claim, publish x publish twice on 2, read",
    ),
    Mutant(
        "a claim does not stop a single producer",
        SINGLE_FILE,
        "        self.role.shut()\n        return super().hold(first, n)\n",
        "        return super().hold(first, n)\n",
        "S6",
        "B4",
        "tests/api/test_single_producer.py",
        also=(
            (
                SINGLE_FILE,
                "        role, me = self.role, self._runtime.ident()\n        role.shut()\n",
                "        role, me = self.role, self._runtime.ident()\n",
            ),
        ),
    ),
    Mutant(
        "another thread takes over from a single producer in the middle of a call",
        SINGLE_FILE,
        BUSY,
        BUSY.replace("role.busy.value", "role.busy.value > 1"),
        "S6",
        "B9",
        "single publish x publish on 2, read",
    ),
    Mutant(
        "another thread takes over before it has stopped the single producer",
        SINGLE_FILE,
        "        role.shut()\n        if role.owner == me:\n            self._hold_filling(me)\n        if role.busy.value:",
        "        if role.owner == me:\n            self._hold_filling(me)\n        busy = role.busy.value\n"
        "        role.shut()\n        if busy:",
        "S6",
        "B9",
        "single publish x publish on 2, read",
    ),
    Mutant(
        "who takes over from a single producer takes its limit, too",
        SINGLE_FILE,
        "                role = self._new_role()\n",
        "                pass\n",
        "S6",
        "B9",
        "single publish x publish twice on 2, alone",
    ),
    Mutant(
        "a single producer is not busy while it publishes",
        PUBLISHING,
        "                    role.busy.value = 1\n" + TESTS,
        TESTS,
        "S6",
        "B9",
        "single publish x publish on 2, read",
    ),
    Mutant(
        "what an interrupt has left half written is taken back",
        SINGLE_FILE,
        "                if written:\n",
        "                if False:\n",
        "S2",
        "B14",
        GETS,
    ),
    Mutant(
        "an event that publishes while it is filled loses its sequence",
        SINGLE_FILE,
        "        if role.filling > INITIAL and role.busy.value:\n",
        "        if role.filling > INITIAL and role.busy.value > 1:\n",
        "S6",
        "B9",
        FINALISER,
    ),
    Mutant(
        "a finaliser that publishes while its thread publishes many is let in",
        PUBLISHING,
        "role.ident() and not role.busy.value:  # a finaliser may publish while it publishes\n",
        "role.ident():\n",
        "S6",
        "B9",
        FINALISER,
    ),
    Mutant(
        "a finaliser that publishes many while its thread does is let in",
        PUBLISHING,
        "role.ident() and not role.busy.value:  # making lists may run one\n",
        "role.ident():\n",
        "S6",
        "B9",
        FINALISER,
    ),
    Mutant(
        "the time-out of a single producer's event begins twice",
        PUBLISHING,
        "            check_timeout(timeout)  # a wrong",
        "            deadline_of(self._runtime, timeout)  # a wrong",
        "L3",
        "B16",
        "stateful/test_found.py",
    ),
)
