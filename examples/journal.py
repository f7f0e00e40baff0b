"""A pipeline that loses nothing: an order is in the journal (SQLite) before it is executed; after a crash all are replayed.

Run: python examples/journal.py
An order makes the book crash. What the journal has is replayed into a new book, without that order, and the rest goes on:
at the end the balances are those of all the other orders. It prints them, and ends with an error if they are wrong.
"""

import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence as AbstractSequence
from pathlib import Path

from disruptor import Disruptor, DisruptorBroken, Sequence

Order = tuple[str, int]
"""An account, and what is added to it."""

POISON = "nobody"
ORDERS: list[Order] = [(account, amount) for amount in range(1, 41) for account in ("ann", "bob")]
ORDERS.insert(50, (POISON, 1))


class Journal:
    """Writes batches to a table: one transaction for all that has come meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.batches = 0

    def on_start(self) -> None:
        """Open the table in the thread that will write it."""
        self._table = sqlite3.connect(self._path)
        self._table.execute(
            "create table if not exists orders (number integer primary key, account text, amount integer)"
        )

    def on_batch(self, events: AbstractSequence[Order], sequences: AbstractSequence[Sequence]) -> None:
        """Write a batch. One that comes again, after a failure, is written once."""
        rows = [(sequence, *event) for sequence, event in zip(sequences, events, strict=True)]
        with self._table:
            self._table.executemany("insert or replace into orders values (?, ?, ?)", rows)
        self.batches += 1

    def on_shutdown(self) -> None:
        """Close the table."""
        self._table.close()


class Book:
    """Keeps the balances: it is called when an order is in the journal."""

    def __init__(self) -> None:
        self.balances: Counter[str] = Counter()

    def on_event(self, event: Order, sequence: Sequence, end_of_batch: bool) -> None:
        """Execute an order."""
        account, amount = event
        if account == POISON:
            raise LookupError(f"order {sequence}: there is no account {account!r}")
        self.balances[account] += amount


def publish(ring: Disruptor[Order], orders: list[Order]) -> int:
    """Publish orders until all are, or the ring is broken; return how many."""
    for count, order in enumerate(orders):
        try:
            ring.publish(order)
        except DisruptorBroken as broken:
            print(f"refused after a failure: {broken.__cause__}")
            return count
    return len(orders)


def run(path: Path, orders: list[Order], book: Book) -> int:
    """Run a ring until the orders are executed, or one of them fails; return how many were published."""
    ring: Disruptor[Order] = Disruptor(16)
    ring.handle_events_with(Journal(path)).then(book)
    ring.start()
    done = publish(ring, orders)
    try:
        ring.shutdown(timeout=60)
    except* LookupError as failed:
        print(f"the book has stopped: {failed.exceptions[0]}")
    return done


def replayed(path: Path) -> Book:
    """Return a new book with all that is in the journal and can be executed."""
    book = Book()
    with sqlite3.connect(path) as table:
        for number, account, amount in table.execute("select number, account, amount from orders order by number"):
            if account != POISON:
                book.on_event((account, amount), Sequence(number), False)
    return book


def main() -> int:
    """Run the example; return 0 if no order was lost or executed twice."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.sqlite"
        done = run(path, ORDERS, Book())
        book = replayed(path)
        print(f"replayed {sum(1 for _ in ORDERS[:done])} orders from the journal")
        path.unlink()  # the replay is the new beginning
        run(path, ORDERS[done:], book)
    expected: Counter[str] = Counter()
    for account, amount in ORDERS:
        expected[account] += amount * (account != POISON)
    print(dict(sorted(book.balances.items())))
    return int(book.balances != +expected)


if __name__ == "__main__":
    sys.exit(main())
