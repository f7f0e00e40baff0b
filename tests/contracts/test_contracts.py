"""Is every contract on the arithmetic confirmed over all paths, and would a wrong function be refuted?"""

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.contracts.gate import ROOT, analyse, written

MODULES = ("disruptor/_sequence.py", "disruptor/_deadline.py", "tests/contracts/lemmas.py", "model/proof.py")


@pytest.mark.parametrize("name", MODULES)
def test_every_condition_is_confirmed(name: str) -> None:
    verdicts = analyse(ROOT / name)
    assert verdicts.written > 0
    assert verdicts.problems == []


class Mutant(NamedTuple):
    """A wrong function: text of a module replaced, and the function whose contract has to refute it."""

    file: str
    function: str
    old: str
    new: str


SEQUENCE, DEADLINE, PROOF = "disruptor/_sequence.py", "disruptor/_deadline.py", "model/proof.py"

MUTANTS = (
    Mutant(SEQUENCE, "slot_of", "return mask & sequence", "return mask & (sequence + 1)"),
    Mutant(SEQUENCE, "slot_of", "return mask & sequence", "return (mask + 1) & sequence"),
    Mutant(SEQUENCE, "claim_end", "Sequence(claimed + n)", "Sequence(claimed + n - 1)"),
    Mutant(SEQUENCE, "limit_of", "Sequence(lowest + capacity)", "Sequence(lowest + capacity + 1)"),
    Mutant(SEQUENCE, "limit_of", "Sequence(lowest + capacity)", "Sequence(lowest + capacity - 1)"),
    Mutant(SEQUENCE, "oldest_kept", "oldest = claimed - capacity + 1", "oldest = claimed - capacity"),
    Mutant(SEQUENCE, "oldest_kept", "oldest if oldest > 0 else 0", "oldest"),
    Mutant(SEQUENCE, "room", "free = capacity - (claimed - lowest)", "free = capacity - (claimed - lowest) + 1"),
    Mutant(SEQUENCE, "room", "    if free < 0:\n        return 0\n", ""),
    Mutant(SEQUENCE, "lag", "behind if behind > 0 else 0", "behind"),
    Mutant(SEQUENCE, "lag", "behind = published - position", "behind = published - position + 1"),
    Mutant(SEQUENCE, "batch_end", "end = first + most - 1", "end = first + most"),
    Mutant(SEQUENCE, "batch_end", "end if end < available else available", "end"),
    Mutant(SEQUENCE, "split", "until_end = mask + 1 - start", "until_end = mask - start"),
    Mutant(SEQUENCE, "split", "return start, until_end, count - until_end", "return start, until_end, count"),
    Mutant(DEADLINE, "add_ns", "now + (duration if duration < LONGEST_NS else LONGEST_NS)", "now + duration - 1"),
    Mutant(DEADLINE, "add_ns", "duration if duration < LONGEST_NS else LONGEST_NS", "duration"),
    Mutant(DEADLINE, "wait_ns", "left = deadline - now", "left = deadline - now - 1"),
    Mutant(DEADLINE, "wait_ns", "left if left < LONGEST_WAIT_NS else LONGEST_WAIT_NS", "left"),
    Mutant(PROOF, "claim", "pre: n.claimed + count <= n.limit\n", "pre: n.claimed + count <= n.limit + 1\n"),
    Mutant(PROOF, "claim", "return replace(n, claimed=n.claimed + count)", "return n"),
    Mutant(PROOF, "look", "limit=n.lowest + n.capacity)", "limit=n.published + n.capacity)"),
    Mutant(PROOF, "finish", "pre: n.published <= published <= n.claimed\n", "pre: n.published <= published\n"),
    Mutant(PROOF, "advance", "pre: n.lowest <= lowest <= n.published\n", "pre: n.lowest <= lowest <= n.claimed\n"),
    Mutant(PROOF, "advance", "pre: n.lowest <= lowest <= n.published\n", "pre: lowest <= n.published\n"),
    Mutant(PROOF, "join", ", limit=min(n.limit, position + n.capacity))", ")"),
    Mutant(PROOF, "join", "pre: position >= n.claimed - n.capacity\n", "pre: position >= n.claimed - n.capacity - 1\n"),
    Mutant(PROOF, "nothing_unread_is_overwritten", "pre: t - s >= n.capacity\n", "pre: t - s >= n.capacity - 1\n"),
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.function}: {mutant.new}")
def test_a_wrong_function_is_refuted(mutant: Mutant, tmp_path: Path) -> None:
    source = (ROOT / mutant.file).read_text(encoding="utf-8")
    assert source.count(mutant.old) == 1
    path = tmp_path / "mutated.py"
    path.write_text(source.replace(mutant.old, mutant.new), encoding="utf-8")
    states = {state for state, _, _ in analyse(path, only=mutant.function, tries=1).states}
    assert states & {"POST_FAIL", "EXEC_ERR"}


def test_every_function_under_contract_has_a_mutant() -> None:
    for name in (SEQUENCE, DEADLINE, PROOF):
        source = (ROOT / name).read_text(encoding="utf-8")
        functions = {part.split("(")[0] for part in source.split("\ndef ")[1:] if "post:" in part}
        assert functions == {mutant.function for mutant in MUTANTS if mutant.file == name}


PLANTED = {
    "refuted": ("pre: n > 0\n    post: __return__ > n\n", "return n", "POST_FAIL"),
    "a precondition that nothing meets": ("pre: n > 0\n    pre: n < 0\n    post: __return__ == n\n", "return n", ""),
    "a condition that is no expression": ("pre: n > 0\n    post: __return__ ==\n", "return n", ""),
    "not decided": ("pre: n > 0\n    post: __return__ > 0\n", "return n | 1", "CANNOT_CONFIRM"),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_the_gate_fails_on_whatever_is_not_confirmed(kind: str, tmp_path: Path) -> None:
    contract, body, state = PLANTED[kind]
    path = tmp_path / "planted.py"
    path.write_text(
        f'def planted(n: int) -> int:\n    """Do it.\n\n    {contract}    """\n    {body}\n', encoding="utf-8"
    )
    verdicts = analyse(path, tries=1, condition_seconds=3)
    assert verdicts.problems
    assert not state or state in {found for found, _, _ in verdicts.states}


def test_the_gate_fails_on_contracts_that_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "nested.py"
    path.write_text(
        'def outer() -> None:\n    def inner(n: int) -> int:\n        """Do it.\n\n        post: True\n        """\n'
        "        return n\n",
        encoding="utf-8",
    )
    assert written(path) == 1
    assert analyse(path, tries=1).problems
