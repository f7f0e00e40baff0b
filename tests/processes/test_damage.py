"""Words of a ring that somebody has written over while it runs: an error, and nobody hangs or crashes.

Rule: whoever can write there is the same user, and may do worse; but a slip of his ends in an error with a name.
"""

import pytest

from disruptor import Disruptor, RingMismatch
from disruptor.shared._layout import ClaimWord


@pytest.mark.parametrize("last", [-1, 0, 3, 2**62, -(2**63)])
@pytest.mark.parametrize("finished", [False, True])
def test_a_claim_that_ends_nowhere(last: int, finished: bool) -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    ring.publish("a")
    first = ring.claim()
    second = ring.claim()
    second[0] = "b"
    if finished:
        second.publish()
    segment = ring._link.segment  # type: ignore[union-attr]  # it is one between processes
    words = segment.memory.words(segment.about.layout.claims, 4 * ClaimWord.SIZE)
    row = (2 if finished else 1) * ClaimWord.SIZE
    assert words[row] != 0
    right = words[row + ClaimWord.LAST]
    words[row + ClaimWord.LAST] = last
    with pytest.raises(RingMismatch, match=rf"ends at {last}, not in .*\.\.2: its memory was damaged"):
        ring.publish_many(["c", "d", "e"], timeout=0.2)  # waits, and looks for the dead
    words[row + ClaimWord.LAST] = right
    first.abandon()
    second.abandon()
    ring._check()
