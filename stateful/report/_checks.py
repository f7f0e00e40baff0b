"""The checks, in the order of the columns."""

from stateful.report import _code, _deaths, _model, _proofs, _samples
from stateful.report._evidence import Check

CHECKS: tuple[Check, ...] = (
    Check(
        "model",
        "model explored",
        "Every state of small rings of the model is visited, breadth first; every promise is tested in each. A promise is "
        "credited with the rings only in which it was put to the test.",
        "pytest tests/model/test_scenarios.py",
        _model.scenarios,
    ),
    Check(
        "spec_mutants",
        "mutants of the specification",
        "Wrong specifications, each judged by the one promise that it breaks.",
        "pytest tests/model/test_mutants.py",
        _model.mutants,
    ),
    Check(
        "z3",
        "z3 proof",
        "The protocol as a transition system, for any capacity and any number of producers, subscribers and events: an "
        "invariant that every step keeps, and the promises that follow from it.",
        "python -m tests.proofs",
        _proofs.z3,
    ),
    Check(
        "contracts",
        "CrossHair contracts",
        "Conditions on the functions that the library computes sequences and deadlines with, and on the steps of the "
        "protocol, confirmed over all paths.",
        "pytest tests/contracts",
        _proofs.contracts,
    ),
    Check(
        "exploration",
        "shipped code explored",
        "The library as it is shipped, under every schedule that can make a difference: every pair of operations, "
        "dangerous ones by three, and small programs. Each outcome and each state at rest is compared with the model.",
        "python -m stateful.explored",
        _code.exploration,
    ),
    Check(
        "mutants",
        "mutants of the shipped code",
        "Small patches of the library, each of which has to be found by a broken promise.",
        "python -m stateful.hunt",
        _code.mutants,
    ),
    Check(
        "interrupts",
        "interrupts",
        "A KeyboardInterrupt before each step of each operation; afterwards nothing may be held, and nobody stuck.",
        "pytest stateful/test_interrupts.py",
        _samples.interrupts,
    ),
    Check(
        "deaths",
        "deaths",
        "The code for processes on a simulated machine: a process is killed at each step of each task; the model judges "
        "what the others see.",
        "pytest stateful/test_deaths.py",
        _deaths.deaths,
    ),
    Check(
        "machine",
        "Hypothesis machine",
        "Programs and schedules that Hypothesis draws; the ring and the model go side by side.",
        "pytest stateful/test_machine.py",
        _samples.machine,
    ),
    Check(
        "threads",
        "real threads",
        "The programs on threads of the operating system; each history is judged by the model.",
        "pytest tests/threads",
        _samples.threads,
    ),
    Check(
        "witness",
        "TLC's counts",
        "The explorer on a specification that is not ours: it has to find as many states as TLC did. This speaks of the "
        "explorer, not of a promise.",
        "pytest tests/model/test_witness.py",
        _model.witness,
    ),
    Check(
        "others",
        "rings of others",
        "Faults in rings that are not ours, found again: the suite bites on other code as well. This speaks of the suite.",
        "python -m stateful.foreign",
        _samples.others,
    ),
)
