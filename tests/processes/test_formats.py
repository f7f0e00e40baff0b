"""How events are held, in words: who opens a ring must have the same, field by field, at the same place."""

import ctypes

import pytest

from disruptor import Disruptor, InvalidType, InvalidValue, RingMismatch
from disruptor.shared._formats import Events, Kind, format_of
from disruptor.shared._layout import Header


class Pair(ctypes.Structure):
    _fields_ = (("low", ctypes.c_int32), ("high", ctypes.c_int32))  # type: ignore[mutable-override]  # as ctypes has it


class Both(ctypes.Union):
    _fields_ = (("number", ctypes.c_int64), ("pair", Pair))  # type: ignore[mutable-override]  # as ctypes has it


class Nested(ctypes.Structure):
    _fields_ = (  # type: ignore[mutable-override]  # as ctypes has it
        ("grid", ctypes.c_int16 * 2 * 3),
        ("pairs", Pair * 2),
        ("both", Both),
        ("bits", ctypes.c_uint32, 3),
    )


class Pointing(ctypes.Structure):
    _fields_ = (("inner", ctypes.POINTER(Pair) * 2),)  # type: ignore[mutable-override]  # as ctypes has it


class Empty(ctypes.Structure):
    _fields_ = ()  # type: ignore[mutable-override]  # as ctypes has it


class Long(ctypes.Structure):
    _fields_ = tuple((f"field_number_{k}", ctypes.c_int64) for k in range(40))  # type: ignore[mutable-override]  # as ctypes has it


class Longer(ctypes.Structure):
    _fields_ = (*Long._fields_[:-1], ("another_name", ctypes.c_int64))  # type: ignore[mutable-override]  # as ctypes has it


def structure(factory: type[ctypes.Structure]) -> Events[ctypes.Structure]:
    return Events(factory, None, None)


def test_arrays_and_structures_within_are_told_with_their_fields() -> None:
    form = format_of(structure(Nested))
    assert form.kind is Kind.STRUCTURE
    assert form.description == (
        "structure of 48 bytes: grid[3][2] at 0: h2, "
        "pairs[2] at 12 of 8 bytes, pairs.low at 0: i4, pairs.high at 4: i4, "
        "both at 32 of 8 bytes, both.number at 0: l8, "
        "both.pair at 0 of 8 bytes, both.pair.low at 0: i4, both.pair.high at 4: i4, "
        "bits at 40:3: I4"
    )


def test_an_address_is_found_within_an_array() -> None:
    with pytest.raises(InvalidType, match="the field 'inner' is a LP_Pair: an address means nothing"):
        format_of(structure(Pointing))


def test_an_event_without_bytes_is_refused() -> None:
    with pytest.raises(InvalidValue, match="has no fields: its events would have no bytes"):
        Disruptor(4, Empty, multiproc=True)


def test_a_long_description_is_cut_and_still_tells_one_from_another() -> None:
    long, longer = (format_of(structure(kind)).description for kind in (Long, Longer))
    assert len(long.encode()) <= Header.DESCRIPTION_BYTES
    assert long[:500] == longer[:500]
    assert long != longer
    ring: Disruptor[Long] = Disruptor(4, Long, multiproc=True)
    assert Disruptor.attach(str(ring.name), Long) is ring
    with pytest.raises(RingMismatch, match="holds 'structure of 320 bytes"):
        Disruptor.attach(str(ring.name), Longer)


def test_events_in_place_need_their_factory() -> None:
    ring: Disruptor[list[str]] = Disruptor(4, list, multiproc=True)
    with pytest.raises(RingMismatch, match="holds events in place: open it with its event_factory"):
        Disruptor.attach(str(ring.name))
    assert Disruptor.attach(str(ring.name), list) is ring
