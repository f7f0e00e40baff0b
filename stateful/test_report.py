"""The report of the evidence: nothing is shown as passed that did not run and pass, and both pages say the same."""

import json
import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from disruptor._override import override
from model.promises import ALWAYS, PARTNERS
from stateful.__main__ import main
from stateful.report import _command
from stateful.report._checks import CHECKS
from stateful.report._evidence import (
    FULL,
    IDS,
    QUICK,
    Check,
    Evidence,
    Extent,
    Picture,
    Reach,
    Table,
    dumps,
    loads,
    spread,
)
from stateful.report._gather import ROOT, Finding, digest, gather, gathered, without_paths
from stateful.report._html import html
from stateful.report._markdown import markdown
from stateful.report._page import Matrix, cell, matrix, page
from stateful.report._words import LEGEND, LIMITS, NOT_RUN, SILENT

VOID = {"meta", "br", "img", "link", "hr", "input"}
TINY = Extent("tiny", 200, 1, 1, 40, 1, 3, 1, 1, 2, 5, 1, 1)

PASSED = Evidence(
    Reach.COMPLETE,
    {"S1": "12 states", "L1": "none of it speaks of this"},
    12,
    "states",
    "3 of 4 rings.",
    tables=(Table("Rings", ("ring", "states"), (("a|b", "1,234"), ("<i>", "5"))),),
    pictures=(Picture("A run", "", "P  Q\n1  |"), Picture("A graph", '<svg viewBox="0 0 9 9"></svg>')),
    seconds=1.5,
)
FAILED = PASSED._replace(problems=(("S2", "two readers were shown <nothing>"),))
ABOUT = {"made on": "a day", "Python": "3.x"}


def check(key: str, gather: Callable[[Extent], Evidence | None]) -> Check:
    return Check(key, f"check {key}", "It looks.", f"run {key}", gather)


def finding(key: str, evidence: Evidence | None) -> Finding:
    return Finding(check(key, lambda _: evidence), evidence)


class Balanced(HTMLParser):
    """Notes the tags that are open, the anchors, and everything that would be loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.anchors: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.text: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.anchors.append(value or "")
            elif name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in ("src", "href", "xlink:href", "action", "data"):
                self.loads.append(value or "")
        assert tag != "script"

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    @override
    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parsed(text: str) -> Balanced:
    parser = Balanced()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    return parser


FINDINGS = [finding("one", PASSED), finding("two", FAILED), finding("three", None)]


# --- cells -----------------------------------------------------------------------------------------------------


def test_every_promise_and_every_check_have_a_cell() -> None:
    found = matrix([Finding(check, None) for check in CHECKS])
    assert [row for row, _ in found.rows] == [*IDS]
    assert len(IDS) == len(ALWAYS) == len(PARTNERS)
    assert all(len(cells) == len(CHECKS) for _, cells in found.rows)
    assert {cell.state for _, cells in found.rows for cell in cells} == {NOT_RUN}


@pytest.mark.parametrize(
    ("promise", "evidence", "state"),
    [
        ("S1", PASSED, Reach.COMPLETE.value),
        ("S2", PASSED, SILENT),
        ("L1", PASSED, SILENT),
        ("S1", None, NOT_RUN),
        ("S2", FAILED, "failed"),
        ("S1", FAILED, Reach.COMPLETE.value),
        ("S1", FAILED._replace(problems=(("", "all of it"),)), "failed"),
        ("S3", FAILED._replace(problems=(("", "all of it"),)), "failed"),
    ],
)
def test_the_state_of_a_cell(promise: str, evidence: Evidence | None, state: str) -> None:
    assert cell(promise, evidence).state == state


def test_checks_have_names_of_their_own_and_commands() -> None:
    assert len({check.key for check in CHECKS}) == len(CHECKS)
    assert all(check.command and check.what.endswith(".") for check in CHECKS)


def test_every_word_for_how_far_is_explained() -> None:
    assert {reach.value for reach in Reach} | {NOT_RUN, "failed"} == {*LEGEND}
    assert {"Granularity", "Bounds", "C code below the seam", "Memory models"} <= {name for name, _ in LIMITS}


# --- pages -----------------------------------------------------------------------------------------------------


def test_the_page_is_whole_and_loads_nothing() -> None:
    text = html(page(FINDINGS, ABOUT))
    parser = parsed(text)
    assert {link.removeprefix("#") for link in parser.links} <= {*parser.anchors}
    assert len(parser.anchors) == len({*parser.anchors})
    assert {*IDS, "one", "two", "three", "matrix", "limits"} <= {*parser.anchors}
    assert all(load.startswith("data:") for load in parser.loads)
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", text)
    assert "url(" not in text
    assert "<i>" not in text, "what is data is escaped"


def test_what_failed_and_what_was_not_run_says_so_on_both_pages() -> None:
    blocks = page(FINDINGS, ABOUT)
    for text in (html(blocks), markdown(blocks)):
        assert "1 of 3 checks ran and passed, 1 failed." in text
        assert "Not run in this report: check three." in text
        assert "FAILED S2: two readers were shown" in text
        assert "3 of 4 rings." in text


def test_both_pages_have_the_same_numbers() -> None:
    blocks = page(FINDINGS, ABOUT)
    [numbers] = [block for block in blocks if isinstance(block, Matrix)]
    shown, written = " ".join(parsed(html(blocks)).text), markdown(blocks)
    for _, cells in numbers.rows:
        for one in cells:
            assert one.text in shown
            assert one.text in written
    for number in re.findall(r"\d[\d,.]*\d", written):
        assert number in shown


def test_markdown_tables_are_not_broken_by_what_is_in_them() -> None:
    [line] = [line for line in markdown(page(FINDINGS[:1], ABOUT)).splitlines() if "1,234" in line]
    assert r"a\|b" in line


# --- gathering -------------------------------------------------------------------------------------------------


def test_what_has_passed_is_kept_and_what_has_not_is_run_again(tmp_path: Path) -> None:
    ran: list[str] = []

    def counting(key: str, evidence: Evidence | None) -> Check:
        def run(extent: Extent) -> Evidence | None:
            ran.append(key)
            return evidence

        return check(key, run)

    checks = [counting("one", PASSED), counting("two", FAILED), counting("three", None)]
    kept, said = tmp_path / "kept.json", list[str]()
    first = gather(checks, QUICK, kept=kept, tell=said.append)
    again = gather(checks, QUICK, kept=kept, tell=said.append)
    assert ran == ["one", "two", "three", "two", "three"]
    assert first[0].evidence == again[0].evidence
    assert said[:3] == [
        f"check one: passed, 12 states, {first[0].evidence.seconds:.1f} s" if first[0].evidence else "",
        "check two: 1 problems, 12 states, 0.0 s",
        "check three: not run",
    ]
    gather(checks[:1], FULL, kept=kept, tell=said.append)
    assert ran[-1] == "one", "another extent is another report"
    kept.write_text(json.dumps({f"{digest()} {FULL}": {"one": "{}"}}), encoding="utf-8")
    gather(checks[:1], FULL, kept=kept, tell=said.append)
    kept.write_text("not JSON", encoding="utf-8")
    gather(checks[:1], FULL, kept=kept, tell=said.append)
    assert ran[-2:] == ["one", "one"]


def test_evidence_goes_through_a_file_and_back() -> None:
    assert loads(dumps(FAILED)) == FAILED


def test_a_check_that_raises_has_failed_and_shows_no_path() -> None:
    def breaks(extent: Extent) -> Evidence | None:
        raise RuntimeError(f"in {ROOT}/somewhere")

    evidence = gathered(check("one", breaks), QUICK)
    assert evidence is not None
    assert evidence.problems == (("", "RuntimeError: in .../somewhere"),)
    assert cell("S1", evidence).state == "failed"
    assert without_paths(f"{ROOT}") == "..."


def test_a_part_is_picked_evenly() -> None:
    assert spread(tuple(range(10)), 5) == (0, 2, 4, 6, 8)
    assert spread((1, 2), None) == spread((1, 2), 7) == (1, 2)
    assert spread((1, 2), 0) == ()


# --- the command -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("evidence", "status"), [(PASSED, 0), (None, 0), (FAILED, 1)])
def test_the_exit_status_is_1_only_if_something_failed(evidence: Evidence | None, status: int, tmp_path: Path) -> None:
    checks = [check("one", lambda _: evidence)]
    out, beside = tmp_path / "out.html", tmp_path / "out.md"
    assert _command.make(checks, QUICK, out, beside, tmp_path / "kept.json") == status
    parsed(out.read_text(encoding="utf-8"))
    assert "## Promises and checks" in beside.read_text(encoding="utf-8")


def test_a_very_small_report_of_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_command, "QUICK", TINY)
    monkeypatch.setattr("stateful.explored.RESULTS", tmp_path / "results.jsonl")
    out, beside = tmp_path / "evidence.html", tmp_path / "evidence.md"
    options = ["--out", str(out), "--markdown", str(beside), "--kept", str(tmp_path / "kept.json")]
    assert main(["report", "--quick", *options]) == 0
    text = out.read_text(encoding="utf-8")
    parsed(text)
    for place in {str(ROOT), str(Path.home())} - {"/"}:
        assert place not in text
        assert place not in beside.read_text(encoding="utf-8")
    for one in CHECKS:
        assert escape(one.title) in text
    assert "What this cannot find" in text


def test_a_command_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "report" in capsys.readouterr().err
