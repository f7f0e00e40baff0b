"""The figures of rings for Prometheus, read when they are asked for (`pip install disruptor[prometheus]`).

Rule 1: nothing is kept here, and nothing is done between two scrapes: a collector asks `Disruptor.stats()`.
Rule 2: what only grows is a counter, whose name ends in `_total`; what goes up and down is a gauge. Times are in seconds.
Rule 3: `prometheus-client` is imported when a collector is made.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, final

from disruptor._disruptor import Disruptor
from disruptor._errors import InvalidType, Unsupported
from disruptor.stats import RingStats, WaitStats

if TYPE_CHECKING:
    from prometheus_client.core import Metric

STATES: Final = ("open", "closed", "halted", "broken")

Value = int | float
Labelled = tuple[tuple[str, ...], object]
"""Figures, with the values of their labels."""
Row = tuple[str, str, str, Callable[[Any], Value]]
"""A name, its kind, what it tells, and how it is read from figures."""


def _waits(whose: str, of: str, read: Callable[[Any], WaitStats]) -> tuple[Row, ...]:
    return (
        (f"{whose}_waits", "counter", f"Calls that have waited {of}.", lambda stats: read(stats).count),
        (f"{whose}_waiting", "gauge", f"Calls that wait {of} now.", lambda stats: read(stats).waiting),
        (f"{whose}_wait_seconds", "counter", f"How long calls have waited {of}.", lambda stats: read(stats).seconds),
    )


RING: Final[tuple[Row, ...]] = (
    ("capacity", "gauge", "Slots.", lambda ring: ring.capacity),
    ("claimed", "counter", "Sequences handed to producers.", lambda ring: ring.claimed),
    ("published", "counter", "Sequences that are published or void.", lambda ring: ring.published),
    ("voids", "counter", "Sequences that have become void.", lambda ring: ring.voids),
    ("remaining_capacity", "gauge", "Sequences that could be claimed now.", lambda ring: ring.remaining_capacity),
    *_waits("producer", "for room", lambda ring: ring.producer_waits),
)
SUBSCRIBER: Final[tuple[Row, ...]] = (
    ("subscriber_processed", "counter", "Sequences up to which all is processed.", lambda one: one.position + 1),
    ("subscriber_lag", "gauge", "Published events that are yet to be processed.", lambda one: one.lag),
    ("subscriber_failed", "gauge", "1 if it has failed.", lambda one: int(one.failed)),
    *_waits("subscriber", "to read", lambda one: one.waits),
)
HANDLER: Final[tuple[Row, ...]] = (
    ("handler_batches", "counter", "Batches that it is done with.", lambda one: one.batches),
    ("handler_events", "counter", "Events in these batches.", lambda one: one.events),
    ("handler_errors", "counter", "How often it has raised.", lambda one: one.errors),
    ("handler_busy_seconds", "counter", "How long it has worked on batches.", lambda one: one.busy_seconds),
)


@final
class RingCollector:
    """The figures of some rings, for a registry of `prometheus_client`.

    `rings` are rings by the names that tell them apart in the label `ring`. Register it once:
    `prometheus_client.REGISTRY.register(RingCollector({"orders": ring}))`. Raises `Unsupported` if `prometheus-client`
    is not installed.
    """

    def __init__(self, rings: "Mapping[str, Disruptor[Any]]") -> None:
        if find_spec("prometheus_client") is None:
            raise Unsupported("figures for Prometheus need prometheus-client: pip install 'disruptor[prometheus]'")
        given: list[tuple[object, object]] = [*rings.items()]
        for name, ring in given:
            if not isinstance(name, str) or not isinstance(ring, Disruptor):
                raise InvalidType(f"rings must be Disruptors by name, not {name!r}: {ring!r}")
        self._rings = dict(rings)

    def describe(self) -> "Iterable[Metric]":
        """Return no metric: which there are does not depend on what is registered, so nothing is read before a scrape."""
        return []

    def collect(self) -> "Iterator[Metric]":
        """Yield the figures of all rings, as they are now."""
        stats = {name: ring.stats() for name, ring in self._rings.items()}
        whole = [((name,), ring) for name, ring in stats.items()]
        subscribers = [((name, one.name), one) for name, ring in stats.items() for one in ring.subscribers]
        # The last one of a name: one that was removed may have yet to end when another one has taken its name.
        handlers = {(name, one.name): one for name, ring in stats.items() for one in ring.handlers}
        yield from _family(RING, ["ring"], whole)
        yield _state(stats)
        yield from _family(SUBSCRIBER, ["ring", "subscriber"], subscribers)
        yield from _family(HANDLER, ["ring", "handler"], handlers.items())


def _label(name: str) -> str:
    """Return a name as it can be exposed: in UTF-8."""
    return name.encode(errors="backslashreplace").decode()


def _family(rows: tuple[Row, ...], labels: list[str], found: Collection[Labelled]) -> "Iterator[Metric]":
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    for name, kind, text, read in rows:
        make = CounterMetricFamily if kind == "counter" else GaugeMetricFamily
        metric = make(f"disruptor_{name}", text, labels=labels)
        for values, stats in found:
            metric.add_metric([*map(_label, values)], read(stats))
        yield metric


def _state(stats: dict[str, RingStats]) -> "Metric":
    from prometheus_client.core import StateSetMetricFamily

    metric = StateSetMetricFamily("disruptor_state", "Whether the ring takes claims.", labels=["ring"])
    for name, ring in stats.items():
        metric.add_metric([_label(name)], {state: state == ring.state for state in STATES})
    return metric
