"""The page as blocks, which `_html` and `_markdown` write: so both say the same.

Rule 1: every promise has a row and every check has a column; where they meet there is always a cell.
Rule 2: a cell is in one state: failed, proved, explored, sampled, silent, or not run. Failed wins over all others.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from model.promises import ALWAYS, PARTNERS
from stateful.report._evidence import IDS, Evidence, Picture, Table, promise_id
from stateful.report._gather import Finding
from stateful.report._words import LEGEND, LIMITS, NOT_RUN, SILENT


class Heading(NamedTuple):
    """A heading, where links lead to."""

    level: int
    text: str
    anchor: str


class Text(NamedTuple):
    """A paragraph; with a state, one that stands out."""

    text: str
    state: str = ""


class Cell(NamedTuple):
    """A cell of the matrix."""

    text: str
    state: str
    """The value of a `Reach`, "failed", `NOT_RUN` or `SILENT`."""


class Matrix(NamedTuple):
    """Promises and checks."""

    caption: str
    head: tuple[tuple[str, str], ...]
    """Title and anchor."""
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    """Promise, and a cell for each check."""


Block = Heading | Text | Table | Picture | Matrix


def cell(promise: str, evidence: Evidence | None) -> Cell:
    """Return what a check says of a promise."""
    if evidence is None:
        return Cell(NOT_RUN, NOT_RUN)
    said = evidence.cells.get(promise, SILENT)
    if any(of in ("", promise) for of, _ in evidence.problems):
        return Cell("FAILED" + (f": {said}" if promise in evidence.cells else ""), "failed")
    return Cell(said, evidence.reach.value if any(letter.isdigit() for letter in said) else SILENT)


def matrix(found: Sequence[Finding]) -> Matrix:
    """Return the matrix of promises and checks."""
    head = tuple((finding.check.title, finding.check.key) for finding in found)
    rows = tuple((promise, tuple(cell(promise, finding.evidence) for finding in found)) for promise in IDS)
    return Matrix("Promises and checks: how far each promise is known, and by how much", head, rows)


def page(found: Sequence[Finding], about: Mapping[str, str], title: str = "Evidence") -> list[Block]:
    """Return the page; `about` holds date, versions and the like."""
    failed = [finding for finding in found if finding.evidence is not None and finding.evidence.problems]
    idle = [finding.check.title for finding in found if finding.evidence is None]
    parts = [finding.check.title for finding in found if finding.evidence is not None and finding.evidence.omitted]
    verdict = f"{len(found) - len(idle) - len(failed)} of {len(found)} checks ran and passed, {len(failed)} failed."
    if idle:
        verdict += f" Not run in this report: {', '.join(idle)}."
    if parts:
        verdict += f" Not the whole of it: {', '.join(parts)}; each says below what it left out."
    blocks: list[Block] = [
        Heading(1, title, "top"),
        Text("What is known of the promises of this ring, how it is known, and how far that goes."),
        Text(verdict, "failed" if failed else "passed"),
        Table("This report", ("", ""), tuple(about.items())),
        Heading(2, "Promises and checks", "matrix"),
        matrix(found),
        Table("What the words mean", ("", "it means", "it does not mean"), tuple((k, *v) for k, v in LEGEND.items())),
        _summary(found),
        Heading(2, "The promises", "promises"),
    ]
    for promise in ALWAYS:
        name = promise_id(promise)
        said = " ".join((promise.__doc__ or "").split()).partition(": ")[2]
        tested = " ".join((PARTNERS[promise].__doc__ or "").split())
        blocks += [
            Heading(3, name, name),
            Text(said[:1].upper() + said[1:]),
            Text(f"Put to the test where: {tested[:1].lower()}{tested[1:]}"),
            Text("Known by: " + "; ".join(known(name, found)) + "."),
        ]
    blocks.append(Heading(2, "The checks", "checks"))
    for finding in found:
        blocks += section(finding)
    blocks.append(Heading(2, "What this cannot find", "limits"))
    blocks.append(Table("What none of the checks can find", ("limit", "why"), LIMITS))
    return blocks


def known(promise: str, found: Sequence[Finding]) -> list[str]:
    """Return what the checks say of a promise, those that do not speak of it left out."""
    said = []
    for check, evidence in found:
        here = cell(promise, evidence)
        if here.state == SILENT:
            continue
        reach = "" if here.state in ("failed", NOT_RUN) else f" ({here.state})"
        said.append(f"{check.title}, {here.text}{reach}")
    return said or ["nothing"]


def section(finding: Finding) -> list[Block]:
    """Return what is to be said of one check."""
    check, evidence = finding
    blocks: list[Block] = [Heading(3, check.title, check.key), Text(check.what)]
    if evidence is None:
        return [*blocks, Text(f"{NOT_RUN.capitalize()}. To run it alone: `{check.command}`", NOT_RUN)]
    blocks.append(
        Text(
            f"{evidence.reach.value.capitalize()}: {evidence.total:,} {evidence.unit}, {evidence.seconds:.1f} seconds. "
            f"To run it alone: `{check.command}`"
        )
    )
    blocks += [Text(f"FAILED {of}: {text}".replace(" :", ":"), "failed") for of, text in evidence.problems]
    if evidence.omitted:
        blocks.append(Text(f"Left out: {evidence.omitted}", NOT_RUN))
    return [*blocks, *evidence.tables, *evidence.pictures]


def _summary(found: Sequence[Finding]) -> Table:
    rows = []
    for check, evidence in found:
        if evidence is None:
            rows.append((check.title, NOT_RUN, "", "", "all of it", "", check.command))
            continue
        state = "FAILED" if evidence.problems else "passed"
        count = f"{evidence.total:,} {evidence.unit}"
        omitted = evidence.omitted or "nothing"
        seconds = f"{evidence.seconds:.1f}"
        rows.append((check.title, state, evidence.reach.value, count, omitted, seconds, check.command))
    head = ("check", "outcome", "how far", "count", "left out", "seconds", "command")
    return Table("The checks of this report", head, tuple(rows))
