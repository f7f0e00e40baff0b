"""A pipeline over three processes: a sensor, a filter that works on whole arrays, and a writer that comes after it.

Run: python -m examples.sensors [RECORDS]
The records are NumPy records in shared memory: nobody copies or pickles them, and a batch is an array.
"""

import sys
from multiprocessing import get_context

import numpy as np

from disruptor import Disruptor, Subscriber

SAMPLE = np.dtype([("time", "i8"), ("value", "f8"), ("smooth", "f8")])
CAPACITY = 1024
BURST = 256


def measure(ring: "Disruptor[np.void]", records: int) -> None:
    """Publish records in bursts."""
    for begin in range(0, records, BURST):
        count = min(BURST, records - begin)
        with ring.claim(count) as claim:
            first = 0
            for array in claim.arrays:
                time = np.arange(begin + first, begin + first + len(array))
                array["time"], array["value"] = time, np.sin(time / 100)
                first += len(array)
    ring.close()


def smooth(subscriber: "Subscriber[np.void]") -> None:
    """Fill in a field of each record, before anybody who is behind sees it."""
    for batch in subscriber.batches():
        for array in batch.arrays:
            array["smooth"] = np.round(array["value"], 1)


def write(subscriber: "Subscriber[np.void]") -> tuple[int, float]:
    """Return how many records arrived, and the sum of what was filled in."""
    count, total = 0, 0.0
    for batch in subscriber.batches():
        for array in batch.arrays:
            if array["time"].tolist() != list(range(count, count + len(array))):
                raise ValueError(f"records are missing or out of order after {count}")
            count += len(array)
            total += float(array["smooth"].sum())
    return count, total


def main(records: int = 10_000) -> None:
    """Start two processes, and be the third."""
    ring: Disruptor[np.void] = Disruptor(CAPACITY, SAMPLE, multiproc=True)  # type: ignore[arg-type]  # a dtype makes records
    smoother = ring.register_subscriber(name="smooth")
    writer = ring.register_subscriber(name="write", after=smoother)
    context = get_context("spawn")
    children = [context.Process(target=smooth, args=(smoother,)), context.Process(target=measure, args=(ring, records))]
    for child in children:
        child.start()
    count, total = write(writer)
    for child in children:
        child.join()
    expected = float(np.round(np.sin(np.arange(records) / 100), 1).sum())
    if count != records or abs(total - expected) > 1e-6:
        raise SystemExit(f"{count} of {records} records arrived, with a sum of {total} instead of {expected}")
    print(f"{count} records, smoothed and in order")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
