"""Are lines that are no history refused with their number and what was expected; does the command line tell the verdict?"""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from model.__main__ import main
from model.actions import ACTIONS
from model.events import BadHistory, Due, Rest, Shown, text
from model.history import History
from model.lines import FIELDS, read, write
from model.oracle import View
from model.replay import happen
from model.state import ring
from tests.limits import LIMIT

GOOD = ['{"task": "P", "call": "publish", "events": ["a"]}', '{"task": "P", "returns": "ok", "sequences": [0]}']
BAD = [GOOD[0], '{"task": "P", "returns": "ok", "sequences": [7]}']


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2: expected one JSON object a line"),
        ("[]", "line 2: expected a JSON object, as in"),
        ("{}", "line 2: expected exactly one of 'call', 'returns'.*has none of them"),
        ('{"call": "get", "returns": "ok"}', "has 'call' and 'returns'"),
        ('{"task": "P", "call": "put"}', r"expected a verb \(publish, .*\), not 'put'"),
        ('{"task": "P", "call": "get"}', "expected 'sequence' as well"),
        ('{"task": "P", "call": "get", "sequence": -1}', "expected a whole number from 0 on as 'sequence', not -1"),
        ('{"task": "P", "call": "get", "sequence": true}', "expected a whole number from 0 on as 'sequence', not True"),
        ('{"task": "P", "call": "get", "sequence": 0, "timed": true}', "expected only .*, not 'timed'"),
        ('{"call": "close"}', "expected 'task' as well"),
        ('{"task": 3, "call": "close"}', "expected a word as 'task', not 3"),
        ('{"task": "P", "call": "publish", "events": "a"}', "expected a list as 'events', not 'a'"),
        ('{"task": "P", "call": "publish", "events": []}', "expected a list of one as 'events'"),
        ('{"task": "P", "call": "publish", "events": [{}]}', "as an event, not {}"),
        ('{"task": "P", "call": "claim", "n": 0}', "expected a whole number from 1 on as 'n', not 0"),
        ('{"task": "P", "call": "read", "name": "S", "timed": 1}', "expected true or false as 'timed', not 1"),
        ('{"task": "P", "call": "register_subscriber", "name": "S", "after": "T"}', "a list of words as 'after'"),
        ('{"task": "P", "call": "register_subscriber", "name": "S", "sequence": "last"}', "as 'sequence', not 'last'"),
        ('{"task": "P", "returns": "ok", "sequences": [-1]}', "as 'sequences', not"),
        ('{"task": "P", "due": false}', "expected true as 'due', not False"),
        ('{"rest": 3}', "expected an object as 'rest'"),
        ('{"shown": {"phase": "shut"}}', "expected one of open, closed, halted as 'phase', not 'shut'"),
        ('{"shown": {"positions": 3}}', "expected an object from names to sequences"),
        ('{"task": "Q", "returns": "ok"}', "line 2: task 'Q' has no open call"),
    ],
)
def test_a_bad_line_is_refused(line: str, message: str) -> None:
    with pytest.raises(BadHistory, match=message):
        History.read([GOOD[0], line])


def test_lines_are_counted_as_they_stand_in_the_file() -> None:
    with pytest.raises(BadHistory, match="line 4: "):
        History.read([GOOD[0], "", " ", "no"])


def test_every_verb_can_be_written() -> None:
    assert set(FIELDS) == set(ACTIONS)


def run(lines: list[str], folder: Path, *options: str) -> int:
    path = folder / "history.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return main(["history", str(path), "--capacity", "2", *options])


def test_the_exit_status_tells_the_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(GOOD, tmp_path) == 0
    assert capsys.readouterr().out.startswith("linearizable: 2 events")
    assert run(BAD, tmp_path, "--svg", str(tmp_path / "picture.svg")) == 1
    assert capsys.readouterr().out == (
        "not linearizable: 'P' cannot return 'ok 7' from publish(a); a correct ring returns 'ok 0'\n"
        "step  P\n"
        "   1  publish(a)\n"
        "   2  -> ok 7   <- no correct ring does this\n"
    )
    assert "no correct ring does this" in (tmp_path / "picture.svg").read_text(encoding="utf-8")
    assert run(["nothing"], tmp_path) == 2
    assert "line 1: expected one JSON object a line" in capsys.readouterr().err
    assert run(GOOD, tmp_path, "--budget", "1") == 3
    assert capsys.readouterr().out.startswith("undecided: no order was found within 1 states")


def test_a_long_history_that_is_right_is_not_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(GOOD, tmp_path, "--rows", "1") == 0
    assert capsys.readouterr().out.splitlines() == ["linearizable: 2 events, 5 states looked at"]


def test_nothing_is_a_history(tmp_path: Path) -> None:
    assert run([], tmp_path) == 0


def test_every_kind_of_line_is_written_as_it_is_read() -> None:
    lines = [
        '{"task": "P", "call": "register_subscriber", "name": "S", "after": ["T"], "sequence": "latest"}',
        '{"task": "P", "due": true}',
        '{"task": "P", "returns": "ok", "sequences": [0], "events": [["a", 1]]}',
        '{"task": "P", "call": "claim", "n": 2}',
        '{"task": "P", "interrupted": true}',
        '{"task": "Q", "crashed": true}',
        '{"shown": {"claimed": 1, "phase": "closed", "positions": {"S": 0}}}',
        '{"rest": {"published": 1}}',
    ]
    events = [read(line) for line in lines]
    assert [read(write(event)) for event in events] == events
    assert [text(event) for event in events] == [
        "register_subscriber(S, latest, after T)",
        "time is over",
        "-> ok 0 ('a', 1)",
        "claim(2)",
        "-> interrupted",
        "crashed",
        "shows claimed 1 closed S at 0",
        "at rest published 1",
    ]


def test_a_move_is_legal_only_if_its_call_is_open() -> None:
    assert [*happen(ring(1), [Due("P")], 0, ACTIONS)] == []
    assert [*happen(ring(1), [Shown(View(claimed=-1))], 0, ACTIONS)] == [ring(1)]
    assert [*happen(ring(1), [Shown(View(claimed=3))], 0, ACTIONS)] == []
    assert [*happen(ring(1), [Rest(View(claimed=3))], 0, ACTIONS)] == []


@pytest.mark.parametrize(
    ("module", "told"), [(["model", "history", "-", "--capacity", "2"], "linearizable: "), (["model.table"], "| verb")]
)
def test_the_command_line_is_a_program(module: list[str], told: str) -> None:
    command = [sys.executable, "-m", *module]
    done = subprocess.run(command, input="\n".join(GOOD), capture_output=True, text=True, timeout=LIMIT, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(told)


def test_other_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", str(tmp_path / "none.jsonl"), "--capacity", "2"]) == 2
    assert main(["history", str(tmp_path), "--capacity", "2"]) == 2
    assert run(GOOD, tmp_path, "--capacity", "0") == 2
    assert "a capacity is at least 1, not 0" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["history", "x"])
    assert ended.value.code == 2


def test_standard_input_and_the_order(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(GOOD)))
    assert main(["history", "-", "--capacity", "2", "--order"]) == 0
    assert capsys.readouterr().out.endswith("   1  P: publish(a) -> ok 0\n")
