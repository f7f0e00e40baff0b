"""Safety for every capacity, every size of claim and every sequence: one invariant, and steps that keep it.

Exploring small rings says nothing about large ones. So the numbers that safety rests on stand here by themselves, each
step of a ring as a pure function on them. CrossHair confirms, over all paths, that each step keeps each part of the
invariant, and the invariant says S1 outright: no claim is more than a capacity beyond the slowest gate.

Rule 1: a step is under `pre:` its own guard and the invariant, and has one `post:` a part of the invariant.
Rule 2: a field is never hidden: CrossHair makes instances by the constructor only.
Rule 3: what the model's actions do to these numbers is one of these steps (`explains`; a test goes through whole scenarios).
Rule 4: joining and closing lower the limit first. Each half keeps the invariant, so an interrupt between them does no harm.

The fate of one sequence is in `proof_claims`, two readers in `proof_readers`.
"""

from dataclasses import dataclass, replace

from model.state import Phase, State, lowest


@dataclass(frozen=True)
class Numbers:
    """What safety rests on."""

    capacity: int
    claimed: int
    published: int
    lowest: int
    """The lowest of `published` and all gates."""
    limit: int
    """What producers remember of `lowest + capacity`: perhaps old, and so too low, never too high."""
    open: bool = True


def sound(n: Numbers) -> bool:
    """Return the whole invariant."""
    return (
        n.capacity >= 1
        and n.lowest >= -1
        and n.lowest <= n.published
        and n.published <= n.claimed
        and n.claimed <= n.lowest + n.capacity
        and n.limit <= n.lowest + n.capacity
        and (n.open or n.limit <= -1)
    )


def claim(n: Numbers, count: int) -> Numbers:
    """Take `count` sequences within the remembered limit.

    pre: sound(n)
    pre: count >= 1
    pre: n.claimed + count <= n.limit
    post: -1 <= __return__.lowest <= __return__.published
    post: __return__.published <= __return__.claimed
    post: __return__.claimed <= __return__.lowest + __return__.capacity
    post: __return__.limit <= __return__.lowest + __return__.capacity
    post: __return__.claimed > n.claimed
    post: __return__.open
    """
    return replace(n, claimed=n.claimed + count)


def look(n: Numbers) -> Numbers:
    """Look at the gates again, in an open ring.

    pre: sound(n)
    pre: n.open
    post: __return__.claimed <= __return__.limit
    post: __return__.limit <= __return__.lowest + __return__.capacity
    post: __return__.limit >= n.limit
    """
    return replace(n, limit=n.lowest + n.capacity)


def finish(n: Numbers, published: int) -> Numbers:
    """Move `published` over finished claims.

    pre: sound(n)
    pre: n.published <= published <= n.claimed
    post: -1 <= __return__.lowest <= __return__.published
    post: __return__.published <= __return__.claimed
    post: __return__.claimed <= __return__.lowest + __return__.capacity
    post: __return__.limit <= __return__.lowest + __return__.capacity
    """
    return replace(n, published=published)


def advance(n: Numbers, lowest: int) -> Numbers:
    """Let the slowest gate advance, or leave: the lowest goes up, at most to what is published.

    pre: sound(n)
    pre: n.lowest <= lowest <= n.published
    post: -1 <= __return__.lowest <= __return__.published
    post: __return__.published <= __return__.claimed
    post: __return__.claimed <= __return__.lowest + __return__.capacity
    post: __return__.limit <= __return__.lowest + __return__.capacity
    """
    return replace(n, lowest=lowest)


def join(n: Numbers, position: int) -> Numbers:
    """Let a gate join at `position`, behind nothing that may be overwritten, and lower the limit.

    pre: sound(n)
    pre: position >= -1
    pre: position >= n.claimed - n.capacity
    post: -1 <= __return__.lowest <= __return__.published
    post: __return__.published <= __return__.claimed
    post: __return__.claimed <= __return__.lowest + __return__.capacity
    post: __return__.limit <= __return__.lowest + __return__.capacity
    post: __return__.limit <= position + __return__.capacity
    post: __return__.open or __return__.limit <= -1
    """
    return replace(n, lowest=min(n.lowest, position), limit=min(n.limit, position + n.capacity))


def lower(n: Numbers, limit: int) -> Numbers:
    """Lower the limit: what joining does before there is a gate, and closing before the ring is closed.

    pre: sound(n)
    post: __return__.limit <= __return__.lowest + __return__.capacity
    post: __return__.limit <= limit
    post: __return__.open or __return__.limit <= -1
    """
    return replace(n, limit=min(n.limit, limit))


def install(n: Numbers, position: int) -> Numbers:
    """Let a gate join at `position`, after the limit was lowered for it.

    pre: sound(n)
    pre: position >= -1
    pre: position >= n.claimed - n.capacity
    pre: n.limit <= position + n.capacity
    post: -1 <= __return__.lowest <= __return__.published
    post: __return__.claimed <= __return__.lowest + __return__.capacity
    post: __return__.limit <= __return__.lowest + __return__.capacity
    post: __return__ == join(n, position)
    """
    return replace(n, lowest=min(n.lowest, position))


def close(n: Numbers) -> Numbers:
    """Close the ring, after the limit was lowered to the sequence before the first: no claim is within it ever again.

    pre: sound(n)
    pre: n.limit <= -1
    post: not __return__.open
    post: __return__.limit <= -1 <= __return__.claimed
    """
    return replace(n, open=False)


def start(n: Numbers) -> Numbers:
    """Open the ring again: the limit stays where closing has put it, and the next claim looks.

    pre: sound(n)
    post: __return__.open
    post: __return__.limit <= __return__.lowest + __return__.capacity
    """
    return replace(n, open=True)


def nothing_unread_is_overwritten(n: Numbers, s: int, t: int) -> bool:
    """S1 for every ring: of two claimed sequences in one slot, the earlier is processed by everybody.

    pre: sound(n)
    pre: 0 <= s < t <= n.claimed
    pre: t - s >= n.capacity
    post: __return__
    """
    return s <= n.lowest


def numbers(state: State) -> Numbers:
    """Return the numbers of a state of the model, whose producers always look."""
    low = lowest(state)
    if state.phase is Phase.OPEN:
        return Numbers(state.capacity, state.claimed, state.published, low, low + state.capacity)
    return Numbers(state.capacity, state.claimed, state.published, low, -1, open=False)


def explains(before: Numbers, after: Numbers) -> bool:
    """Tell whether what has become of the numbers is what the steps allow: one of them, and another look."""
    if before.open and not after.open:
        return close(lower(before, -1)) == after
    if after.open and not before.open:
        return look(start(before)) == after
    if after.claimed != before.claimed:
        count = after.claimed - before.claimed
        return count >= 1 and after.claimed <= before.limit and _looked(claim(before, count)) == after
    moved = finish(before, after.published)
    if after.lowest >= moved.lowest:
        return before.published <= after.published and _looked(advance(moved, after.lowest)) == after
    position = after.lowest
    return position >= before.claimed - before.capacity and _looked(join(moved, position)) == after


def _looked(n: Numbers) -> Numbers:
    return look(n) if n.open else n
