"""What the suite finds in rings of others, with pictures: `python -m stateful.foreign` puts it into the docs.

Rule 1: a finding names a ring, a program of the suite, and where the scheduler may switch. It is found again by
        exploring, with one pre-emption at most: nothing is written down but what it means.
Rule 2: what stands in `docs/foreign-rings.md` between `<!-- NAME -->` and `<!-- end -->` is one of `PIECES`; a test
        compares them.
Rule 3: a ring in which nothing is found says how many programs it was asked; the others need what it does not offer.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from model.draw import table
from stateful.adapters._protocol import Make, Unasked
from stateful.failure import check, replay
from stateful.lmax.table import difference_table
from stateful.pieces import rewritten
from stateful.programs import BY_VALUE, Program
from stateful.scheduler import Granularity

DOCS = Path(__file__).parent.parent / "docs" / "foreign-rings.md"

SCHEDULES = 50
"""So many of each program, at most, are run for the table: it is no exploration, which is what `--ring` is for."""

PROGRAM = {program.name: program for program in BY_VALUE}


class Foreign(NamedTuple):
    """A ring of others."""

    ring: str
    """As `--ring` wants it."""
    what: str


class Finding(NamedTuple):
    """What is wrong with a ring."""

    ring: str
    title: str
    promise: str
    meaning: str
    program: str
    granularity: Granularity
    says: str
    """What the first line of the failure says."""


REFERENCE = Foreign("stateful.adapters.condition_ring:make", "one lock, one condition")
QUEUE = Foreign("stateful.adapters.stdlib_queue:make", "`queue.Queue`, of Python itself")
OWN = Foreign("examples.own_ring:make", "a small ring, written for one use")
CARELESS = Foreign("examples.own_ring:make_careless", "the same, with a wake-up forgotten")
EARLIER = Foreign("stateful.adapters.earlier:make", "the first python-disruptor, its steps as they were")

SOUND = (REFERENCE, QUEUE, OWN)
FAULTY = (CARELESS, EARLIER)

FINDINGS = (
    Finding(
        CARELESS.ring,
        "A wake-up that was forgotten",
        "L1",
        "A reader marks its batch and tells nobody. The producer sleeps beside a free slot.",
        "publish x read",
        Granularity.LOCKS,
        "nothing moves, but a correct ring would go on with P: publish(b)",
    ),
    Finding(
        EARLIER.ring,
        "A wake-up that is lost",
        "L1",
        "`waitFor` tests the cursor, and then puts its event where producers look for it. Between the two, a producer moves "
        "the cursor and looks: nobody is there to be woken. The waiter's lock does not help, for producers do not take it.",
        "publish x wait for it",
        Granularity.CELLS,
        "nothing moves, but a correct ring would go on with D: wait_for(0)",
    ),
    Finding(
        EARLIER.ring,
        "A free slot that is waited for",
        "L1",
        "The ring counts as full when a subscriber has marked the very event that the next one replaces: one too early. "
        "The producer then waits for the next mark, a pulse that is over at once, and here there is nothing left to mark.",
        "publish x mark",
        Granularity.CELLS,
        "nothing moves, but a correct ring would go on with P: publish(d)",
    ),
    Finding(
        EARLIER.ring,
        "A slot that is overwritten",
        "S1",
        "A subscriber that has not marked anything yet holds nobody up.",
        "publish x read",
        Granularity.LOCKS,
        "'P' cannot return 'ok 1' from publish(b); a correct ring has to wait",
    ),
    Finding(
        EARLIER.ring,
        "An event that is not there yet",
        "S2",
        "`get` refuses what is above the next sequence, and so hands out the next one itself, with whatever its slot holds.",
        "get x overwrite",
        Granularity.LOCKS,
        "'G' cannot return 'ok a' from get(1); a correct ring returns 'SequenceNotFound'",
    ),
)


def load(ring: str) -> Make:
    """Return what makes a ring that is named as module:name."""
    module, _, name = ring.partition(":")
    make: Make = getattr(import_module(module), name)
    return make


def picture(finding: Finding) -> str:
    """Find it again, and return the picture; `LookupError` if it is not there any more, or something else is."""
    program, make = PROGRAM[finding.program], load(finding.ring)
    found = check(program, make, preemptions=1, granularity=finding.granularity, max_schedules=1000)
    if found.failed is None:
        raise LookupError(f"{finding.title!r}: {finding.program!r} finds nothing any more")
    text = replay(program, make, str(found.failed.schedule), finding.granularity)
    if not text.startswith(f"{program.name}: Mismatch: {finding.says}\n"):
        raise LookupError(f"{finding.title!r}: {finding.program!r} finds something else:\n{text}")
    return text


def judge(program: Program, make: Make, schedules: int) -> str:
    """Return "passes", "fails", or "unasked" if the program needs what the ring does not offer."""
    for granularity in Granularity:
        found = check(program, make, preemptions=1, granularity=granularity, max_schedules=schedules)
        if found.failed is not None:
            return "unasked" if isinstance(found.failed.error, Unasked) else "fails"
    return "passes"


def summary() -> str:
    """Return a table of the rings, in Markdown: what they are, how many programs they were asked, what was found."""
    rows = []
    for foreign in SOUND + FAULTY:
        make = load(foreign.ring)
        verdicts = [judge(program, make, SCHEDULES) for program in BY_VALUE]
        asked = len(verdicts) - verdicts.count("unasked")
        found = [f"{finding.title} ({finding.promise})" for finding in FINDINGS if finding.ring == foreign.ring]
        row = [f"`{foreign.ring}`", foreign.what, str(asked), str(verdicts.count("fails"))]
        rows.append([*row, "; ".join(found) or "nothing"])
    return table(["`--ring=`", "what it is", "programs asked", "that fail", "found, among others"], rows)


def section(finding: Finding) -> str:
    """Return one finding in Markdown."""
    return f"### {finding.title}\n\n`--ring={finding.ring}`\n\n{finding.meaning}\n\n```text\n{picture(finding)}\n```"


def sections() -> str:
    """Return all findings in Markdown."""
    return "\n\n".join(map(section, FINDINGS))


PIECES: dict[str, Callable[[], str]] = {"rings": summary, "findings": sections, "lmax": difference_table}
"""What is made for the docs."""


def made() -> dict[str, str]:
    """Return every piece, made anew."""
    return {name: make() for name, make in PIECES.items()}


if __name__ == "__main__":
    DOCS.write_text(rewritten(DOCS.read_text(encoding="utf-8"), made()), encoding="utf-8")
