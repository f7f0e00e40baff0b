"""Between processes: 64 bytes from one to one and from one to three, on our ring and on the pipes and queues of others.

Rule: every receiver adds up the number that stands at the beginning of each message, and raises if the sum is wrong.
"""

import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from benchmarks._between import CONTEXT, apart
from benchmarks._threads import chunks
from benchmarks._timing import Case, Contender, expect
from disruptor import Disruptor, Subscriber

SIZE: Final = 64
RING: Final = 8_192


class Raw:
    """Bytes as they are."""

    description: Final = "bytes"

    def encode(self, event: bytes) -> bytes:
        """Return the bytes."""
        return event

    def decode(self, stored: bytes) -> bytes:
        """Return the bytes."""
        return stored


def message(number: int) -> bytes:
    """Return 64 bytes that begin with a number."""
    return number.to_bytes(8, "little") + bytes(SIZE - 8)


def summed(messages: Iterable[bytes]) -> int:
    """Return the sum of the numbers that messages begin with."""
    return sum(int.from_bytes(one[:8], "little") for one in messages)


def ring(batch: int, events: int, *, subscribers: int = 1) -> float:
    """Our ring: one producer, subscribers that each see everything."""
    shared: Disruptor[bytes] = Disruptor(RING, multiproc=True, slot_size=SIZE, codec=Raw())
    readers = [shared.register_subscriber() for _ in range(subscribers)]

    def produce() -> None:
        if batch == 1:
            for number in range(events):
                shared.publish(message(number))
        else:
            for chunk in chunks(events, batch):
                shared.publish_many([message(number) for number in chunk])
        shared.close()

    def consume(reader: "Subscriber[bytes]") -> None:
        total = summed(reader) if batch == 1 else sum(summed(received) for received in reader.batches())
        expect("sum", total, events * (events - 1) // 2)

    return apart(produce, *(partial(consume, reader) for reader in readers))


def queues(events: int, *, subscribers: int = 1) -> float:
    """`multiprocessing.Queue`, one for each consumer."""
    lines = [CONTEXT.Queue(RING) for _ in range(subscribers)]

    def produce() -> None:
        for number in range(events):
            one = message(number)
            for line in lines:
                line.put(one)

    def consume(get: Callable[[], bytes]) -> None:
        expect("sum", summed(get() for _ in range(events)), events * (events - 1) // 2)

    return apart(produce, *(partial(consume, line.get) for line in lines))


def pipes(events: int, *, subscribers: int = 1) -> float:
    """`multiprocessing.Pipe`, one for each consumer, bytes as they are."""
    ends = [CONTEXT.Pipe(duplex=False) for _ in range(subscribers)]

    def produce() -> None:
        for number in range(events):
            one = message(number)
            for _, into in ends:
                into.send_bytes(one)

    def consume(receive: Callable[[], bytes]) -> None:
        expect("sum", summed(receive() for _ in range(events)), events * (events - 1) // 2)

    return apart(produce, *(partial(consume, out.recv_bytes) for out, _ in ends))


def zeromq(events: int, *, subscribers: int = 1) -> float:
    """ZeroMQ: PUSH to PULL, one pair for each consumer, over ipc."""
    zmq: Any = import_module("zmq")  # who does not have it has no types of it either
    with tempfile.TemporaryDirectory() as folder:
        places = [f"ipc://{folder}/{k}" for k in range(subscribers)]

        def produce() -> None:
            context = zmq.Context()
            sockets = [context.socket(zmq.PUSH) for _ in places]
            for socket, place in zip(sockets, places, strict=True):
                socket.set_hwm(RING)
                socket.connect(place)
            for number in range(events):
                one = message(number)
                for socket in sockets:
                    socket.send(one)
            for socket in sockets:
                socket.close(linger=-1)
            context.term()

        def consume(place: str) -> None:
            context = zmq.Context()
            socket = context.socket(zmq.PULL)
            socket.set_hwm(RING)
            socket.bind(place)
            expect("sum", summed(socket.recv() for _ in range(events)), events * (events - 1) // 2)
            context.destroy(linger=0)

        return apart(produce, *(partial(consume, place) for place in places))


def published(events: int, *, subscribers: int = 3) -> float:
    """ZeroMQ: one XPUB that drops nothing, a SUB for each consumer, over ipc."""
    zmq: Any = import_module("zmq")
    with tempfile.TemporaryDirectory() as folder:
        place = f"ipc://{folder}/all"

        def produce() -> None:
            context = zmq.Context()
            socket = context.socket(zmq.XPUB)
            socket.set_hwm(RING)
            socket.setsockopt(zmq.XPUB_NODROP, 1)
            socket.setsockopt(zmq.XPUB_VERBOSE, 1)  # each subscription, not only the first of its kind
            socket.bind(place)
            for _ in range(subscribers):
                socket.recv()  # somebody has subscribed
            for number in range(events):
                socket.send(message(number))
            socket.close(linger=-1)
            context.term()

        def consume() -> None:
            context = zmq.Context()
            socket = context.socket(zmq.SUB)
            socket.set_hwm(RING)
            socket.connect(place)
            socket.setsockopt(zmq.SUBSCRIBE, b"")
            expect("sum", summed(socket.recv() for _ in range(events)), events * (events - 1) // 2)
            context.destroy(linger=0)

        return apart(produce, *[consume] * subscribers)


def fifo(batch: int, events: int, *, subscribers: int = 1) -> float:
    """faster-fifo, one for each consumer, one message a call or many."""
    fifos: Any = import_module("faster_fifo")
    lines = [fifos.Queue(max_size_bytes=RING * 200) for _ in range(subscribers)]

    def produce() -> None:
        for chunk in chunks(events, batch):
            many = [message(number) for number in chunk]
            for line in lines:
                if batch == 1:
                    line.put(many[0], timeout=60)
                else:
                    line.put_many(many, timeout=60)

    def consume(line: Any) -> None:
        total = received = 0
        while received < events:
            many = [line.get(timeout=60)] if batch == 1 else line.get_many(timeout=60, max_messages_to_get=batch)
            received += len(many)
            total += summed(many)
        expect("sum", total, events * (events - 1) // 2)

    return apart(produce, *(partial(consume, line) for line in lines))


def contenders(batch: int, subscribers: int) -> tuple[Contender, ...]:
    """Return ours and the peers that are installed."""
    own = partial(ring, batch, subscribers=subscribers)
    found = [
        Contender("disruptor", own),
        Contender("multiprocessing.Queue", partial(queues, subscribers=subscribers)),
        Contender("multiprocessing.Pipe", partial(pipes, subscribers=subscribers)),
    ]
    if find_spec("zmq") is not None:
        found.append(Contender("zmq PUSH/PULL", partial(zeromq, subscribers=subscribers)))
        if subscribers > 1:
            found.append(Contender("zmq XPUB", partial(published, subscribers=subscribers)))
    if find_spec("faster_fifo") is not None:
        found.append(Contender("faster-fifo", partial(fifo, batch, subscribers=subscribers)))
    return tuple(found)


def cases(scale: float) -> list[Case]:
    """Return the cases: one to one and to three, and how the cost grows with subscribers and with the size of an event."""
    events = int(60_000 * scale)
    found = [
        Case("processes", f"1 to {n}, 64 bytes, {how}", events, contenders(batch, n), target, more)
        for n, batch, how, target, more in (
            (1, 1, "one a call", 8, (("zmq PUSH/PULL", 1.5),)),
            (1, 64, "batches of 64", None, (("zmq PUSH/PULL", 3), ("faster-fifo", 5))),
            (3, 1, "one a call", 15, ()),
            (3, 64, "batches of 64", None, (("zmq XPUB", 5),)),
        )
    ]
    found += [
        Case(
            "subscribers in processes",
            f"{n} subscribers",
            events,
            (Contender("disruptor", partial(ring, 64, subscribers=n)),),
        )
        for n in (1, 2, 4, 8)
    ]
    return found
