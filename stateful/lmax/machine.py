"""LMAX and the model, one call after the other: every answer of LMAX is told to the oracle.

Rule 1: a rule does one operation of LMAX, says what came in the model's words, and lets the oracle judge.
Rule 2: where they are known to differ, a rule steps aside or translates, and names the difference (`differences.py`).
Rule 3: a call is made only if it cannot wait: there is one thread. Barriers have a time-out of a nanosecond.
Rule 4: what happened is counted in `seen`, so that a test can tell whether anything was put to the test.
"""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from model import calls
from model.calls import LATEST
from model.oracle import Oracle, View
from model.state import Outcome, Phase, finished, has_room, lowest, readable, reader
from stateful.lmax import differences
from stateful.lmax._sides import ERRORS, Sides, judged
from stateful.lmax.client import Thrown

WHICH = st.integers(0, 3)
KINDS = ("barrier", "poller")


class LmaxMachine(Sides):
    """What is done on both sides."""

    @initialize(
        kind=st.sampled_from(["single", "multi"]),
        capacity=st.sampled_from([1, 2, 4, 8]),
        gates=st.lists(st.tuples(st.sampled_from(KINDS), st.booleans()), max_size=3),
        events=st.integers(0, 4),
    )
    def begin(self, kind: str, capacity: int, gates: list[tuple[str, bool]], events: int) -> None:
        """Make a ring of each, with some gates, perhaps one after the other, or with none, and some events."""
        self.compare(kind, capacity)
        for number, (gate, chained) in enumerate(gates):
            self.join(gate, {number - 1} if number and chained else set())
        for _ in range(min(events, capacity)):
            self.claim_and_publish(1)

    # --- producers -----------------------------------------------------------------------------------------

    @rule(n=st.integers(1, 8), tries=st.booleans())
    def claim(self, n: int, tries: bool) -> None:
        """`next(n)` if there is room, or `tryNext(n)`, room or not."""
        self.claims(n, tries=tries)

    @rule(n=st.integers(1, 8))
    def claim_and_publish(self, n: int) -> None:
        """`tryNext(n)`, and `publish` at once."""
        if self.claims(n, tries=True):
            self.publish(len(self.state.claims) - 1)

    def claims(self, n: int, *, tries: bool) -> bool:
        """Claim, and return whether there was room."""
        n = min(n, self.capacity)
        if self.steps_aside_from_claims():
            return False
        room = has_room(self.state, n)
        call = calls.claim(n, timed=True)
        try:
            last = self.lmax.number("next" if room and not tries else "try_next", n)
        except Thrown as thrown:
            self.tell(call, Outcome(ERRORS[str(thrown)]))
            return False
        self.tell(call, Outcome("ok", tuple(range(last - n + 1, last + 1))))
        return True

    @precondition(lambda self: self.state.claims)
    @rule(which=WHICH)
    def publish(self, which: int) -> None:
        """`publish(lo, hi)` of a claim; between several producers in any order."""
        claims = self.state.claims
        first, n = claims[which % len(claims)]
        words = [f"w{self.words + k}" for k in range(n)]
        self.words += n
        self.lmax.ask("publish", first, *words)
        self.tell(calls.publish_claim(first, *words), Outcome("ok", tuple(range(first, first + n))))

    @precondition(lambda self: self.kind == "multi")
    @rule(n=st.integers(1, 2))
    def claim_twice_and_publish_the_second(self, n: int) -> None:
        """Leave a gap below what is published, and look whether somebody is shown what is above it."""
        if self.claims(n, tries=True) and self.claims(1, tries=True):
            self.publish(len(self.state.claims) - 1)
            self.seen["published above a gap"] += 1
            for name in sorted(self.pollers & {*self.alive()}):
                self.polls(name, self.capacity)

    # --- subscribers ---------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.names) < 4)
    @rule(kind=st.sampled_from(KINDS), upstreams=st.sets(WHICH, max_size=2))
    def join(self, kind: str, upstreams: set[int]) -> None:
        """`addGatingSequences`, with a barrier or a poller, perhaps after others."""
        if self.state.claims and self.kind == "multi":
            return self.steps_aside(differences.JOINER)
        alive = [r.name for r in self.state.readers if r.alive]
        after = sorted({alive[k % len(alive)] for k in upstreams}) if alive else []
        name = f"S{len(self.names)}"
        position = self.lmax.number("join", name, after, kind, True)
        self.names.append(name)
        self.pollers |= {name} if kind == "poller" else set()
        call = calls.register_subscriber(name, start=LATEST, after=tuple(after))
        return self.tell(call, Outcome("ok", (position + 1,)))

    @precondition(lambda self: len(self.names) > 1)
    @rule(which=WHICH)
    def leave(self, which: int) -> None:
        """`removeGatingSequence`, perhaps not for the first time."""
        name = self.names[which % len(self.names)]
        alive = reader(self.state, name).alive
        if alive and any(name in other.after for other in self.state.readers if other.alive):
            return self.steps_aside(differences.UPSTREAM_LEAVES)
        removed = self.lmax.ask("leave", name)
        self.same(f"leave {name}", removed, alive)
        return self.tell(calls.remove_subscriber(name), Outcome("ok"))

    @precondition(lambda self: self.alive())
    @rule(which=WHICH, ahead=st.integers(0, 8))
    def mark(self, which: int, ahead: int) -> None:
        """`Sequence.set`, of what may be marked."""
        name = self.one_of(self.alive(), which)
        position, top = reader(self.state, name).position, readable(self.state, name)
        wanted = position + ahead % (max(0, top - position) + 2)
        if wanted > max(top, position):
            return self.steps_aside(differences.MARKS)
        self.lmax.ask("set", name, wanted)
        return self.tell(calls.update_sequence(name, wanted), Outcome("ok"))

    @rule()
    def everybody_catches_up(self) -> None:
        """Let every subscriber mark what it may read, upstreams first; pollers poll it."""
        for name in self.alive():
            top = readable(self.state, name)
            if name in self.pollers:
                self.polls(name, self.capacity)
            elif top > reader(self.state, name).position:
                self.lmax.ask("set", name, top)
                self.tell(calls.update_sequence(name, top), Outcome("ok"))

    @precondition(lambda self: self.alive())
    @rule(which=WHICH, ahead=st.integers(1, 4))
    def wait_for(self, which: int, ahead: int) -> None:
        """`SequenceBarrier.waitFor` of what comes next, or later."""
        state = self.state
        held = [r.name for r in state.readers if r.alive and readable(state, r.name) < state.published]
        name = self.one_of(held or self.alive(), which)
        wanted = reader(state, name).position + ahead
        after = reader(state, name).after
        cursor = state.claimed if self.kind == "multi" else state.published
        if after and readable(state, name) < wanted <= cursor:
            return self.steps_aside(differences.UPSTREAM_TIMEOUT)
        if not after and state.published + 1 < wanted <= cursor:
            return self.steps_aside(differences.LOOKS_ABOVE)
        call = calls.wait_for(wanted, name, timed=True)
        try:
            answer = self.lmax.number("wait_for", name, wanted)
        except Thrown as thrown:
            outcome = Outcome(ERRORS[str(thrown)])
        else:
            if answer < wanted:
                self.uses(differences.SHORT)
                self.same(f"wait_for({wanted}) falls short", answer, wanted - 1)
            outcome = Outcome("ok", (answer,)) if answer >= wanted else Outcome("WaitTimeout")
        return self.tell(call, outcome)

    @precondition(lambda self: self.alive())
    @rule(which=WHICH, ahead=st.integers(1, 4), times=st.integers(1, 2))
    def alert(self, which: int, ahead: int, times: int) -> None:
        """`alert`, `waitFor` and `clearAlert`: as long as it lasts, as if the ring had been halted."""
        name = self.one_of(self.alive(), which)
        wanted = reader(self.state, name).position + ahead
        self.lmax.ask("alert", name)
        self.uses(differences.ALERT)
        halted = Oracle(state=self.state._replace(phase=Phase.HALTED))
        for _ in range(times):
            try:
                outcome = Outcome("ok", (self.lmax.number("wait_for", name, wanted),))
            except Thrown as thrown:
                outcome = Outcome(ERRORS[str(thrown)])
            judged(halted, calls.wait_for(wanted, name, timed=True), outcome, self.seen)
        self.lmax.ask("clear_alert", name)

    @precondition(lambda self: self.pollers & {*self.alive()})
    @rule(which=WHICH, most=st.integers(1, 4))
    def poll(self, which: int, most: int) -> None:
        """`EventPoller.poll`, with a handler that stops after some events."""
        pollers = sorted(self.pollers & {*self.alive()})
        # Those who could be handed something, were it not for their upstreams, are asked first.
        behind = [name for name in pollers if reader(self.state, name).position < self.state.published]
        self.polls(self.one_of(behind or pollers, which), most)

    def polls(self, name: str, most: int) -> None:
        """Poll, and compare how it ended and what was handed out."""
        following = reader(self.state, name).position + 1
        self.seen["poll held up by an upstream"] += readable(self.state, name) < self.state.published
        state, had = self.lmax.poll(name, most)
        self.seen[f"poll {state}"] += 1
        call = calls.read(name, most, timed=True)
        if state == "PROCESSING":
            self.tell(call, Outcome("ok", tuple(s for s, _ in had), tuple(word for _, word in had)))
            self.tell(calls.release(name), Outcome("ok"))
        else:
            self.uses(differences.STATES)
            self.same("idle or held up", state == "GATING", self.cursor >= following)
            self.tell(call, Outcome("WaitTimeout"))

    # --- looking -------------------------------------------------------------------------------------------

    @rule(n=st.integers(1, 9))
    def has_available_capacity(self, n: int) -> None:
        """`hasAvailableCapacity(n)`: not pure in LMAX, so a rule, and no invariant."""
        if self.ungated():
            return self.steps_aside(differences.UNGATED)
        answer = self.lmax.ask("has_available_capacity", n)
        return self.same(f"has_available_capacity({n})", answer, has_room(self.state, n))

    @precondition(lambda self: self.state.claimed >= 0)
    @rule(below=st.integers(0, 7))
    def is_available(self, below: int) -> None:
        """`isAvailable` of a sequence whose slot is its own."""
        sequence = self.state.claimed - below
        if below >= self.capacity or sequence < 0:
            return self.steps_aside(differences.OVERWRITTEN)
        answer = self.lmax.ask("is_available", sequence)
        return self.same(f"is_available({sequence})", answer, finished(self.state, sequence))

    @precondition(lambda self: self.state.claimed >= 0)
    @rule(below=st.integers(0, 7), length=st.integers(0, 7))
    def highest_published(self, below: int, length: int) -> None:
        """`getHighestPublishedSequence(lo, hi)`."""
        first = max(0, self.state.claimed - min(below, self.capacity - 1))
        last = min(first + length, self.cursor)
        if first > last:
            return
        expected = first - 1
        while expected < last and finished(self.state, expected + 1):
            expected += 1
        answer = self.lmax.ask("highest_published", first, last)
        self.same(f"highest_published({first}, {last})", answer, expected)

    @precondition(lambda self: self.state.claimed >= 0)
    @rule(below=st.integers(0, 7))
    def get(self, below: int) -> None:
        """`get` of what a correct ring shows."""
        sequence = self.state.published - below
        if not max(-1, self.state.claimed - self.capacity) < sequence:
            return self.steps_aside(differences.GET)
        word = self.lmax.ask("get", sequence)
        return self.tell(calls.get(sequence), Outcome("ok", events=(str(word),)))

    @invariant()
    def shows_the_same(self) -> None:
        """Compare the cursor, the room that is left, the slowest gate, and every position."""
        if not hasattr(self, "lmax"):
            return
        state, look = self.state, self.lmax.look()
        positions = tuple(sorted((name, self.lmax.number("position", name)) for name in self.alive()))
        self.oracle.observe(View(positions=positions))
        self.same("cursor", look.cursor, self.cursor)
        if self.ungated():
            self.uses(differences.UNGATED)
            self.same("lowest, without gates", look.lowest, self.cursor)
            self.same("remaining, without gates", look.remaining, self.capacity)
            return
        self.same("lowest", look.lowest, lowest(state))
        self.same("remaining", look.remaining, self.capacity - (state.claimed - lowest(state)))
