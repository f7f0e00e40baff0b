"""Records of NumPy of every kind: what is void leaves no trace in its slot, and who opens a ring must say the same."""

from typing import Any

import numpy as np
import pytest

from disruptor import Disruptor, InvalidType, RingMismatch
from disruptor.shared._formats import Events, format_of

KINDS: tuple[tuple[Any, Any], ...] = (
    ("U4", "abcd"),
    ("V3", b"abc"),
    ("S4", b"abcd"),
    ("M8", "NaT"),
    ("M8[ns]", "2020-01-01"),
    ("m8", 1),
    ("?", True),
    ("c16", 1 + 1j),
    ("3f8", 1.5),
    ([("a", "i4"), ("b", "U3")], (1, "abc")),
    ([("a", "i4", (2,)), ("n", [("x", "f4"), ("y", "S2")])], ((1, 2), (1.5, b"ab"))),
    ([("a", "i1"), ("padding", "V7"), ("t", "M8[s]")], (1, b"abcdefg", "2020-01-01")),
    ({"names": ["a", "b"], "formats": ["i1", "i8"], "offsets": [0, 8], "itemsize": 24}, (1, 2)),
    ({"names": ["b", "a"], "formats": ["i8", "i8"], "offsets": [8, 4], "itemsize": 16}, (1, 2)),
)


@pytest.mark.filterwarnings("ignore:The 'generic' unit:DeprecationWarning")  # newer versions of NumPy, of M8 and m8
@pytest.mark.parametrize(("kind", "value"), KINDS, ids=str)
def test_a_slot_whose_claim_was_void_is_zeros_again(kind: Any, value: Any) -> None:
    ring: Disruptor[np.void] = Disruptor(2, np.dtype(kind), multiproc=True)
    with ring.claim(2) as claim:
        zeros = claim.arrays[0][:1].tobytes()
        assert not any(zeros)
        claim.arrays[0][:] = value
        full = claim.arrays[0][:1].tobytes()
    for _ in range(2):
        with pytest.raises(KeyError), ring.claim(1) as claim:
            claim.arrays[0][:] = value
            raise KeyError
        with ring.claim(1) as claim:
            assert claim.arrays[0].tobytes() == full  # the lap before was not void
        with ring.claim(1) as claim:
            assert claim.arrays[0].tobytes() == zeros
            claim.arrays[0][:] = value


OTHERS: tuple[tuple[Any, Any], ...] = (
    ("3f8", "3i8"),
    ("3f8", "6i4"),
    ("3f8", "V24"),
    ("(2,3)f4", "(3,2)f4"),
    ([("a", "3f8")], [("a", "3i8")]),
    ([("a", [("x", "i4"), ("y", "i4")])], [("a", [("y", "i4"), ("x", "i4")])]),
    ("f8", ">f8"),
    (
        {"names": ["b", "a"], "formats": ["i8", "i8"], "offsets": [8, 4], "itemsize": 16},
        {"names": ["b", "a"], "formats": ["i8", "i8"], "offsets": [4, 8], "itemsize": 16},
    ),
)


@pytest.mark.parametrize(("mine", "yours"), OTHERS, ids=str)
def test_another_dtype_is_told_apart(mine: Any, yours: Any) -> None:
    one, other = (format_of(Events(np.dtype(kind), None, None)) for kind in (mine, yours))
    assert one.slot_size == other.slot_size
    assert one.description != other.description


def test_a_ring_of_another_array_is_not_opened() -> None:
    ring: Disruptor[np.void] = Disruptor(2, np.dtype("3f8"), multiproc=True)  # type: ignore[arg-type]  # a dtype
    assert ring.name is not None
    with pytest.raises(RingMismatch, match=r"holds \"dtype of 24 bytes: \('<f8', \(3,\)\)\" .* not .*'<i8'"):
        Disruptor.attach(ring.name, np.dtype("3i8"))  # type: ignore[arg-type]  # a dtype
    assert Disruptor.attach(ring.name, np.dtype("3f8")) is ring  # type: ignore[arg-type]  # a dtype


def test_fields_are_told_with_their_places() -> None:
    dtype = np.dtype([("time", "i8"), ("at", "f4", (2,)), ("of", [("n", "i2")])])
    assert format_of(Events(dtype, None, None)).description == (  # type: ignore[arg-type]  # a dtype
        "dtype of 18 bytes: [('time', '<i8', 0), ('at', ('<f4', (2,)), 8), ('of', [('n', '<i2', 0)], 16)]"
    )


def test_an_object_far_within_is_refused() -> None:
    with pytest.raises(InvalidType, match="has Python objects"):
        Disruptor(2, np.dtype([("a", [("b", "O", (2,))])]), multiproc=True)  # type: ignore[arg-type]  # a dtype
