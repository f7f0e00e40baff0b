"""A ring of which nobody is left: who opens it goes on with it, and who cannot leaves it as it was."""

import os
from collections.abc import Callable

import pytest

from disruptor import Disruptor, InvalidType, RingMismatch
from disruptor.shared import _files


def left_over() -> str:
    """Return the name of a ring whose only process was killed after it had published."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        ring: Disruptor[str] = Disruptor(8, multiproc=True)
        ring.publish("precious")
        os.write(write, str(ring.name).encode())
        os.kill(os.getpid(), 9)
    os.waitpid(pid, 0)
    os.close(write)
    with os.fdopen(read) as pipe:
        return pipe.read()


@pytest.mark.parametrize(
    ("factory", "error"), [(str, RingMismatch), ("no factory", InvalidType)], ids=["another format", "no factory"]
)
def test_who_opens_it_in_vain_does_not_remove_it(factory: Callable[[], str], error: type[Exception]) -> None:
    name = left_over()
    with pytest.raises(error):
        Disruptor.attach(name, factory)
    assert name in _files.names()
    ring: Disruptor[str] = Disruptor.attach(name)
    assert ring.get(0) == "precious"
    with pytest.raises(error):
        Disruptor.attach(name, factory)  # it is open here
    assert ring.publish("more") == 1


@pytest.mark.parametrize("name", [None, b"0" * 16, 5])
def test_a_name_is_text(name: str) -> None:
    with pytest.raises(InvalidType, match=r"the name of a ring must be a str, not (None|b'0+'|5)"):
        Disruptor.attach(name)
