"""A ring between processes, put together from a segment: made by its creator, opened by name in every other process.

Rule 1: whoever opens a ring has to hold events as its creator does: kind, size of slots and description stand in the header.
        That is tested before one takes part: a ring that is left over would go with the one who opens it in vain.
Rule 2: the ring of a name is one object in each process, as long as anybody holds it.
"""

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, SupportsIndex, TypeVar, cast

from disruptor._arguments import integer_between
from disruptor._errors import InvalidValue, RingMismatch
from disruptor._home import Home
from disruptor._parts import Parts
from disruptor._roll import Roll
from disruptor._slots import Slots
from disruptor._subscriber import Subscriber
from disruptor.shared._codec import Codec, PickleCodec
from disruptor.shared._deaths import Policy
from disruptor.shared._formats import Events, Format, Kind, format_of, is_dtype, is_structure
from disruptor.shared._header import About
from disruptor.shared._layout import MAX_SUBSCRIBERS, Layout
from disruptor.shared._process_runtime import PROCESSES
from disruptor.shared._record_slots import RecordSlots
from disruptor.shared._roll import SharedRoll
from disruptor.shared._segment import Segment, attach, create, header_of
from disruptor.shared._sequencer import SharedSequencer
from disruptor.shared._slots import ByteSlots, StructureSlots

E = TypeVar("E")

POLICIES = tuple(Policy)
WAITERS = 64
"""Places to be parked at. Who finds none looks again every few milliseconds."""


class Link(NamedTuple, Generic[E]):
    """What a ring has to hold to be opened elsewhere."""

    segment: Segment
    events: Events[E]


def policy_of(name: str | None) -> Policy:
    """Return the policy of this name; `InvalidValue` for another one."""
    for policy in Policy:
        if name in (None, policy.value):
            return policy
    raise InvalidValue(f"on_subscriber_death must be one of {', '.join(repr(p.value) for p in Policy)}, not {name!r}")


def made(
    capacity: int, events: Events[E], policy: str | None, max_subscribers: SupportsIndex | None
) -> tuple[Parts[E], Link[E]]:
    """Make a new ring."""
    most = 16 if max_subscribers is None else integer_between("max_subscribers", max_subscribers, 1, MAX_SUBSCRIBERS)
    number = POLICIES.index(policy_of(policy))
    form = format_of(events)
    layout = Layout(capacity, most, WAITERS, form.slot_size)
    segment = create(About(layout, form.kind.value, number, form.description))
    return _parts(segment, form, events, fresh=True), Link(segment, events)


def opened(name: str, events: Events[E]) -> tuple[Parts[E], Link[E]]:
    """Open a ring by name."""
    form, events = _agreed(name, header_of(name), events)
    segment = attach(name)
    return _parts(segment, form, events, fresh=False), Link(segment, events)


def _agreed(name: str, about: About, events: Events[E]) -> tuple[Format, Events[E]]:
    """Return how events are held, and how they are made then; `RingMismatch` if the ring's creator says otherwise."""
    if not (0 <= about.kind < len(Kind) and 0 <= about.policy < len(POLICIES)):
        raise RingMismatch(f"ring {name!r} holds events of kind {about.kind}, which this version does not know")
    kind = Kind(about.kind)
    if kind in (Kind.BYTES, Kind.BYTES_IN_PLACE) and events.slot_size is None:
        events = events._replace(slot_size=about.layout.slot_size - 8)
    form = format_of(events)
    if kind is Kind.BYTES_IN_PLACE and form.kind is Kind.BYTES:
        raise RingMismatch(f"ring {name!r} holds events in place: open it with its event_factory")
    theirs = (kind, about.layout.slot_size, about.description)
    if kind in (Kind.BYTES, Kind.BYTES_IN_PLACE):  # how long an event may be is the creator's choice
        agreed = form.kind is kind and form.description.rpartition(",")[0] == about.description.rpartition(",")[0]
    else:
        agreed = tuple(form) == theirs
    if not agreed:
        raise RingMismatch(
            f"ring {name!r} holds {about.description!r} ({kind.name}) in slots of {about.layout.slot_size} bytes, "
            f"not {form.description!r} ({form.kind.name}) in slots of {form.slot_size}"
        )
    return form, events


def _parts(segment: Segment, form: Format, events: Events[E], *, fresh: bool) -> Parts[E]:
    layout = segment.about.layout
    memory, kernel = segment.memory, segment.kernel
    policy = POLICIES[segment.about.policy]
    sequencer = SharedSequencer(memory, layout, kernel, PROCESSES, lambda: segment.number, policy)
    if fresh:
        sequencer.begin()
    buffer = memory.buffer(layout.events, layout.capacity * layout.slot_size)
    slots = _slots(layout.capacity, form, events, buffer, sequencer.voids.__contains__, fresh=fresh)

    def roll(home: Home[Subscriber[E]]) -> Roll[E]:
        return SharedRoll(sequencer, slots, PROCESSES, memory, kernel, home)

    return Parts(sequencer, slots, PROCESSES, roll)


def _slots(
    capacity: int, form: Format, events: Events[E], buffer: memoryview, stale: Callable[[int], bool], *, fresh: bool
) -> Slots[E]:
    factory = events.factory
    if is_structure(factory):
        structures = StructureSlots(capacity, form.slot_size, buffer, factory, stale)
        if fresh:
            structures.begin()
        return cast("Slots[E]", structures)
    if is_dtype(factory):
        return cast("Slots[E]", RecordSlots(capacity, form.slot_size, buffer, factory, stale))
    codec: Codec[Any] = PickleCodec() if events.codec is None else events.codec
    return ByteSlots(capacity, form.slot_size, buffer, codec, factory, stale)
