"""Figures for Prometheus, as a registry exposes them. (Skipped where `prometheus-client` is not installed.)"""

import re
import subprocess
import sys
import threading
from typing import Any, cast

import pytest

from disruptor import Disruptor, InvalidType, Sequence
from tests.limits import LIMIT

client = pytest.importorskip("prometheus_client", reason="prometheus-client is not installed")
from disruptor.prometheus import HANDLER, RING, SUBSCRIBER, RingCollector  # noqa: E402

NAME = re.compile(r"[a-z][a-z_]*[a-z]")


def exposed(collector: RingCollector) -> dict[str, float]:
    registry = client.CollectorRegistry()
    registry.register(collector)
    lines = client.generate_latest(registry).decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def test_the_figures_of_two_rings() -> None:
    one: Disruptor[str] = Disruptor(4)
    two: Disruptor[str] = Disruptor(8)
    one.register_subscriber(name="reader")
    one.publish("a")
    one.claim().abandon()
    two.handle_events_with(lambda event, sequence, end: None, name="handler")
    with two:
        two.publish("b")
    found = exposed(RingCollector({"one": one, "two": two}))
    assert found['disruptor_capacity{ring="one"}'] == 4
    assert found['disruptor_claimed_total{ring="one"}'] == 2
    assert found['disruptor_published_total{ring="one"}'] == 2
    assert found['disruptor_voids_total{ring="one"}'] == 1
    assert found['disruptor_remaining_capacity{ring="one"}'] == 2
    assert found['disruptor_producer_waits_total{ring="one"}'] == 0
    assert found['disruptor_producer_wait_seconds_total{ring="one"}'] == 0
    assert found['disruptor_state{disruptor_state="open",ring="one"}'] == 1
    assert found['disruptor_state{disruptor_state="closed",ring="one"}'] == 0
    assert found['disruptor_state{disruptor_state="closed",ring="two"}'] == 1
    assert found['disruptor_subscriber_lag{ring="one",subscriber="reader"}'] == 2
    assert found['disruptor_subscriber_processed_total{ring="one",subscriber="reader"}'] == 0
    assert found['disruptor_subscriber_processed_total{ring="two",subscriber="handler"}'] == 1
    assert found['disruptor_subscriber_failed{ring="two",subscriber="handler"}'] == 0
    assert found['disruptor_handler_events_total{handler="handler",ring="two"}'] == 1
    assert found['disruptor_handler_batches_total{handler="handler",ring="two"}'] == 1
    assert found['disruptor_handler_errors_total{handler="handler",ring="two"}'] == 0
    assert found['disruptor_handler_busy_seconds_total{handler="handler",ring="two"}'] > 0


def test_names_keep_the_conventions() -> None:
    for name, kind, text, _ in RING + SUBSCRIBER + HANDLER:
        assert NAME.fullmatch(name), name
        assert not name.endswith("_total"), "the client adds it"
        assert kind in ("counter", "gauge")
        assert text.endswith(".")


def test_nothing_is_read_before_a_scrape() -> None:
    ring: Disruptor[str] = Disruptor(4)
    collector = RingCollector({"one": ring})
    assert [*collector.describe()] == []
    ring.publish("a")
    assert exposed(collector)['disruptor_published_total{ring="one"}'] == 1
    ring.publish("b")
    assert exposed(collector)['disruptor_published_total{ring="one"}'] == 2


def test_every_name_can_be_exposed() -> None:
    ring: Disruptor[str] = Disruptor(4)
    ring.handle_events_with(lambda event, sequence, end: None, name="h\ud800")
    found = exposed(RingCollector({"r\udfff": ring}))
    assert found[r'disruptor_capacity{ring="r\\udfff"}'] == 4
    assert found[r'disruptor_state{disruptor_state="open",ring="r\\udfff"}'] == 1
    assert found[r'disruptor_subscriber_lag{ring="r\\udfff",subscriber="h\\ud800"}'] == 0
    assert found[r'disruptor_handler_events_total{handler="h\\ud800",ring="r\\udfff"}'] == 0


def test_a_handler_is_exposed_once_while_the_one_before_it_of_its_name_ends() -> None:
    ring: Disruptor[str] = Disruptor(4)
    there, go = threading.Event(), threading.Event()

    def stays(event: str, sequence: Sequence, end_of_batch: bool) -> None:
        there.set()
        assert go.wait(LIMIT)

    group = ring.handle_events_with(stays, name="h")
    ring.publish("a")
    with ring:
        assert there.wait(LIMIT)
        group.subscribers[0].close()
        ring.handle_events_with(lambda event, sequence, end: None, name="h", start=1)
        registry = client.CollectorRegistry()
        registry.register(RingCollector({"one": ring}))
        exposed = client.generate_latest(registry).decode()
        go.set()
    assert exposed.count('disruptor_handler_events_total{handler="h"') == 1


@pytest.mark.parametrize("rings", [{"one": "no ring"}, {1: Disruptor[str](1)}])
def test_what_is_no_ring_by_name_is_refused(rings: object) -> None:
    with pytest.raises(InvalidType, match="rings must be Disruptors by name"):
        RingCollector(cast("Any", rings))


def test_the_client_is_imported_by_nobody_who_makes_no_collector() -> None:
    code = "import disruptor.prometheus, sys; assert 'prometheus_client' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_the_client_it_is_said_what_is_missing() -> None:
    code = (
        "import sys; sys.modules['prometheus_client'] = None\n"
        "import importlib.util as u; u.find_spec = lambda name: None\n"
        "from disruptor import Unsupported\nimport disruptor.prometheus as p\np.find_spec = u.find_spec\n"
        "try:\n    p.RingCollector({})\nexcept Unsupported as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert "pip install 'disruptor[prometheus]'" in done.stdout
