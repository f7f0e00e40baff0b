"""What the type checker sees: a `Disruptor[Order]` yields `Order` everywhere, and mistakes are errors.

Rule 1: the functions that begin with `types_of` are read by mypy (`tests/guards/test_lint.py`), and run here as well.
Rule 2: in `MISTAKES`, every line that ends with `# error: code` has an error of that code (and perhaps others that come of
        it), and no other line has any.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from collections.abc import Sequence as AbstractSequence
from pathlib import Path
from typing import assert_type

import pytest

from disruptor import Batch, Claim, Disruptor, Reading, Sequence, Start, Subscriber

ROOT = Path(__file__).parent.parent.parent


class Order:
    """An event."""

    def __init__(self) -> None:
        self.price = 0


def types_of_a_ring_by_value() -> None:
    ring: Disruptor[Order] = Disruptor(8)
    assert_type(ring.publish(Order()), Sequence)
    assert_type(ring.publish_many([Order(), Order()], timeout=1.5), range)
    assert_type(ring.get(0), Order)
    with ring.claim(2, timeout=None) as claim:
        assert_type(claim, Claim[Order])
        claim[0] = claim[1] = Order()
        assert_type(claim[0], Order)
        assert_type(claim[0:1], AbstractSequence[Order])
        assert_type(list(claim), list[Order])
        assert_type(claim.sequences, range)
    types_of_a_subscriber(ring)


def types_of_a_ring_in_place() -> None:
    ring = Disruptor(8, Order)
    assert_type(ring, Disruptor[Order])

    def fill(order: Order, sequence: Sequence) -> None:
        order.price = sequence

    assert_type(ring.publish_event(fill), Sequence)
    ring.publish_event(lambda order, sequence: assert_type(order, Order))
    ring.publish_event(lambda order, sequence: assert_type(sequence, Sequence))
    with ring.claim() as claim:
        assert_type(claim[0], Order)
        for order in claim:
            assert_type(order, Order)
    types_of_a_subscriber(ring)


def types_of_a_subscriber(ring: Disruptor[Order]) -> None:
    subscriber = ring.register_subscriber(start=Start.EARLIEST, name="S")
    assert_type(subscriber, Subscriber[Order])
    behind = ring.register_subscriber(start=0, after=subscriber)
    assert_type(behind.after, tuple[Subscriber[Order], ...])
    assert_type(ring.subscribers, tuple[Subscriber[Order], ...])
    assert_type(subscriber.wait_for(0), Sequence)
    assert_type(subscriber.read(), Reading[Order])
    with subscriber.read(max_events=1, timeout=0) as batch:
        assert_type(batch, Batch[Order])
        assert_type(batch[0], Order)
        assert_type(batch[0:1], list[Order])
        assert_type(batch.sequences, AbstractSequence[Sequence])
        assert_type(batch.sequences[0], Sequence)
        assert_type(batch.end, Sequence)
        assert_type(list(zip(batch.sequences, batch, strict=True)), list[tuple[Sequence, Order]])
    assert_type(iter(subscriber), Iterator[Order])
    assert_type(subscriber.batches(2), Iterator[Batch[Order]])
    assert_type(subscriber.sequence, Sequence)
    assert_type(subscriber.lag, int)
    assert_type(subscriber.name, str)
    assert_type(subscriber.closed, bool)
    with ring as same, subscriber as same_subscriber:
        assert_type(same, Disruptor[Order])
        assert_type(same_subscriber, Subscriber[Order])
        behind.close()
    types_of_looking(ring)


def types_of_looking(ring: Disruptor[Order]) -> None:
    assert_type(ring.cursor, Sequence)
    assert_type(ring.claimed, Sequence)
    assert_type(ring.capacity, int)
    assert_type(ring.remaining_capacity, int)
    assert_type(ring.has_available_capacity(), bool)
    assert_type(ring.closed, bool)
    assert_type(ring.wait_for(0, timeout=1), Sequence)


def types_of_the_spellings_of_the_first_version() -> None:
    ring = Disruptor(8, Order)
    subscriber = ring.registerSubscriber()
    assert_type(subscriber, Subscriber[Order])
    ring.publish_event(lambda order, sequence: None)
    assert_type(ring.waitFor(0), Sequence)
    assert_type(ring.getCursor(), Sequence)
    ring.removeSubscriber(subscriber)


@pytest.mark.parametrize(
    "check",
    [types_of_a_ring_by_value, types_of_a_ring_in_place, types_of_the_spellings_of_the_first_version],
)
def test_what_the_type_checker_reads_runs_as_well(check: Callable[[], None]) -> None:
    check()


MISTAKES = """
from disruptor import Batch, Claim, Disruptor, EventFactory, Sequence, Start, Subscriber

class Order:
    price = 0

by_value: Disruptor[Order] = Disruptor(8)
in_place = Disruptor(8, Order)
subscriber = by_value.register_subscriber()
words: Disruptor[str] = Disruptor(8)

by_value.publish("an order")  # error: arg-type
by_value.publish(Order(), 1.0)  # error: call-arg
by_value.publish(Order(), timeout="1")  # error: arg-type
by_value.publish_many(Order())  # error: arg-type
by_value.publish_many(order for order in [Order()])  # error: arg-type
by_value.publish_many([3])  # error: list-item
by_value.claim("2")  # error: arg-type
by_value.claim(1.0)  # error: arg-type
by_value.get("0")  # error: arg-type
by_value.wait_for(0.5)  # error: arg-type
by_value.cursor = 3  # error: misc
by_value.register_subscriber("name")  # error: call-arg
by_value.register_subscriber(start="latest")  # error: arg-type
by_value.register_subscriber(name=3)  # error: arg-type
by_value.register_subscriber(after=words.register_subscriber())  # error: arg-type
by_value.remove_subscriber("S")  # error: arg-type
in_place.publish_event(lambda order: None)  # error: arg-type
in_place.publish_event(lambda order, sequence: order.cost)  # error: attr-defined
in_place.publish_event(None)  # error: arg-type
subscriber.update_sequence(None)  # error: arg-type
subscriber.read(max_events="1")  # error: arg-type
number: int = by_value.get(0)  # error: assignment
later: Sequence = 3  # error: assignment
for order in subscriber:
    order.cost  # error: attr-defined
for batch in subscriber.batches():
    batch[0].cost  # error: attr-defined
    batch[0] = Order()  # error: index
with subscriber.read() as batch:
    batch.append(Order())  # error: attr-defined
with by_value.claim() as claim:
    claim[0] = "an order"  # error: assignment
    claim[0:1] = [Order()]  # error: index
Disruptor("8")  # error: arg-type
Disruptor(8, 3)  # error: arg-type
Disruptor()  # error: call-arg
class Mine(Disruptor[Order]): pass  # error: misc
class MyFactory(EventFactory[int]): pass
MyFactory()  # error: abstract
wider: Disruptor[object] = by_value  # error: assignment
fine: Subscriber[Order] = subscriber
"""


def test_mistakes_are_errors_of_the_type_checker_and_nothing_else_is(tmp_path: Path) -> None:
    lines = enumerate(MISTAKES.splitlines(), start=1)
    expected = {number: line.partition("# error: ")[2] for number, line in lines if "# error: " in line}
    file = tmp_path / "mistakes.py"
    file.write_text(MISTAKES, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), "--no-error-summary", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    found: dict[int, set[str]] = {}
    for line, code in re.findall(r":(\d+): error: .*\[([a-z-]+)\]$", done.stdout, re.MULTILINE):
        found.setdefault(int(line), set()).add(code)
    assert found.keys() == expected.keys(), done.stdout + done.stderr
    assert {line: code for line, code in expected.items() if code not in found[line]} == {}, done.stdout
