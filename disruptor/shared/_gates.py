"""The table of subscribers of a ring between processes, and the gates that each process sees in it.

Rule 1: rows are written under the ring's lock, but for what the reader of a row stores: its position, its turn.
Rule 2: a row is registered while its `SERIAL` is not zero. It is stored last when one joins and first when one leaves, so a
        process that is killed in between leaves either nobody or everything.
Rule 3: serials are never given again. Who holds a gate whose row has another serial by now holds a removed one.
Rule 4: a row is given to somebody else only when nobody moves its position any more: its last reader has ended his turn
        (and will find, when he begins the next one, that he was removed), or is dead. What moves it without a turn does so
        under the lock, where it finds out that it was removed (Rule 4 of `_turn.py`).
"""

from typing import NamedTuple, final

from disruptor._cell import Cell
from disruptor._errors import InvalidValue
from disruptor._gate import Gate
from disruptor.shared._kernel import Kernel, Memory, Words
from disruptor.shared._layout import GATES, GateWord, Layout, State


@final
class Registered:
    """Whether a row still belongs to one subscriber: a cell that is 1 or 0."""

    __slots__ = ("_at", "_words", "serial")

    def __init__(self, words: Words, at: int, serial: int) -> None:
        self._words = words
        self._at = at
        self.serial = serial

    @property
    def value(self) -> int:
        """1 as long as the subscriber is registered."""
        return int(self._words[self._at + GateWord.SERIAL] == self.serial)

    @value.setter
    def value(self, value: int) -> None:
        if value:
            self._words[self._at + GateWord.SERIAL] = self.serial
        elif self.value:
            self._words[self._at + GateWord.SERIAL] = 0


def serial_of(gate: Gate) -> int:
    """Return the serial of a gate between processes; 0 for one between threads."""
    return gate.alive.serial if isinstance(gate.alive, Registered) else 0


class Row(NamedTuple):
    """A subscriber in the table, and its gate in this process."""

    number: int
    serial: int
    gate: Gate


@final
class GateTable:
    """The rows of one ring, as one process sees them."""

    __slots__ = ("_changes", "_kernel", "_known", "_memory", "_rows", "_seen", "_serials", "size", "words")

    def __init__(self, memory: Memory, layout: Layout, kernel: Kernel) -> None:
        self._memory = memory
        self._kernel = kernel
        self.size = layout.max_subscribers
        self.words: Words = memory.words(GATES, layout.max_subscribers * GateWord.SIZE)
        self._changes: Cell = memory.cell(State.CHANGES)
        self._serials: Cell = memory.cell(State.SERIALS)
        self._known: dict[int, Row] = {}
        self._rows: tuple[Row, ...] = ()
        self._seen = -1

    def rows(self) -> tuple[Row, ...]:
        """Return the registered subscribers, in order of registration; never waits."""
        changes = self._changes.value
        if changes != self._seen:
            self._rows = tuple(self._row_of(number, serial) for number, serial in self._registered())
            self._seen = changes  # last: what was read is at least as new
        return self._rows

    def _row_of(self, number: int, serial: int) -> Row:
        row = self._known.get(serial)
        if row is None:
            row = self._known.setdefault(serial, self._row(number, serial))
        return row

    def _registered(self) -> list[tuple[int, int]]:
        """Return number and serial of each registered row, in order of registration."""
        serials = [(self.words[number * GateWord.SIZE + GateWord.SERIAL], number) for number in range(self.size)]
        return [(number, serial) for serial, number in sorted(serials) if serial]

    def _row(self, number: int, serial: int) -> Row:
        at = number * GateWord.SIZE
        raw = b"".join(
            (self.words[at + GateWord.NAME + k] & 2**64 - 1).to_bytes(8, "little")
            for k in range(GateWord.NAME_BYTES // 8)
        )
        name = raw.rstrip(b"\0").decode("utf-8", "replace")
        position = self._memory.fenced(GATES + at + GateWord.POSITION)
        followers = self._memory.cell(GATES + at + GateWord.FOLLOWERS)
        failed = self._memory.cell(GATES + at + GateWord.FAILED)
        return Row(number, serial, Gate(name, position, followers, Registered(self.words, at, serial), failed))

    # --- under the lock ------------------------------------------------------------------------------------

    def prepare(self, position: int, name: str, upstreams: int, owner: int) -> Row:
        """Fill a free row for a new subscriber, which `register` then registers. The caller holds the lock.

        `upstreams` has a bit for each row that goes first. Raises `InvalidValue` if no row is free, or for a name that does
        not fit.
        """
        raw = name.encode("utf-8", "replace")
        if raw.decode() != name:
            raise InvalidValue(f"the name of a subscriber between processes must be text that UTF-8 has, not {name!r}")
        if len(raw) > GateWord.NAME_BYTES or "\0" in name:
            raise InvalidValue(
                f"the name of a subscriber between processes has at most {GateWord.NAME_BYTES} bytes of UTF-8 and no "
                f"NUL, not {name!r} ({len(raw)} bytes)"
            )
        number = self.free()
        if number is None:
            raise InvalidValue(
                f"a ring between processes has at most max_subscribers={self.size} subscribers at a time"
            )
        self._serials.value += 1
        words, at = self.words, number * GateWord.SIZE
        words[at + GateWord.OWNER] = owner
        words[at + GateWord.BUSY] = 0
        words[at + GateWord.UPSTREAMS] = upstreams
        words[at + GateWord.FOLLOWERS] = 0
        words[at + GateWord.FAILED] = 0
        words[at + GateWord.POSITION] = position
        for k, start in enumerate(range(0, GateWord.NAME_BYTES, 8)):
            words[at + GateWord.NAME + k] = int.from_bytes(
                raw[start : start + 8].ljust(8, b"\0"), "little", signed=True
            )
        row = self._known[self._serials.value] = self._row(number, self._serials.value)
        return row

    def free(self) -> int | None:
        """Return the number of a row that can be given to a new subscriber. The caller holds the lock."""
        return next((number for number in range(self.size) if self._free(number)), None)

    def _free(self, number: int) -> bool:
        at = number * GateWord.SIZE
        if self.words[at + GateWord.SERIAL]:
            return False
        return not self.words[at + GateWord.BUSY] or not self._kernel.alive(self.words[at + GateWord.OWNER])

    def register(self, gate: Gate) -> None:
        """Make a prepared row count. The caller holds the lock."""
        gate.alive.value = 1
        self.recount()

    def remove(self, gate: Gate) -> None:
        """Make a row count no more; doing it again is fine. The caller holds the lock."""
        gate.alive.value = 0
        self.recount()

    def recount(self) -> None:
        """Count the followers anew, and let everybody look at the table again. The caller holds the lock."""
        words, numbers = self.words, [number for number, _ in self._registered()]
        registered = sum(1 << number for number in numbers)
        upstreams = [number * GateWord.SIZE + GateWord.UPSTREAMS for number in numbers]
        for at in upstreams:
            words[at] &= registered  # who left is nobody's upstream: its row may be given to another one
        for number in numbers:
            words[number * GateWord.SIZE + GateWord.FOLLOWERS] = sum(words[at] >> number & 1 for at in upstreams)
        self._changes.value += 1
        serials = {serial for _, serial in self._registered()}
        self._known = {serial: row for serial, row in self._known.items() if serial in serials}

    def owner(self, row: Row) -> int:
        """Return the participant that reads through a row."""
        return self.words[row.number * GateWord.SIZE + GateWord.OWNER]

    def upstreams(self, row: Row) -> tuple[Row, ...]:
        """Return the registered subscribers that a row is after: they came earlier.

        Who came later has got the row of one that has just left. (Or the word was damaged, and makes a circle.)
        """
        mask = self.words[row.number * GateWord.SIZE + GateWord.UPSTREAMS]
        return tuple(other for other in self.rows() if mask >> other.number & 1 and other.serial < row.serial)
