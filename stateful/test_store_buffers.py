"""What breaks when stores become visible later: the wait strategy of LMAX 2.10.1, and which stores of our ring must not.

The ring is made for threads of one interpreter, which makes each store visible before the next bytecode. Between processes
nothing does. Here it is said which stores rely on that:
- the position of a subscriber, stored without the ring's lock and followed by a load of `sleepers` or `followers`
  (`Subscriber._move`);
- `sleepers`, stored under the lock and followed by a load of positions (`Signal.wait_until`).
With a fence after both, or with the lock taken before `sleepers` is looked at, nothing breaks; with a fence after one of
them, the same pairs break as without.
"""

import pytest

from disruptor._sync import Signal
from stateful.adapters.threads import ByValue, InPlace
from stateful.failure import check
from stateful.lost_wake_up import AS_RELEASED, FENCED, LostWakeUp, blocking, picture
from stateful.programs import PAIRS, PROGRAMS, Program
from stateful.scheduler import Exploration, Granularity, Weak, explore, reduced

# --- LMAX 2.10.1 -----------------------------------------------------------------------------------------------


def test_the_lost_wake_up_of_2_10_1_is_not_there_when_stores_are_visible_at_once() -> None:
    assert explore(blocking(), preemptions=None, log=True) == Exploration(108, True, None)
    assert reduced(blocking()) == Exploration(5, True, None)
    assert reduced(blocking(consumers=2)).complete


@pytest.mark.parametrize("weak", [AS_RELEASED, Weak(), Weak(fenced=("cursor",))])
def test_it_is_found_with_store_buffers_and_replays(weak: Weak) -> None:
    for found in (reduced(blocking(), buffers=weak), explore(blocking(), preemptions=None, log=True, buffers=weak)):
        assert found.failed is not None
        assert isinstance(found.failed.error, LostWakeUp)
        drawn = picture(blocking(), str(found.failed.schedule), weak)
        assert drawn.startswith("LostWakeUp: C waits for the event that is there: cursor = 0\n")


def test_the_picture_has_a_column_for_what_becomes_visible() -> None:
    lines = picture(blocking(), "", AS_RELEASED).splitlines()
    assert lines[1].split() == ["step", "C", "P", "C's-store", "P's-store"]
    assert lines[-2].endswith("cursor = 0 is visible")
    [visible] = [line for line in lines if "waiters = 1 is visible" in line]
    assert visible.index("waiters") == lines[1].index("C's-store")


@pytest.mark.parametrize("consumers", [1, 2])
@pytest.mark.parametrize(("look", "weak"), [(True, FENCED), (False, AS_RELEASED), (False, Weak())])
def test_a_fence_or_taking_the_lock_first_mends_it(look: bool, weak: Weak, consumers: int) -> None:
    assert reduced(blocking(look=look, consumers=consumers), buffers=weak).complete


# --- our ring --------------------------------------------------------------------------------------------------

POSITION = Weak(fenced=("position",))
SLEEPERS = Weak(fenced=("sleepers",))
BOTH = Weak(fenced=("position", "sleepers"))

WAIT_FOR_ROOM = {
    "publish",
    "publish timed",
    "publish_many",
    "publish_event",
    "publish_event, fail",
    "claim, publish",
    "claim, abandon",
}
MOVE = {"read", "read timed", "poll", "update_sequence"}


def loses_a_wake_up(program: Program) -> bool:
    """Tell whether a pair has a producer that waits for room, and a subscriber that makes it."""
    operations, _, state = program.name.rpartition(" on ")
    pair = set(operations.split(" x "))
    if not (state.endswith("full") and pair & WAIT_FOR_ROOM and pair & MOVE):
        return False
    return not (pair == {"publish_many", "update_sequence"} and program.capacity == 2)  # makes room for one of its two


BREAK = tuple(program for program in PAIRS if loses_a_wake_up(program))
HOLD = tuple(program for program in PAIRS if not loses_a_wake_up(program))


def run(program: Program, weak: Weak, limit: int = 50_000) -> Exploration:
    make = InPlace if program.in_place else ByValue
    return check(program, make, granularity=Granularity.CELLS, reduce=True, max_schedules=limit, buffers=weak)


def breaks(program: Program, weak: Weak) -> bool:
    """Tell whether a pair loses a wake-up; that it breaks otherwise, or is not explored to its end, is a failure."""
    found = run(program, weak)
    if found.failed is None:
        assert found.complete
        return False
    assert "nothing moves, but a correct ring would go on with" in str(found.failed.error)
    return True


def test_how_many_pairs_break() -> None:
    assert (len(BREAK), len(PAIRS)) == (55, 1812)


@pytest.mark.parametrize("weak", [Weak(), POSITION, SLEEPERS], ids=["no fence", "position", "sleepers"])
def test_a_wake_up_is_lost_unless_both_stores_are_fenced(weak: Weak) -> None:
    assert [program.name for program in BREAK[::4] if not breaks(program, weak)] == []


def test_nothing_else_breaks() -> None:
    assert [program.name for program in HOLD[::17] if breaks(program, Weak())] == []


def test_with_both_fenced_nothing_breaks() -> None:
    assert [program.name for program in BREAK[::2] + HOLD[::29] if breaks(program, BOTH)] == []


def test_taking_the_lock_before_looking_at_the_sleepers_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    def nudge(self: Signal) -> None:
        with self._lock:
            self.wake()

    monkeypatch.setattr(Signal, "nudge", nudge)
    assert [program.name for program in BREAK[::4] if breaks(program, Weak())] == []


PROGRAM = {program.name: program for program in PROGRAMS}


@pytest.mark.parametrize("name", ["loop that breaks", "early release"])
def test_a_position_is_shown_later_than_its_call_returns_unless_it_is_fenced(name: str) -> None:
    found = run(PROGRAM[name], Weak())
    assert found.failed is not None
    assert "the ring shows" in str(found.failed.error)
    fenced = run(PROGRAM[name], POSITION, 100).failed
    assert fenced is None or "nothing moves" in str(fenced.error), "then only a wake-up is lost, by the other store"
    assert run(PROGRAM[name], BOTH, 100).failed is None


@pytest.mark.parametrize("name", ["upstream x downstream", "join behind x progress", "downstream's time-out"])
def test_a_wake_up_of_a_reader_behind_is_lost_unless_both_are_fenced(name: str) -> None:
    found = run(PROGRAM[name], Weak())
    assert found.failed is not None
    assert "D: T.read" in str(found.failed.error) or "J: T.read" in str(found.failed.error)
    assert run(PROGRAM[name], BOTH, 40).failed is None


@pytest.mark.deep
@pytest.mark.parametrize("weak", [Weak(), POSITION, SLEEPERS], ids=["no fence", "position", "sleepers"])
def test_exactly_these_pairs_break(weak: Weak) -> None:
    assert [program for program in PAIRS if breaks(program, weak)] == list(BREAK)


@pytest.mark.deep
def test_with_both_fenced_no_pair_breaks() -> None:
    assert [program.name for program in PAIRS if breaks(program, BOTH)] == []


UNBUFFERED = {"translator that raises": "'G' cannot return 'ok a|nothing' from get(0)"}
"""`Sequencer.voids` is a plain set here, and plain fields are not buffered: what `claim` takes out of it after it has stored
`claimed` is seen before that store, as no machine would show it. Between processes the voids are words, stored in order."""


@pytest.mark.deep
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_with_both_fenced_no_program_breaks(program: Program) -> None:
    found = run(program, BOTH, 3_000)  # not all end within this: a limit, not a pass of all schedules
    if program.name in UNBUFFERED:
        assert UNBUFFERED[program.name] in str(found.failed)
    elif found.failed is not None:
        raise found.failed
