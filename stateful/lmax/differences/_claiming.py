"""Known differences in claims, publications, and what a ring shows of them."""

from disruptor import Disruptor, EventFactory
from disruptor._override import override
from stateful.lmax.client import Lmax
from stateful.lmax.differences._difference import Difference, published, raised


def _claimed_twice_theirs() -> object:
    lmax = Lmax("single", 4)
    lmax.number("next", 1)
    lmax.ask("publish", lmax.number("next", 1), "b")
    return lmax.look().cursor, lmax.ask("is_available", 0), lmax.ask("get", 0)


def _claimed_twice_here() -> object:
    ring: Disruptor[str] = Disruptor(4)
    first = ring.claim()
    with ring.claim() as second:
        second[0] = "b"
    shown = ring.cursor, raised(lambda: ring.get(0))
    first.abandon()
    return shown


SECOND_CLAIM = Difference(
    "a second claim before the first is published",
    "one producer: publishing a sequence publishes everything below it, written or not",
    "claims are published in any order; nobody is shown one that is not",
    "a rule that only a comment tells is broken some day (LMAX#477)",
    _claimed_twice_theirs,
    (1, True, ""),
    _claimed_twice_here,
    (-1, "SequenceNotFound"),
)


def _ungated_theirs() -> object:
    lmax = Lmax("multi", 2)
    return lmax.number("next", 2), lmax.number("next", 2), lmax.look().remaining


def _ungated_here() -> object:
    ring: Disruptor[str] = Disruptor(2)
    first = ring.claim(2)
    shown = raised(lambda: ring.claim(2, timeout=0)), ring.remaining_capacity
    first.abandon()
    return shown


UNGATED = Difference(
    "nobody gates",
    "without gating sequences there is always room, even in a slot that another producer is writing",
    "what is claimed and not yet published takes room, whoever reads",
    "two producers never write to one slot at the same time (S6)",
    _ungated_theirs,
    (1, 3, 2),
    _ungated_here,
    ("InsufficientCapacity", 0),
)


def _cursor_theirs() -> object:
    lmax = Lmax("multi", 4)
    lmax.number("next", 3)
    return lmax.look().cursor


def _cursor_here() -> object:
    ring: Disruptor[str] = Disruptor(4)
    claim = ring.claim(3)
    shown = ring.cursor, ring.claimed
    claim.abandon()
    return shown


CURSOR = Difference(
    "the cursor",
    "between several producers, the highest sequence that is claimed; there is no word for what is published",
    "`cursor` is what is published, `claimed` what is claimed",
    "a reader who takes the one for the other reads what is not there yet",
    _cursor_theirs,
    2,
    _cursor_here,
    (-1, 2),
)


def _oversize_theirs() -> object:
    return raised(lambda: Lmax("multi", 4).ask("try_next", 5))


def _oversize_here() -> object:
    ring: Disruptor[str] = Disruptor(4)
    return raised(lambda: ring.claim(5, timeout=0))


OVERSIZE = Difference(
    "a claim of more than there is",
    "3.4: `tryNext` finds too little room, which can never change, and `next` waits for ever",
    "a `ValueError` at once",
    "a mistake of the caller is not a full ring (bug class B12)",
    _oversize_theirs,
    "InsufficientCapacityException",
    _oversize_here,
    "InvalidValue",
)


class _Failing(Exception):
    pass


class _Word(EventFactory[str]):
    def __init__(self) -> None:
        self.word = ""

    @override
    def get(self) -> str:
        return self.word

    @override
    def set(self, value: str) -> None:
        self.word = value


def _translator_theirs() -> object:
    lmax = Lmax("multi", 4)
    return raised(lambda: lmax.ask("publish_event_that_fails", "half")), lmax.ask("is_available", 0), lmax.ask("get", 0)


def _translator_here() -> object:
    ring = Disruptor(4, _Word)

    def translate(event: _Word, sequence: int) -> None:
        event.set("half")
        raise _Failing

    try:
        ring.publish_event(translate)
    except _Failing:
        return ring.cursor, raised(lambda: ring.get(0))
    return "nothing was raised"


TRANSLATOR = Difference(
    "a translator that raises",
    "what it left half written is published: a claim cannot be given back",
    "the sequence is void: everybody walks past it, nobody is shown it",
    "the caller was told that it failed (S7; LMAX#244)",
    _translator_theirs,
    ("HandlerError", True, "half"),
    _translator_here,
    (0, "SequenceVoid"),
)


def _overwritten_theirs() -> object:
    lmax = published("multi", 1, "a")
    lmax.number("next", 1)
    return lmax.ask("is_available", 0)


def _overwritten_here() -> object:
    ring: Disruptor[str] = Disruptor(1)
    ring.publish("a")
    ring.claim()
    return raised(lambda: ring.get(0))


OVERWRITTEN = Difference(
    "a slot that is claimed anew",
    "`isAvailable` says yes to the old sequence until the new one is published",
    "it is outdated from the moment of the claim",
    "somebody may be writing there",
    _overwritten_theirs,
    True,
    _overwritten_here,
    "OutdatedSequence",
)


def _get_theirs() -> object:
    lmax = published("multi", 2, "abc")
    return lmax.ask("get", 0), lmax.ask("get", 3)


def _get_here() -> object:
    ring: Disruptor[str] = Disruptor(2)
    for word in "abc":
        ring.publish(word)
    return raised(lambda: ring.get(0)), raised(lambda: ring.get(3))


GET = Difference(
    "get",
    "returns whatever the slot holds, of whatever sequence",
    "raises for what is not yet published, overwritten, or void",
    "nobody is given a sequence that is not there (S2)",
    _get_theirs,
    ("c", "b"),
    _get_here,
    ("OutdatedSequence", "SequenceNotFound"),
)

CLAIMING = (SECOND_CLAIM, UNGATED, CURSOR, OVERSIZE, TRANSLATOR, OVERWRITTEN, GET)
