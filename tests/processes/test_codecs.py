"""What a codec gives and gets: bytes, and nothing else."""

import pytest

from disruptor import Disruptor, InvalidType, InvalidValue, RingMismatch


class Gives:
    """A codec that encodes everything as the same."""

    def __init__(self, stored: object, description: str = "the same") -> None:
        self._stored = stored
        self.description = description

    def encode(self, event: object) -> bytes:
        return self._stored  # type: ignore[return-value]  # that is the mistake

    def decode(self, stored: bytes) -> object:
        return stored


@pytest.mark.parametrize("stored", [3, [1, 2], 10**9, None, "abc", range(3)], ids=repr)
def test_what_is_not_bytes_is_refused_before_anything_is_claimed(stored: object) -> None:
    ring: Disruptor[object] = Disruptor(4, multiproc=True, codec=Gives(stored))
    with pytest.raises(InvalidType, match="encode of a codec must return bytes, not "):
        ring.publish("event")
    assert ring.claimed == -1


@pytest.mark.parametrize(
    "stored", [b"ab", bytearray(b"ab"), memoryview(b"ab"), b""], ids=["bytes", "array", "view", "none"]
)
def test_bytes_of_all_kinds_are_taken(stored: object) -> None:
    ring: Disruptor[object] = Disruptor(4, multiproc=True, codec=Gives(stored), slot_size=2)
    ring.publish("event")
    assert ring.get(0) == bytes(stored)  # type: ignore[call-overload]  # it is some


def test_a_description_that_utf_8_does_not_have() -> None:
    ring: Disruptor[object] = Disruptor(4, multiproc=True, codec=Gives(b"", "odd \ud800"))
    assert ring.name is not None
    assert Disruptor.attach(ring.name, codec=Gives(b"", "odd \ud800")) is ring
    with pytest.raises(RingMismatch, match=r"holds 'odd \\\\ud800, at most 256 bytes'"):
        Disruptor.attach(ring.name, codec=Gives(b"", "odd \ud801"))


def test_slots_are_rounded_up() -> None:
    ring: Disruptor[object] = Disruptor(4, multiproc=True, codec=Gives(bytes(9)), slot_size=1)
    with pytest.raises(InvalidValue, match="of 9 bytes does not fit into a slot of 8"):
        ring.publish("event")
