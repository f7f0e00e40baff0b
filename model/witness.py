"""An outside witness: a Disruptor that others have specified and counted.

The actions of the TLA+ Disruptor (tlaplus/Examples, `specifications/Disruptor`, by Nicholas Schultz-Møller) in Python.
TLC, the checker of TLA+, published how many states it found. `explore` has to find as many: this ties the explorer, which
checks our own model, to a specification and a checker that are not ours.

Rule 1: one function an action, a guard and an effect, as in the original; nothing is simplified away, for it would change
        the counts. Slots note who reads and who writes them, so that data races show.
Rule 2: a state that breaks the constraint is generated, and counted as generated, but not visited: as TLC does.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from model.explore import Promise, Report, Step, explore

T = TypeVar("T")

EMPTY = -2
"""What a slot holds in the beginning; the original calls it NULL."""


class Setting(NamedTuple):
    """The constants of a model."""

    writers: int
    readers: int
    size: int = 4
    max_published: int = 10
    gate_slack: int = 0
    """0 in the original; 1 lets writers go one slot too far, for the mutant."""
    fastest: bool = False
    """False in the original; True gates on the fastest reader, for the mutant."""


class Machine(NamedTuple):
    """A state. Sets of readers and of writers are bit masks; `busy` is the program counter: accessing a slot or not."""

    slots: tuple[int, ...]
    reading: tuple[int, ...]
    writing: tuple[int, ...]
    next_sequence: int
    claimed: tuple[int, ...]
    published: tuple[bool, ...]
    """Whether each slot was last published in an even round; with one producer, unused."""
    cursor: int
    """The highest sequence published, with one producer; with several, unused."""
    read: tuple[int, ...]
    consumed: tuple[tuple[int, ...], ...]
    writer_busy: tuple[bool, ...]
    reader_busy: tuple[bool, ...]


def put(items: tuple[T, ...], k: int, item: T) -> tuple[T, ...]:
    """Return the tuple with one item replaced."""
    return (*items[:k], item, *items[k + 1 :])


def start(setting: Setting) -> Machine:
    """Return the initial state."""
    none = (False,) * setting.size
    nobody = (0,) * setting.size
    return Machine(
        slots=(EMPTY,) * setting.size,
        reading=nobody,
        writing=nobody,
        next_sequence=0,
        claimed=(-1,) * setting.writers,
        published=none,
        cursor=-1,
        read=(-1,) * setting.readers,
        consumed=((),) * setting.readers,
        writer_busy=(False,) * setting.writers,
        reader_busy=(False,) * setting.readers,
    )


def clear_of_readers(setting: Setting, state: Machine, sequence: int) -> bool:
    """Tell whether every reader is past the slot that `sequence` would overwrite."""
    gate = max(state.read) if setting.fastest else min(state.read)
    return gate >= sequence - setting.size - setting.gate_slack


Moves = Iterator[tuple[Step, Machine]]


def begin_write(setting: Setting, state: Machine, w: int, sequence: int) -> Machine:
    """Return the state in which writer `w` writes the slot of `sequence`."""
    index = sequence % setting.size
    return state._replace(
        slots=put(state.slots, index, sequence),
        writing=put(state.writing, index, state.writing[index] | 1 << w),
        writer_busy=put(state.writer_busy, w, True),
    )


def end_write(setting: Setting, state: Machine, w: int, sequence: int) -> Machine:
    """Return the state in which writer `w` has left the slot of `sequence`."""
    index = sequence % setting.size
    return state._replace(
        writing=put(state.writing, index, state.writing[index] & ~(1 << w)),
        writer_busy=put(state.writer_busy, w, False),
    )


def reads(setting: Setting, state: Machine, is_published: Callable[[int], bool]) -> Moves:
    """Yield what readers may do: the same with one producer and with several."""
    for r, position in enumerate(state.read):
        sequence = position + 1
        index = sequence % setting.size
        bit = 1 << r
        if state.reader_busy[r]:
            yield (
                Step(f"r{r + 1}", f"has read {sequence}"),
                state._replace(
                    reading=put(state.reading, index, state.reading[index] & ~bit),
                    read=put(state.read, r, sequence),
                    reader_busy=put(state.reader_busy, r, False),
                ),
            )
        elif is_published(sequence):
            yield (
                Step(f"r{r + 1}", f"reads {sequence}"),
                state._replace(
                    reading=put(state.reading, index, state.reading[index] | bit),
                    consumed=put(state.consumed, r, (*state.consumed[r], state.slots[index])),
                    reader_busy=put(state.reader_busy, r, True),
                ),
            )


def single_producer(setting: Setting) -> Callable[[Machine], Moves]:
    """Return the steps of `Disruptor_SPMC`: the cursor is both what is claimed and what is published."""

    def steps(state: Machine) -> Moves:
        sequence = state.cursor + 1
        for w in range(setting.writers):
            if state.writer_busy[w]:
                done = end_write(setting, state, w, sequence)
                yield Step(f"w{w + 1}", f"publish {sequence}"), done._replace(cursor=sequence)
            elif clear_of_readers(setting, state, sequence):
                yield Step(f"w{w + 1}", f"claim {sequence}"), begin_write(setting, state, w, sequence)
        yield from reads(setting, state, lambda wanted: state.cursor >= wanted)

    return steps


def multi_producer(setting: Setting) -> Callable[[Machine], Moves]:
    """Return the steps of `Disruptor_MPMC`: a shared counter for claims, and a flag a slot for what is published."""

    def is_published(state: Machine, sequence: int) -> bool:
        even = (sequence // setting.size) % 2 == 0
        return state.published[sequence % setting.size] == even

    def steps(state: Machine) -> Moves:
        for w in range(setting.writers):
            if state.writer_busy[w]:
                sequence = state.claimed[w]
                index = sequence % setting.size
                done = end_write(setting, state, w, sequence)
                flags = put(state.published, index, not state.published[index])
                yield Step(f"w{w + 1}", f"publish {sequence}"), done._replace(published=flags)
            elif clear_of_readers(setting, state, state.next_sequence):
                sequence = state.next_sequence
                begun = begin_write(setting, state, w, sequence)
                claimed = put(state.claimed, w, sequence)
                yield (
                    Step(f"w{w + 1}", f"claim {sequence} (slot {sequence % setting.size})"),
                    begun._replace(claimed=claimed, next_sequence=sequence + 1),
                )
        yield from reads(setting, state, lambda wanted: is_published(state, wanted))

    return steps


def no_data_races(state: Machine) -> bool:
    """Nobody reads a slot while it is written, and at most one writes it."""
    return all(
        not (readers and writers) and writers.bit_count() <= 1
        for readers, writers in zip(state.reading, state.writing, strict=True)
    )


def read_what_was_published(state: Machine) -> bool:
    """Every reader has read 0, 1, 2 and so on."""
    return all(seen == tuple(range(len(seen))) for seen in state.consumed)


def run(setting: Setting, *, multi: bool) -> Report[Machine]:
    """Explore one of the published models."""
    return explore(
        [start(setting)],
        multi_producer(setting) if multi else single_producer(setting),
        always=[
            Promise("no data races", no_data_races),
            Promise("read what was published", read_what_was_published),
        ],
        within=(
            (lambda state: state.next_sequence <= setting.max_published)
            if multi
            else (lambda state: state.cursor < setting.max_published)
        ),
    )
