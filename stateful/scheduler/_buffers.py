"""Store buffers: what a task stores becomes visible to the others later, in order (TSO, the memory of x86).

Rule 1: a store to a cell or a slot goes into the buffer of the task that makes it: first in, first out.
Rule 2: a task that loads a place sees its own newest store there, buffered or not; everybody else sees what is in memory.
Rule 3: moving the oldest store of P to memory is an option of its own, named `P's-store`, at every decision as long as there
        is one: also while P waits, and after it has ended. The clock moves by itself only when all buffers are empty.
Rule 4: taking and giving back a lock, trying to, starting a thread, and a store to a *fenced* cell wait until the buffer
        of the task is empty: they are, or contain, locked instructions. Looking whether a lock is taken is none.
Rule 5: for a reduced exploration, a move to memory is a step of its own that stores, and comes after the step that made
        the store; what waits for the buffer comes after the move. A load that was served from the buffer conflicts
        with the move of that place by the same task only: until then, nobody else's store is seen.
Rule 6: outside of tasks, and for hooks that look on, there are no buffers: they see memory, and store there.

Only cells and slots are buffered. Plain fields of objects are not: the ring touches those that matter under its lock.

(Sewell, Sarkar, Owens, Zappa Nardelli, Myreen: x86-TSO: A Rigorous and Usable Programmer's Model for x86 Multiprocessors,
CACM 53(7), 2010: section 3 is this machine, with its lock taken to be held within a single step.)
"""

from collections import deque
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, NamedTuple, final

from stateful.scheduler._access import Kind, Place
from stateful.scheduler._task import Task

if TYPE_CHECKING:
    from stateful.scheduler._core import Scheduler


class Weak(NamedTuple):
    """Asks a scheduler for store buffers."""

    fenced: tuple[str, ...] = ()
    """Words: a cell that has one of them in its label is stored with a fence after it (an exchange, on x86)."""


class Store(NamedTuple):
    """A store on its way to memory."""

    key: Hashable
    """What is stored to: the same for all stores to one place."""
    place: Place
    """The same, in the log."""
    value: object
    text: str
    write: Callable[[], None]
    """Does it."""


class _Entry(NamedTuple):
    task: Task
    number: int
    store: Store


def option_of(task: str) -> str:
    """Return the name of the option that moves the oldest store of a task to memory.

    >>> option_of("P")
    "P's-store"
    """
    return f"{task}'s-store"


@final
class Buffers:
    """The buffers of all tasks of a scheduler."""

    def __init__(self, scheduler: "Scheduler", weak: Weak) -> None:
        self.weak = weak
        self._scheduler = scheduler
        self._entries: dict[str, deque[_Entry]] = {}
        self._made: dict[str, int] = {}

    def put(self, store: Store) -> None:
        """Put a store of the current task into its buffer; outside of tasks, do it."""
        scheduler = self._scheduler
        task = scheduler.current
        if task is None or not scheduler.acting:
            store.write()
            return
        option = option_of(task.name)
        number = self._made[option] = self._made.get(option, 0) + 1
        self._entries.setdefault(option, deque()).append(_Entry(task, number, store))
        task.stores += 1
        scheduler.access((option, number), Kind.GIVE)

    def newest(self, key: Hashable, place: Place) -> Store | None:
        """Return the newest store of the current task to a place, if it is in its buffer."""
        scheduler = self._scheduler
        task = scheduler.current
        if task is None or not scheduler.acting:
            return None
        for entry in reversed(self._entries.get(option_of(task.name), ())):
            if entry.store.key == key:
                scheduler.access((task.name, place), Kind.LOAD)
                return entry.store
        return None

    def options(self) -> list[str]:
        """Return the names of the moves to memory that can be made."""
        return [option for option, entries in self._entries.items() if entries]

    def move(self, option: str, decision: int) -> None:
        """Move the oldest store of a task to memory."""
        task, number, store = self._entries[option].popleft()
        store.write()
        task.stores -= 1
        scheduler = self._scheduler
        scheduler.note(option, store.text)
        if scheduler.log is not None:
            places = [((option, number), Kind.TAKE), (store.place, Kind.STORE), ((task.name, store.place), Kind.STORE)]
            scheduler.log.moves(option, decision, [*places, ((option, number, "visible"), Kind.GIVE)])

    def drain(self, task: str) -> None:
        """Move all stores of a task to memory: what a processor has stored gets there, also when its process is killed."""
        while self._entries.get(option_of(task)):
            self.move(option_of(task), -1)

    def is_fenced(self, label: str) -> bool:
        """Tell whether stores to a cell of that label are fenced."""
        return any(word in label for word in self.weak.fenced)

    def fence(self, text: str) -> None:
        """Offer to go on with another task, and wait until the buffer of the current one is empty."""
        scheduler = self._scheduler
        task = scheduler.current
        if task is None or not scheduler.acting:
            return
        task.draining = True
        try:
            scheduler.point(text)
        finally:
            task.draining = False
        self.passed()

    def passed(self) -> None:
        """Note that the current task goes on because its buffer is empty."""
        task = self._scheduler.current
        if task is not None:
            option = option_of(task.name)
            number = self._made.get(option, 0)
            if number:
                self._scheduler.access((option, number, "visible"), Kind.TAKE)
