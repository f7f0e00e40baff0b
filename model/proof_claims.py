"""The fate of one sequence, any one, in a ring of any size: claimed once, finished, shown or void, never lost.

What is true of any one sequence is true of all. So one stands here, with the claim that it belongs to; all other claims are
what the steps are told of them. CrossHair confirms, over all paths, that each step keeps each part of the invariant.

Rule 1: `published` goes over whole claims, one at a time, and only over finished ones: `walk` is one turn of the loop in
        `Sequencer._advance`. Where it stops, `settled` holds.
Rule 2: a void is a finished claim, so nobody stops at it; and nobody is shown it.
Rule 3: the steps that the model takes are these (`explains`; a test goes through whole scenarios).
"""

from dataclasses import dataclass, replace

from model.state import Content, State, slot


@dataclass(frozen=True)
class Fate:
    """One sequence, and how far the ring is."""

    published: int
    claimed: int
    sequence: int
    first: int
    """Of the claim that the sequence belongs to, once it is claimed."""
    last: int
    held: bool
    """The claim is taken and not finished."""
    void: bool
    """The claim was given up."""


def ordered(f: Fate) -> bool:
    """Return that what is published is claimed."""
    return -1 <= f.published <= f.claimed and f.sequence >= 0


def owned(f: Fate) -> bool:
    """Return that a claimed sequence lies in a claim, and the claim among what is claimed."""
    return f.sequence > f.claimed or 0 <= f.first <= f.sequence <= f.last <= f.claimed


def whole(f: Fate) -> bool:
    """Return that a claim is shown as a whole, or not at all."""
    return f.sequence > f.claimed or f.last <= f.published or f.published < f.first


def hidden(f: Fate) -> bool:
    """Return that what is held is claimed and not shown, and what is not claimed is neither held nor void."""
    return f.published < f.sequence <= f.claimed if f.held else f.sequence <= f.claimed or not f.void


def sound(f: Fate) -> bool:
    """Return the whole invariant."""
    return ordered(f) and owned(f) and whole(f) and hidden(f)


def settled(f: Fate) -> bool:
    """Return that `published` has not stopped before a finished claim."""
    return f.sequence > f.claimed or f.first != f.published + 1 or f.held


def take(f: Fate, count: int) -> Fate:
    """Claim the next `count` sequences.

    pre: sound(f)
    pre: count >= 1
    post: ordered(__return__)
    post: owned(__return__)
    post: whole(__return__)
    post: hidden(__return__)
    post: __return__.first == f.first or __return__.first > f.claimed
    post: settled(__return__) or not settled(f)
    """
    first, last = f.claimed + 1, f.claimed + count
    if first <= f.sequence <= last:
        return replace(f, claimed=last, first=first, last=last, held=True)
    return replace(f, claimed=last)


def finish(f: Fate, void: bool) -> Fate:
    """Finish the claim of the sequence: publish it, or make it void.

    pre: sound(f)
    pre: f.held
    post: ordered(__return__)
    post: owned(__return__)
    post: whole(__return__)
    post: hidden(__return__)
    post: not __return__.held and __return__.void == void
    """
    return replace(f, held=False, void=void)


def may_walk(f: Fate, first: int, last: int) -> bool:
    """Tell whether `first` to `last` can be the next claim, and finished: this one, or one that shares nothing with it."""
    if not f.published + 1 == first <= last <= f.claimed:
        return False
    mine = first == f.first and last == f.last and not f.held
    return f.sequence > f.claimed or mine or last < f.first or f.last < first


def walk(f: Fate, first: int, last: int) -> Fate:
    """Move `published` over the next claim, which is finished.

    pre: sound(f)
    pre: may_walk(f, first, last)
    post: ordered(__return__)
    post: owned(__return__)
    post: whole(__return__)
    post: hidden(__return__)
    post: f.published < __return__.published <= f.claimed
    """
    return replace(f, published=last)


def shown(f: Fate) -> bool:
    """Tell whether a reader who comes to the sequence is given an event: S2, and no void.

    pre: sound(f)
    post: not (__return__ and f.held)
    post: not (__return__ and f.void)
    post: not (__return__ and f.sequence > f.claimed)
    post: __return__ or f.void or f.sequence > f.published
    """
    return f.sequence <= f.published and not f.void


def nothing_claimed_is_lost(f: Fate) -> bool:
    """If the sequence after `published` is claimed, somebody holds it: with no claim held, all is published.

    pre: sound(f)
    pre: settled(f)
    pre: f.published + 1 == f.sequence <= f.claimed
    post: __return__
    """
    return f.held


def fate(state: State, sequence: int) -> Fate:
    """Return the fate of a sequence that is not overwritten in a state of the model, or of one not yet claimed.

    What calls hold between their steps is expected among the claims. The model forgets a claim when it is finished;
    each of its sequences is a claim of its own then.
    """
    place = slot(state, sequence)
    first = last = sequence
    for start, n in state.claims:
        if start <= sequence < start + n:
            first, last = start, start + n - 1
    mine = place.sequence == sequence
    held, void = mine and place.content is Content.HELD, mine and place.content is Content.VOID
    if mine and not held:
        first = last = sequence
    return Fate(state.published, state.claimed, sequence, first, last, held, void)


def explains(before: Fate, after: Fate) -> bool:
    """Tell whether what has become of a sequence is what the steps allow."""
    if after.claimed != before.claimed:
        count = after.claimed - before.claimed
        return count >= 1 and sound(before) and take(before, count) == after
    f = before
    if before.held and not after.held:
        f = replace(finish(before, after.void), first=after.first, last=after.last)
    while f.published < after.published:
        following = f.published + 1
        first, last = (f.first, f.last) if f.first <= following <= f.last else (following, following)
        if not may_walk(f, first, last):
            return False
        f = walk(f, first, last)
    return f == after and settled(after)
