"""Known differences in waiting: barriers, their time-outs, and how a wait is ended."""

from disruptor import Disruptor
from stateful.lmax.client import Lmax
from stateful.lmax.differences._difference import Difference, published, raised

CHECKS = 1000
"""After so many looks at an alert that never comes, somebody who spins is stopped."""


def _held(words: str) -> Lmax:
    """Return a ring with a claim of the first sequence, never published, and `words` published above it."""
    lmax = Lmax("multi", 4)
    lmax.ask("join", "S", [], "barrier", True)
    lmax.number("next", 1)
    for word in words:
        lmax.ask("publish", lmax.number("next", 1), word)
    return lmax


def _held_here(words: str) -> object:
    """Return what comes of waiting for the last of `words`, while a claim below it is open."""
    ring: Disruptor[str] = Disruptor(4)
    claim = ring.claim()
    for word in words:
        ring.publish(word)
    came = raised(lambda: ring.wait_for(len(words), timeout=0))
    claim.abandon()
    return came


SHORT = Difference(
    "a wait that falls short",
    "between several producers, `waitFor(s)` may return `s - 1`, although it has a time-out: ask again, and so spin",
    "a wait returns what was asked for, or raises; meanwhile it sleeps",
    "a blocked call sleeps (L2; LMAX#462)",
    lambda: _held("").number("wait_for", "S", 0),
    -1,
    lambda: _held_here(""),
    "WaitTimeout",
)

LOOKS_ABOVE = Difference(
    "a wait past what comes next",
    "`waitFor(s)` looks from `s` upward: it returns although something below is not published",
    "a sequence can be read once everything up to it is published or void",
    "in order, without gaps (S3)",
    lambda: _held("b").number("wait_for", "S", 1),
    1,
    lambda: _held_here("b"),
    "WaitTimeout",
)


def _upstream_here() -> object:
    ring: Disruptor[str] = Disruptor(4)
    upstream = ring.register_subscriber()
    downstream = ring.register_subscriber(after=[upstream])
    ring.publish("a")
    return raised(lambda: downstream.wait_for(0, timeout=0))


UPSTREAM_TIMEOUT = Difference(
    "the time-out of a wait for an upstream",
    "covers the wait for a publication only: for an upstream it spins, without end",
    "covers every cause of waiting",
    "a time-out fires once its time has passed (L3; bug class B16)",
    lambda: Lmax("multi", 4).number("checks_while_spinning", CHECKS),
    CHECKS,
    _upstream_here,
    "WaitTimeout",
)


def _alert_theirs() -> object:
    lmax = published("multi", 4, "a")
    lmax.ask("join", "S", [], "barrier", True)
    lmax.ask("alert", "S")
    alerted = raised(lambda: lmax.ask("wait_for", "S", 0))
    lmax.ask("clear_alert", "S")
    return alerted, lmax.number("wait_for", "S", 0)


def _alert_here() -> object:
    ring: Disruptor[str] = Disruptor(4)
    ring.publish("a")
    ring.halt()
    return raised(lambda: ring.wait_for(0)), raised(lambda: ring.wait_for(0))


ALERT = Difference(
    "alert",
    "belongs to a barrier, which may be shared, and can be taken back",
    "`halt` ends every wait of the ring, until `start`; `close` of a subscriber ends its own, for good",
    "who shares a barrier that is not cleared spins (LMAX#417)",
    _alert_theirs,
    ("AlertException", 0),
    _alert_here,
    ("DisruptorClosed", "DisruptorClosed"),
)

WAITING = (SHORT, LOOKS_ABOVE, UPSTREAM_TIMEOUT, ALERT)
