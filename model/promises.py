"""The promises: what is true of every ring, in every state, as predicates with names.

Rule 1: the first line of a docstring is the promise; the README's table is made of them.
Rule 2: `ALWAYS` holds in every reachable state. Each has a partner in `SOMETIMES` (`PARTNERS`), which holds in some: it
        shows that the promise was tested and is not empty.
Rule 3: a promise looks at the state only. Where it has to know whether a call could go on (L1), it asks the actions as
        they are specified, also when it judges a mutated specification.
"""

from collections.abc import Callable, Iterator

from model.actions import ACTIONS
from model.state import Content, Phase, Reader, State, broken, cut_off, has_room, lowest, readable, reader, slot
from model.steps import blocked

Promise = Callable[[State], bool]


def alive(state: State) -> Iterator[Reader]:
    """Yield the registered subscribers."""
    return (candidate for candidate in state.readers if candidate.alive)


def s1_no_overwrite(state: State) -> bool:
    """S1: a slot is not written for a later sequence while a registered subscriber has yet to process it."""
    return all(
        slot(state, s).sequence == s for gate in alive(state) for s in range(gate.position + 1, state.claimed + 1)
    )


def s2_no_phantom(state: State) -> bool:
    """S2: nobody is given a sequence before its publication is complete, nor half written."""
    return all(
        s <= state.published and slot(state, s) == (s, Content.FULL, event)
        for subscriber in alive(state)
        for s, event in subscriber.hand
    )


def s3_in_order_once(state: State) -> bool:
    """S3: a subscriber is given its sequences in order, each exactly once, with no gap except voids."""
    return all(
        tuple(s for s, _ in subscriber.hand)
        == tuple(
            s for s in range(subscriber.position + 1, subscriber.end + 1) if slot(state, s).content is not Content.VOID
        )
        for subscriber in alive(state)
        if subscriber.hand
    )


def s4_one_order(state: State) -> bool:
    """S4: all subscribers see the same event under the same sequence."""
    seen: dict[int, object] = {}
    return all(seen.setdefault(s, event) == event for subscriber in alive(state) for s, event in subscriber.hand)


def s5_upstream_first(state: State) -> bool:
    """S5: a subscriber is not given a sequence before all its upstreams have processed it."""
    return all(
        subscriber.end <= reader(state, upstream).position
        for subscriber in alive(state)
        for upstream in subscriber.after
        if reader(state, upstream).alive  # one that died no longer counts
    )


def s6_unique_claims(state: State) -> bool:
    """S6: no two claims share a sequence; a claim of `n` is `n` contiguous sequences."""
    window = range(max(0, state.claimed - state.capacity + 1), state.claimed + 1)
    held = [s for first, n in state.claims for s in range(first, first + n)]
    return len(held) == len(set(held)) and all(slot(state, s).sequence == s for s in window)


def s7_honest_failure(state: State) -> bool:
    """S7: a call that raises leaves no trace but voids: no claim held, no slot shown, no position moved."""
    held = {s for first, n in state.claims for s in range(first, first + n)}
    return not state.breach and held == {p.sequence for p in state.slots if p.content is Content.HELD}


def s8_joining(state: State) -> bool:
    """S8: from the moment of joining, a subscriber gates, and every sequence from its start on reaches it."""
    return all(
        gate.position >= max(gate.promised - 1, state.claimed - state.capacity)
        and (gate.asked >= 0 or gate.promised <= state.published + 1)
        for gate in alive(state)
    )


def s9_nothing_lost_at_close(state: State) -> bool:
    """S9: every event whose publish call returned normally reaches every subscriber that keeps reading."""
    return all(
        subscriber.position == state.published == state.claimed
        for subscriber in alive(state)
        if subscriber.ended and subscriber.promised <= state.claimed
    )


def l1_no_lost_wake_up(state: State) -> bool:
    """L1: a waiting call returns once what it waits for is true, without any later event having to nudge it."""
    return all(not call.asleep or blocked(state, call) for call in state.pending)


def l2_no_deadlock(state: State) -> bool:
    """L2: if some thread can make progress, some thread does; a blocked call sleeps, it does not spin."""
    # A producer is only ever held back by a subscriber, or by a claim that somebody holds.
    stuck = [call for call in state.pending if call.asleep and ACTIONS[call.call.verb].waits == "room"]
    gating = any(gate.position < state.claimed for gate in alive(state))
    return not stuck or gating or bool(state.claims)


def l3_timeouts_fire(state: State) -> bool:
    """L3: a time-out covers every cause of waiting, and fires once its time has passed."""
    return not any(call.due and call.asleep for call in state.pending)


ALWAYS: tuple[Promise, ...] = (
    s1_no_overwrite,
    s2_no_phantom,
    s3_in_order_once,
    s4_one_order,
    s5_upstream_first,
    s6_unique_claims,
    s7_honest_failure,
    s8_joining,
    s9_nothing_lost_at_close,
    l1_no_lost_wake_up,
    l2_no_deadlock,
    l3_timeouts_fire,
)


# --- the partners: each shows that its promise was put to the test ------------------------------------------


def full(state: State) -> bool:
    """A subscriber holds producers back: the ring is full."""
    return state.claimed - lowest(state) == state.capacity and any(alive(state))


def out_of_order(state: State) -> bool:
    """A claim is published before an earlier one."""
    return any(p.content is Content.FULL and p.sequence > state.published for p in state.slots)


def batch_in_hand(state: State) -> bool:
    """A subscriber has several events in hand."""
    return any(len(subscriber.hand) > 1 for subscriber in state.readers)


def same_in_two_hands(state: State) -> bool:
    """Two subscribers have the same sequence in hand."""
    hands = [s for subscriber in alive(state) for s, _ in subscriber.hand]
    return len(hands) > len(set(hands))


def upstream_holds_back(state: State) -> bool:
    """Something is published that a subscriber may not read yet."""
    return any(readable(state, r.name) < state.published for r in alive(state) if r.after)


def two_claims(state: State) -> bool:
    """Two claims are held at once."""
    return len(state.claims) > 1


def void_walked_past(state: State) -> bool:
    """A subscriber has gone past a void."""
    return any(p.content is Content.VOID and p.sequence <= r.position for p in state.slots for r in alive(state))


def joined_late(state: State) -> bool:
    """A subscriber has joined while something was claimed and not yet published."""
    return any(r.promised > 0 and r.promised <= state.claimed for r in alive(state)) and bool(state.claims)


def ended(state: State) -> bool:
    """A subscriber was told that nothing more will come, after something had."""
    return state.claimed >= 0 and any(r.ended and r.alive for r in state.readers)


def sleeping(state: State) -> bool:
    """Somebody sleeps."""
    return any(call.asleep for call in state.pending)


def closed_on_waiting_producer(state: State) -> bool:
    """The ring is closed while a producer waits for room."""
    return state.phase is not Phase.OPEN and any(
        call.call.verb == "publish" and not has_room(state, call.call.n) for call in state.pending
    )


def cut_off_waiting(state: State) -> bool:
    """A reader waits for what can never come, because an upstream has failed."""
    return any(
        call.call.verb in ("read", "iterate")
        and cut_off(state, call.call.name, reader(state, call.call.name).position + 1)
        for call in state.pending
    )


def opened_again(state: State) -> bool:
    """A ring is open again whose subscriber had failed, and who reads through it goes on with what was left."""
    started = any(call.call.verb == "start" for call in state.pending)
    return started and broken(state) and any(gate.position < state.published for gate in alive(state) if gate.failed)


def overdue(state: State) -> bool:
    """The time of a call is over while it cannot go on."""
    return any(call.due for call in state.pending)


PARTNERS: dict[Promise, Promise] = {
    s1_no_overwrite: full,
    s2_no_phantom: out_of_order,
    s3_in_order_once: batch_in_hand,
    s4_one_order: same_in_two_hands,
    s5_upstream_first: upstream_holds_back,
    s6_unique_claims: two_claims,
    s7_honest_failure: void_walked_past,
    s8_joining: joined_late,
    s9_nothing_lost_at_close: ended,
    l1_no_lost_wake_up: sleeping,
    l2_no_deadlock: closed_on_waiting_producer,
    l3_timeouts_fire: overdue,
}

SOMETIMES: tuple[Promise, ...] = tuple(PARTNERS.values())
