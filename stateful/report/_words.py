"""What the page says in words: what each way of knowing means and does not mean, and what none of them can find."""

from stateful.report._evidence import Reach

NOT_RUN = "not run in this report"
SILENT = "does not speak of it"

LEGEND: dict[str, tuple[str, str]] = {
    Reach.PROVED.value: (
        "A solver has found that there is no counterexample, for rings of every size.",
        "It is said of what was given to the solver: a transition system, or one function. That the ring does these steps "
        "is tied by tests, not proved.",
    ),
    Reach.COMPLETE.value: (
        "Every state, or every schedule that can make a difference, of the rings and programs named was visited.",
        "Nothing is said of larger rings and other programs.",
    ),
    Reach.BOUNDED.value: (
        "Everything up to the bound that is named; or some of it was cut by a limit.",
        "Nothing is said beyond the bound. For mutants it is the bound within which each was found.",
    ),
    Reach.SAMPLED.value: (
        "So many cases were tried, and nothing was found.",
        "It is no proof, however many they are.",
    ),
    NOT_RUN: ("Nobody has looked, in this report.", "It is neither good news nor bad."),
    "failed": ("A check found something wrong, or did not come to an end.", "It says nothing about other checks."),
}

LIMITS: tuple[tuple[str, str], ...] = (
    (
        "Granularity",
        "The scheduler switches tasks where the source of the library has a point: before each access to what is shared "
        "and each call. What happens inside one such step counts as indivisible.",
    ),
    (
        "Bounds",
        "Rings explored have one, two or four slots, few tasks and few events. A fault that needs more of them is left to "
        "the proofs, which speak of the protocol and not of the code.",
    ),
    (
        "C code below the seam",
        "The lock and the clock of the explored runs are simulated. Faults of the interpreter, of its locks and of the "
        "operating system show on real threads at most.",
    ),
    (
        "Memory models",
        "The complete explorations show each store at once. Stores that become visible later, in order (x86-TSO), are a "
        "mode of their own (stateful/test_store_buffers.py). Weaker orders, as ARM has them, are not modelled.",
    ),
    (
        "Mistakes of the model",
        "The ring is compared with the model. A promise that the specification gets wrong is kept wrongly by both. "
        "Mutants, partners and the counts of TLC make that less likely; they do not exclude it.",
    ),
    (
        "Mutants that nobody thought of",
        "That each mutant of a list is found says nothing of those that are not on it.",
    ),
)
