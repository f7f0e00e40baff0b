"""Records of NumPy in batches between processes, beside `memcpy` of the same bytes within one process.

Rule: the reader adds up every byte's worth of its slices in one vectorised sum, as the copier does of its copy.
"""

import time
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from benchmarks._between import apart
from benchmarks._threads import chunks
from benchmarks._timing import Case, Contender, expect
from disruptor import Disruptor

if TYPE_CHECKING:
    from numpy.typing import NDArray

BATCH = 64
RING = 512


def records(size: int, events: int) -> float:
    """Publish records of `size` bytes in batches, by copying an array into the claim's slices; a reader adds them up."""
    dtype = np.dtype([("words", "u8", (size // 8,))])
    shared: Disruptor[np.void] = Disruptor(RING, dtype, multiproc=True)  # type: ignore[arg-type]  # a dtype makes records
    reader = shared.register_subscriber()
    source = np.ones(BATCH, dtype)

    def produce() -> None:
        for chunk in chunks(events, BATCH):
            with shared.claim(len(chunk)) as claim:
                begin = 0
                for place in claim.arrays:
                    place[:] = source[begin : begin + len(place)]
                    begin += len(place)
        shared.close()

    def consume() -> None:
        total = sum(int(place["words"].sum()) for batch in reader.batches() for place in batch.arrays)
        expect("sum", total, events * (size // 8))

    return apart(produce, consume)


def copies(size: int, events: int) -> float:
    """Copy the same bytes within one process, and add them up."""
    source: NDArray[np.uint64] = np.ones(BATCH * size // 8, np.uint64)
    target = np.empty_like(source)
    begin = time.perf_counter()
    total = 0
    for chunk in chunks(events, BATCH):
        words = len(chunk) * size // 8
        np.copyto(target[:words], source[:words])
        total += int(target[:words].sum())
    seconds = time.perf_counter() - begin
    expect("sum", total, events * (size // 8))
    return seconds


def cases(scale: float) -> list[Case]:
    """Return the cases; the target is half of `memcpy`."""
    return [
        Case(
            "records",
            f"{size:,} bytes, batches of {BATCH}",
            max(int(events * scale), BATCH),
            (Contender("disruptor", partial(records, size)), Contender("memcpy", partial(copies, size))),
            0.5,
        )
        for size, events in ((64, 400_000), (256, 200_000), (4_096, 60_000))
    ]
