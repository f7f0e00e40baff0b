"""Generic mutants that survive, each with the reason why nobody can tell it from the original.

Rule 1: keyed by the file, the function, and the changed lines before and after: so it holds as long as the line does.
Rule 2: a reason says why no caller can see the difference, not that no test does.

`python -m stateful.mutants.generic` fails on whoever survives and is not here, and on whoever is here and does not survive.
"""

from typing import NamedTuple

from stateful.mutants._workspace import Change


class Equivalent(NamedTuple):
    """A mutant that is no different."""

    change: Change
    reason: str


CAST = "stored = cast({}, events)".format
PICKED = "return cast({}, events.picked(indices))".format
ITEMS = "return cast({}, self._items)".format
EMPTIES = "return self.put_many(first, cast({}, [None] * count))".format
CASTS = "`cast` does nothing at run time"
ZIP = "for sequence, event in zip(batch.sequences, batch, {}):".format
ZIPS = "a batch has as many sequences as events: `strict` is for whoever changes that"
SAME = "at the boundary both sides of the comparison give the same"

EQUIVALENTS: tuple[Equivalent, ...] = (
    Equivalent(Change("_sequence.py", "nearest_capacities", "if n < 1:", "if n <= 1:"), SAME),
    Equivalent(Change("_sequence.py", "nearest_capacities", "if n < 1:", "if n < 2:"), SAME),
    Equivalent(Change("_sequence.py", "nearest_capacities", "if n >= MAX_CAPACITY:", "if n > MAX_CAPACITY:"), SAME),
    Equivalent(
        Change(
            "_sequence.py",
            "batch_end",
            "return Sequence(end if end < available else available)",
            "return Sequence(end if end <= available else available)",
        ),
        SAME,
    ),
    Equivalent(
        Change("_sequencer.py", "Sequencer.close", "if phase > self.phase.value:", "if phase >= self.phase.value:"),
        SAME,
    ),
    Equivalent(
        Change(
            "_slots.py",
            "LocalSlots.freshen",
            "if self._factory is None or not self._stale:",
            "if self._factory is None and not self._stale:",
        ),
        "a short cut: by value nothing is ever stale, and in place the loop then finds nothing to freshen",
    ),
    Equivalent(
        Change("_claim.py", "Claim.publish", "replaced: object = None", 'replaced: object = ""'),
        "it is only deleted: what it holds before it is given something else is nobody's",
    ),
    Equivalent(
        Change(
            "_claim.py",
            "Claim.publish",
            "unset = 0 if slots.in_place else sum(map(operator.is_, events, repeat(_UNSET)))",
            "unset = 0 if (slots.in_place) and False else sum(map(operator.is_, events, repeat(_UNSET)))",
        ),
        "a short cut: in place the events are the factory's objects, none of them is the mark of an unset one",
    ),
    Equivalent(
        Change(
            "_subscriber.py",
            "Subscriber._look",
            "return Batch(self._slots.decode(events) if self._slots.encodes else events, sequences, end)",
            "return Batch(self._slots.decode(events) if (self._slots.encodes) or True else events, sequences, end)",
        ),
        "a short cut: slots that do not encode return from decode what they are given",
    ),
    *(
        Equivalent(Change("_claim.py", "Claim.publish", CAST('"list[E]"'), CAST(kind)), CASTS)
        for kind in ("None", '"XXlist[E]XX"', '"list[e]"', '"LIST[E]"')
    ),
    *(
        Equivalent(Change("_batch.py", "chosen", PICKED('"AbstractSequence[E]"'), PICKED(kind)), CASTS)
        for kind in ("None", '"XXAbstractSequence[E]XX"', '"abstractsequence[e]"', '"ABSTRACTSEQUENCE[E]"')
    ),
    *(
        Equivalent(Change("_subscriber.py", "Subscriber.__iter__", ZIP("strict=True"), ZIP(other)), ZIPS)
        for other in ("strict=None", "", "strict=False")
    ),
    *(
        Equivalent(Change("_slots.py", "LocalSlots.items", ITEMS('"list[object]"'), ITEMS(kind)), CASTS)
        for kind in ("None", '"XXlist[object]XX"', '"LIST[OBJECT]"')
    ),
    *(
        Equivalent(Change("_slots.py", "LocalSlots.empty", EMPTIES('"list[E]"'), EMPTIES(kind)), CASTS)
        for kind in ("None", '"XXlist[E]XX"', '"list[e]"', '"LIST[E]"')
    ),
    Equivalent(
        Change("_sequencer.py", "Sequencer.fail", "gate.failed.value = 1", "gate.failed.value = 2"),
        "a flag: whoever looks at it asks whether it is 0",
    ),
)
