"""One ring of the LMAX Disruptor, in a process of its own: a line of JSON asks, a line of JSON answers.

Rule 1: the Java machine lives here and nowhere else. Its threads and signal handlers do not get into the tests' process,
        and a call that never returns can be ended with the process.
Rule 2: an answer is `{"ok": value}`, or `{"error": name of the exception's class}`. What would wait for ever is not asked.
Rule 3: nothing is put right: each operation is one call of LMAX, with the arguments that came.

Run by `client.py`: python -m stateful.lmax.serve JAR
"""

import json
import sys
from collections.abc import Iterator
from typing import Any, TypeAlias

import jpype

Java: TypeAlias = Any
"""Whatever Java gives: its classes are known only to the Java machine."""


class HandlerError(Exception):
    """Raised in handlers and translators that are told to fail."""


class Server:
    """The operations, each `do_` and its name in the protocol."""

    def __init__(self) -> None:
        self.lmax: Java = jpype.JPackage("com").lmax.disruptor
        self.slot: Java = jpype.JClass("java.util.concurrent.atomic.AtomicReference")
        unit: Java = jpype.JClass("java.util.concurrent.TimeUnit")
        self.hurried: Java = self.lmax.TimeoutBlockingWaitStrategy(1, unit.NANOSECONDS)
        self.do_new("multi", 1)

    def do_new(self, kind: str, capacity: int) -> None:
        """Make a ring whose barriers time out at once."""
        create = getattr(self.lmax.RingBuffer, f"create{kind.capitalize()}Producer")
        factory = jpype.JProxy("com.lmax.disruptor.EventFactory", dict={"newInstance": lambda: self.slot("")})
        self.ring: Java = create(factory, capacity, self.hurried)
        field: Java = self.lmax.RingBuffer.class_.getSuperclass().getDeclaredField("sequencer")
        field.setAccessible(True)
        self.sequencer: Java = field.get(self.ring)
        self.sequences: dict[str, Java] = {}
        self.barriers: dict[str, Java] = {}
        self.pollers: dict[str, Java] = {}

    # --- producers -----------------------------------------------------------------------------------------

    def do_next(self, n: int) -> int:
        return int(self.ring.next(n))

    def do_try_next(self, n: int) -> int:
        return int(self.ring.tryNext(n))

    def do_publish(self, first: int, *words: str) -> None:
        """Fill the slots from `first` on, and publish them at once."""
        for sequence, word in enumerate(words, first):
            self.ring.get(sequence).set(word)
        self.ring.publish(first, first + len(words) - 1)

    def do_publish_event_that_fails(self, word: str) -> None:
        """Publish by a translator that raises after it has written."""

        def translate(event: Java, sequence: int) -> None:
            event.set(word)
            raise HandlerError

        self.ring.publishEvent(jpype.JProxy("com.lmax.disruptor.EventTranslator", dict={"translateTo": translate}))

    # --- subscribers ---------------------------------------------------------------------------------------

    def do_join(self, name: str, after: list[str], kind: str, gates: bool) -> int:
        """Make a sequence with a barrier, or a poller; let it gate; return where it is."""
        upstreams = [self.sequences[other] for other in after]
        if kind == "poller":
            self.pollers[name] = self.ring.newPoller(*upstreams)
            self.sequences[name] = self.pollers[name].getSequence()
        else:
            self.sequences[name] = self.lmax.Sequence()
        self.barriers[name] = self.ring.newBarrier(*upstreams)
        if gates:
            self.ring.addGatingSequences(self.sequences[name])
        return int(self.sequences[name].get())

    def do_leave(self, name: str) -> bool:
        return bool(self.ring.removeGatingSequence(self.sequences[name]))

    def do_set(self, name: str, sequence: int) -> None:
        self.sequences[name].set(sequence)

    def do_position(self, name: str) -> int:
        return int(self.sequences[name].get())

    def do_wait_for(self, name: str, sequence: int) -> int:
        return int(self.barriers[name].waitFor(sequence))

    def do_alert(self, name: str) -> None:
        self.barriers[name].alert()

    def do_clear_alert(self, name: str) -> None:
        self.barriers[name].clearAlert()

    def do_checks_while_spinning(self, most: int) -> int:
        """Wait, with a time-out of a nanosecond, for an upstream that does nothing; return how often it looked for an alert.

        After `most` looks there is an alert, for otherwise it would not end.
        """
        checks = 0

        def check_alert() -> None:
            nonlocal checks
            checks += 1
            if checks == most:
                raise self.lmax.AlertException.INSTANCE

        barrier = jpype.JProxy("com.lmax.disruptor.SequenceBarrier", dict={"checkAlert": check_alert})
        try:
            self.hurried.waitFor(0, self.lmax.Sequence(0), self.lmax.Sequence(-1), barrier)
        except self.lmax.AlertException:
            return checks
        return -1

    def do_poll(self, name: str, most: int, fails_at: int) -> list[object]:
        """Poll up to `most` events; the handler raises at the sequence `fails_at`."""
        had: list[tuple[int, str]] = []

        def handle(event: Java, sequence: int, end_of_batch: bool) -> bool:
            if int(sequence) == fails_at:
                raise HandlerError
            had.append((int(sequence), str(event.get())))
            return len(had) < most

        handler = jpype.JProxy("com.lmax.disruptor.EventPoller$Handler", dict={"onEvent": handle})
        state = self.pollers[name].poll(handler)
        return [str(state), had]

    # --- looking -------------------------------------------------------------------------------------------

    def do_get(self, sequence: int) -> str:
        return str(self.ring.get(sequence).get())

    def do_look(self) -> dict[str, int]:
        """Return everything that takes no argument."""
        return {
            "cursor": int(self.ring.getCursor()),
            "remaining": int(self.ring.remainingCapacity()),
            "lowest": int(self.ring.getMinimumGatingSequence()),
        }

    def do_has_available_capacity(self, n: int) -> bool:
        return bool(self.ring.hasAvailableCapacity(n))

    def do_is_available(self, sequence: int) -> bool:
        return bool(self.sequencer.isAvailable(sequence))

    def do_highest_published(self, first: int, last: int) -> int:
        return int(self.sequencer.getHighestPublishedSequence(first, last))

    def answer(self, verb: str, arguments: list[Any]) -> dict[str, object]:
        """Do one operation."""
        try:
            return {"ok": getattr(self, f"do_{verb}")(*arguments)}
        except jpype.JException as error:
            return {"error": str(error.getClass().getSimpleName())}
        except HandlerError as error:
            return {"error": type(error).__name__}


def lines() -> Iterator[str]:
    """Yield what is asked, until nobody asks any more."""
    while line := sys.stdin.readline():
        yield line


def main(jar: str) -> None:
    """Start the Java machine, and answer."""
    jpype.startJVM("-Xrs", "-Xmx64m", "-XX:+UseSerialGC", classpath=[jar], convertStrings=True)
    server = Server()
    for line in lines():
        verb, *arguments = json.loads(line)
        print(json.dumps(server.answer(verb, arguments)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
