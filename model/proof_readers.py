"""A reader and one of its upstreams, any two, in a ring of any size: neither is overtaken.

What is true of any reader, and of any one of its upstreams, is true of all. CrossHair confirms, over all paths, that each
step keeps each part of the invariant, joining, leaving, closing and the producers' cached limit included.

Rule 1: a joiner is a gate from the step on in which its start is chosen, and the limit is lowered in the same step.
Rule 2: an upstream leaves only after those behind it. One who has left gates nobody: nothing is said of it any more.
Rule 3: walking past a void is `read`, without an event: the position goes over it.
Rule 4: predicates are joined by `&` and `|`: CrossHair goes through `and` and `or` one way at a time.
Rule 5: the steps that the model takes are these (`explains`; a test goes through whole scenarios).
"""

from dataclasses import dataclass, replace

from model.state import Phase, Reader, State, lowest


@dataclass(frozen=True)
class Pair:
    """A reader, one of its upstreams, and how far the ring is."""

    capacity: int
    claimed: int
    published: int
    limit: int
    """How far producers may claim without looking again."""
    position: int
    """The highest sequence that the reader has processed."""
    started: int
    """The position with which it joined."""
    registered: bool
    upstream: int
    """The position of the upstream."""
    upstream_registered: bool


def ordered(p: Pair) -> bool:
    """Return that what is published is claimed, and positions only grow."""
    numbers = (p.capacity >= 1) & (p.published >= -1) & (p.published <= p.claimed)
    return numbers & (p.started >= -1) & (p.started <= p.position) & (p.upstream >= -1)


def published_first(p: Pair) -> bool:
    """Return that the reader has gone no further than what is published, S2."""
    return (p.position == p.started) | (p.position <= p.published)


def upstream_first(p: Pair) -> bool:
    """Return that the reader has gone no further than its upstream, S5."""
    return (p.position == p.started) | (p.position <= p.upstream)


def upstream_stays(p: Pair) -> bool:
    """Return that a registered reader has registered upstreams."""
    return p.upstream_registered or not p.registered


def gated(p: Pair) -> bool:
    """Return that nothing is claimed that would overwrite what a registered reader has yet to process, S1 and S8."""
    return (not p.registered or p.claimed <= p.position + p.capacity) and (
        not p.upstream_registered or p.claimed <= p.upstream + p.capacity
    )


def limited(p: Pair) -> bool:
    """Return that nothing of that kind will be claimed without looking again."""
    return (not p.registered or p.limit <= p.position + p.capacity) and (
        not p.upstream_registered or p.limit <= p.upstream + p.capacity
    )


def sound(p: Pair) -> bool:
    """Return the whole invariant."""
    graph = upstream_first(p) & upstream_stays(p)
    return ordered(p) & published_first(p) & graph & gated(p) & limited(p)


def readable(p: Pair) -> int:
    """Return the highest sequence that the reader may read, as far as this upstream is concerned."""
    return p.published if p.published <= p.upstream else p.upstream


def claim(p: Pair, count: int) -> Pair:
    """Claim the next `count` sequences, within the limit.

    pre: sound(p)
    pre: count >= 1
    pre: p.claimed + count <= p.limit
    post: ordered(__return__)
    post: gated(__return__)
    """
    return replace(p, claimed=p.claimed + count)


def may_look(p: Pair, low: int) -> bool:
    """Tell whether `low` can be the lowest of all gates and of `published`."""
    return (
        low <= p.published
        and (not p.registered or low <= p.position)
        and (not p.upstream_registered or low <= p.upstream)
    )


def look(p: Pair, low: int) -> Pair:
    """Look at the gates again: the lowest is at `low`.

    pre: sound(p)
    pre: may_look(p, low)
    post: limited(__return__)
    """
    return replace(p, limit=low + p.capacity)


def publish(p: Pair, published: int) -> Pair:
    """Move `published`.

    pre: sound(p)
    pre: p.published <= published <= p.claimed
    post: ordered(__return__)
    post: published_first(__return__)
    """
    return replace(p, published=published)


def read(p: Pair, to: int) -> Pair:
    """Let the reader process all to `to`, events and voids.

    pre: sound(p)
    pre: p.registered
    pre: p.position < to <= readable(p)
    post: ordered(__return__)
    post: published_first(__return__)
    post: upstream_first(__return__)
    post: gated(__return__)
    post: limited(__return__)
    """
    return replace(p, position=to)


def go_ahead(p: Pair, to: int) -> Pair:
    """Let the upstream process all to `to`.

    pre: sound(p)
    pre: p.upstream < to <= p.published
    post: ordered(__return__)
    post: upstream_first(__return__)
    post: gated(__return__)
    post: limited(__return__)
    """
    return replace(p, upstream=to)


def may_join(p: Pair, position: int) -> bool:
    """Tell whether a reader can join at a position: it is behind nothing that may be overwritten."""
    return not p.registered and p.upstream_registered and position >= -1 and position >= p.claimed - p.capacity


def join(p: Pair, position: int) -> Pair:
    """Let the reader join: it is a gate at once, and the limit is lowered.

    pre: sound(p)
    pre: may_join(p, position)
    post: ordered(__return__)
    post: published_first(__return__)
    post: upstream_first(__return__)
    post: upstream_stays(__return__)
    post: gated(__return__)
    post: limited(__return__)
    """
    limit = min(p.limit, position + p.capacity)
    return replace(p, position=position, started=position, registered=True, limit=limit)


def leave(p: Pair) -> Pair:
    """Let the reader leave.

    pre: sound(p)
    pre: p.registered
    post: upstream_stays(__return__)
    post: gated(__return__)
    post: limited(__return__)
    post: may_look(__return__, min(p.published, p.upstream))
    """
    return replace(p, registered=False)


def leave_first(p: Pair) -> Pair:
    """Let the upstream leave: nobody registered is after it.

    pre: sound(p)
    pre: p.upstream_registered and not p.registered
    post: upstream_stays(__return__)
    post: may_look(__return__, p.published)
    """
    return replace(p, upstream_registered=False)


def close(p: Pair) -> Pair:
    """Refuse every further claim; who reads goes on.

    pre: sound(p)
    post: limited(__return__)
    post: __return__.claimed >= __return__.limit
    post: readable(__return__) == readable(p)
    """
    return replace(p, limit=-1)


def what_is_read_is_intact(p: Pair, s: int) -> bool:
    """Whatever a registered reader may read was published, was processed upstream, and is not overwritten.

    pre: sound(p)
    pre: p.registered
    pre: p.position < s <= readable(p)
    post: __return__
    """
    return s <= p.published and s <= p.upstream and p.claimed < s + p.capacity


def who_waits_waits_for_somebody(p: Pair) -> bool:
    """A registered reader that is behind and held back by this upstream waits for one who is registered, and behind too.

    pre: sound(p)
    pre: p.registered
    pre: p.position < p.published
    pre: p.position >= readable(p)
    post: __return__
    """
    return p.upstream_registered and p.upstream < p.published


def pair(state: State, reader: Reader, upstream: Reader) -> Pair:
    """Return two readers of a state of the model, whose producers always look."""
    limit = lowest(state) + state.capacity if state.phase is Phase.OPEN else -1
    own = (reader.position, reader.promised - 1, reader.alive)
    return Pair(state.capacity, state.claimed, state.published, limit, *own, upstream.position, upstream.alive)


def explains(before: Pair, after: Pair) -> bool:
    """Tell whether what has become of two readers is what the steps allow, and another look."""
    p = before
    if after.registered and not before.registered:
        if not may_join(p, after.position):
            return False
        p = join(p, after.position)
    if after.claimed > p.claimed and after.claimed <= p.limit:
        p = claim(p, after.claimed - p.claimed)
    if p.published < after.published <= p.claimed:
        p = publish(p, after.published)
    if p.upstream < after.upstream <= p.published:
        p = go_ahead(p, after.upstream)
    if p.registered and p.position < after.position <= readable(p):
        p = read(p, after.position)
    if p.registered and not after.registered:
        p = leave(p)
    if not p.registered and p.upstream_registered and not after.upstream_registered:
        p = leave_first(p)
    if after.limit == -1:
        p = close(p)
    elif may_look(p, after.limit - p.capacity):
        p = look(p, after.limit - p.capacity)
    return p == after
