"""Known differences in joining, marking, polling, and leaving."""

from disruptor import Disruptor, Start
from stateful.lmax.client import Lmax
from stateful.lmax.differences._difference import Difference, published, raised


def _published_here(words: str, capacity: int = 4) -> Disruptor[str]:
    ring: Disruptor[str] = Disruptor(capacity)
    for word in words:
        ring.publish(word)
    return ring


def _joiner_theirs() -> object:
    lmax = Lmax("multi", 4)
    first = lmax.number("next", 1)
    joined = lmax.number("join", "S", [], "poller", True)
    lmax.ask("publish", first, "a")
    return joined, lmax.poll("S", 1)


def _joiner_here() -> object:
    ring: Disruptor[str] = Disruptor(4)
    claim = ring.claim()
    subscriber = ring.register_subscriber(start=Start.LATEST)
    claim[0] = "a"
    claim.publish()
    with subscriber.read(timeout=0) as batch:
        return list(batch)


JOINER = Difference(
    "joining while claims are open",
    "between several producers, a new gate starts after what is claimed: what is published later than that is skipped",
    "the latest start is the first sequence that is not yet published",
    "every sequence from its start on reaches a subscriber (S8)",
    _joiner_theirs,
    (0, ("IDLE", [])),
    _joiner_here,
    ["a"],
)

STARTS = Difference(
    "where a new subscriber starts",
    "a gating sequence is moved to the cursor",
    "at the earliest sequence that is still there, if nothing else is said",
    "the first version's README subscribes after publishing, and reads what was published",
    lambda: published("multi", 4, "ab").number("join", "S", [], "barrier", True),
    1,
    lambda: _published_here("ab").register_subscriber().sequence,
    -1,
)


def _late_poller_theirs() -> object:
    lmax = published("single", 4, "abcdef")
    lmax.number("join", "S", [], "poller", False)
    return lmax.poll("S", 1)


def _late_poller_here() -> object:
    subscriber = _published_here("abcdef").register_subscriber()
    with subscriber.read(max_events=1) as batch:
        return batch.sequences[0], batch[0]


LATE_POLLER = Difference(
    "a late poller",
    "starts at 0 and does not gate; with one producer it is given sequence 0 with the event that has since taken its place",
    "every subscriber gates, and starts at what cannot have been overwritten",
    "all see the same event under the same sequence (S4)",
    _late_poller_theirs,
    ("PROCESSING", [(0, "e")]),
    _late_poller_here,
    (2, "c"),
)


def _states_theirs() -> object:
    lmax = Lmax("multi", 4)
    lmax.ask("join", "S", [], "poller", True)
    lmax.ask("join", "T", ["S"], "poller", True)
    before = lmax.poll("T", 1)[0]
    lmax.ask("publish", lmax.number("next", 1), "a")
    return before, lmax.poll("T", 1)[0]


def _states_here() -> object:
    ring: Disruptor[str] = Disruptor(4)
    after = [ring.register_subscriber()]
    subscriber = ring.register_subscriber(after=after)
    before = raised(lambda: subscriber.read(timeout=0).__enter__())
    ring.publish("a")
    return before, raised(lambda: subscriber.read(timeout=0).__enter__())


STATES = Difference(
    "a look that finds no event",
    "only a poller can look without waiting; it tells an empty ring (`IDLE`) from an upstream that is behind (`GATING`)",
    "`read(timeout=0)` raises `WaitTimeout` for either; `poll` tells `IDLE` from `GATED`, as theirs does",
    "who reads does the same in both cases, and waits; who has a loop of his own may want to know",
    _states_theirs,
    ("IDLE", "GATING"),
    _states_here,
    ("WaitTimeout", "WaitTimeout"),
)


def _raises_theirs() -> object:
    lmax = Lmax("multi", 4)
    lmax.ask("join", "S", [], "poller", True)
    lmax.ask("publish", lmax.number("next", 3) - 2, "a", "b", "c")
    return raised(lambda: lmax.poll("S", 3, fails_at=1)), lmax.number("position", "S")


def _raises_here() -> object:
    ring: Disruptor[str] = Disruptor(4)
    subscriber = ring.register_subscriber()
    ring.publish_many("abc")
    try:
        with subscriber.read() as batch:
            raise LookupError(batch[1])
    except LookupError:
        return subscriber.sequence


RAISES = Difference(
    "a reader that raises",
    "a poller marks what came before the event at which its handler raised",
    "a block that is left by an exception marks nothing: the batch comes again",
    "who reads a batch at once has not done half of it; `update_sequence` marks a part by hand",
    _raises_theirs,
    ("HandlerError", 0),
    _raises_here,
    -1,
)


def _marks_theirs() -> object:
    lmax = Lmax("multi", 4)
    lmax.ask("join", "S", [], "barrier", True)
    lmax.ask("set", "S", 7)
    ahead = lmax.number("position", "S")
    lmax.ask("set", "S", 3)
    return ahead, lmax.number("position", "S")


def _marks_here() -> object:
    ring = _published_here("ab")
    subscriber = ring.register_subscriber(start=Start.LATEST)
    return raised(lambda: subscriber.update_sequence(7)), raised(lambda: subscriber.update_sequence(0))


MARKS = Difference(
    "marks",
    "a sequence can be set to anything, backwards as well",
    "going back, or past what may be read, is a `ValueError` that changes nothing",
    "a gate that has gone back, or ahead, lets slots be overwritten that somebody still reads (S1)",
    _marks_theirs,
    (7, 3),
    _marks_here,
    ("InvalidValue", "InvalidValue"),
)


def _leaves_theirs() -> object:
    lmax = Lmax("multi", 4)
    lmax.ask("join", "S", [], "barrier", True)
    lmax.ask("join", "T", ["S"], "barrier", True)
    return lmax.ask("leave", "S")


def _leaves_here() -> object:
    ring: Disruptor[str] = Disruptor(4)
    upstream = ring.register_subscriber()
    ring.register_subscriber(after=[upstream])
    return raised(lambda: ring.remove_subscriber(upstream))


UPSTREAM_LEAVES = Difference(
    "removing an upstream",
    "is done, and those behind it wait for ever for a sequence that nobody moves",
    "is a `ValueError` while others are after it",
    "nobody waits for what cannot come (L1)",
    _leaves_theirs,
    True,
    _leaves_here,
    "InvalidValue",
)

SUBSCRIBING = (JOINER, STARTS, LATE_POLLER, STATES, RAISES, MARKS, UPSTREAM_LEAVES)
