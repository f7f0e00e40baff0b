"""`python -m disruptor` against real rings: what it shows is what the ring says, and what it removes nobody has open."""

import io
import json
import os
import random
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from disruptor import Disruptor, InvalidValue, RingMismatch
from disruptor.__main__ import main
from disruptor._override import override
from disruptor.shared import _files, _inspect, _marks
from disruptor.shared._inspect import look
from disruptor.shared._layout import GATES, ClaimWord, GateWord, Header, State
from disruptor.shared._mapped import mapped_ring
from disruptor.shared._texts import lines_of, plain, plain_view
from disruptor.shared._views import Participant
from tests.limits import LIMIT
from tests.processes.owners import left_over, memory_of, owner, refused, run, said


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DISRUPTOR_DIR", str(tmp_path))
    return tmp_path


def store(name: str, word: int, *values: int) -> None:
    """Write words into the memory of a ring that nobody has open."""
    with memory_of(name).open("r+b") as file:
        file.seek(8 * word)
        file.write(b"".join((value & 2**64 - 1).to_bytes(8, "little") for value in values))


# --- inspect -----------------------------------------------------------------------------------------------------


def test_inspect_says_what_the_ring_says() -> None:
    with owner() as (told, process):
        shown = json.loads(said("inspect", told["name"], "--json"))
        for key in ("name", "capacity", "published", "claimed", "free"):
            assert shown[key] == told[key], key
        subscribers = [[one["name"], one["position"], one["lag"], one["after"]] for one in shown["subscribers"]]
        assert subscribers == told["subscribers"]
        me = {"number": 1, "alive": True, "process": process.pid}
        assert [one["owner"] for one in shown["subscribers"]] == [me, me]
        assert shown["claims"] == [{"first": 4, "last": 5, "owner": me}]
        assert shown["alive"] == [me]
        assert (shown["participants"], shown["phase"], shown["policy"], shown["kind"]) == (1, "open", "remove", "BYTES")
        assert (shown["bytes"], shown["slot_size"]) == (memory_of(told["name"]).stat().st_size, 264)
        assert shown["format"] == "pickle, protocol 5, at most 256 bytes"
        assert (shown["locked"], shown["locked_by"], shown["left_over"]) == (False, None, False)


def test_the_readme_shows_what_inspect_says() -> None:
    with owner() as (told, process):
        says = said("inspect", told["name"])
    says = says.replace(told["name"], "33c8a3be39ea3e9a").replace(f"process {process.pid}", "process 20930")
    readme = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")
    assert f"$ python -m disruptor inspect 33c8a3be39ea3e9a\n{says}```" in readme


def test_inspect_in_words() -> None:
    with owner() as (told, process):
        lines = said("inspect", told["name"]).splitlines()
        who = f"participant 1 (process {process.pid}), alive"
        assert lines[0] == f"ring {told['name']}: open"
        assert "  cursor        3 published, 6 claimed" in lines
        assert "  capacity      8 events, room for 1" in lines
        assert f"    4..5 held by {who}" in lines
        assert lines[-2:] == [
            f"    'parser' at 2, 1 behind: {who}",
            f"    'writer' at -1, 4 behind, after 'parser': {who}",
        ]


ASLEEP = """
ring = Disruptor(4, multiproc=True)
subscriber = ring.register_subscriber(name="asleep")
threading.Thread(target=lambda: list(subscriber), daemon=True).start()
while not ring._sequencer.news.sleepers.value:
    pass
tell(ring)
input()
ring.close()
tell(ring)
input()
"""


def test_inspect_shows_who_sleeps_and_that_a_ring_is_closed() -> None:
    with owner(ASLEEP) as (told, process):
        shown = json.loads(said("inspect", told["name"], "--json"))
        assert (shown["sleepers_for_news"], shown["sleepers_for_room"]) == (1, 0)
        assert shown["subscribers"][0]["reading"]
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        process.stdout.readline()
        assert said("inspect", told["name"]).startswith(f"ring {told['name']}: closed\n")


BROKEN = """
ring = Disruptor(4, multiproc=True)
first = ring.register_subscriber(name="first")
second = ring.register_subscriber(name="second", after=first)
ring.fail_subscriber(first, ValueError())
tell(ring)
input()
ring.start()
tell(ring)
input()
"""


def test_inspect_shows_that_a_ring_is_broken_and_by_whom() -> None:
    with owner(BROKEN) as (told, process):
        shown = json.loads(said("inspect", told["name"], "--json"))
        assert (shown["phase"], [one["failed"] for one in shown["subscribers"]]) == ("broken", [True, False])
        lines = said("inspect", told["name"]).splitlines()
        assert lines[0] == f"ring {told['name']}: broken"
        assert [line.endswith(", alive, failed") for line in lines[-2:]] == [True, False]
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        process.stdout.readline()
        shown = json.loads(said("inspect", told["name"], "--json"))
        assert (shown["phase"], [one["failed"] for one in shown["subscribers"]]) == ("open", [False, False])


def test_inspect_changes_nothing(folder: Path) -> None:
    with owner() as (told, _):
        ring = memory_of(told["name"]).parent
        before = {path.name: path.read_bytes() for path in ring.iterdir()}
        said("inspect", told["name"])
        said("list")
        assert {path.name: path.read_bytes() for path in ring.iterdir()} == before
        assert [*folder.iterdir()] == [ring]
        memory, _ = mapped_ring(ring, told["name"], reading=True)
        with pytest.raises(TypeError, match="read-only"):
            memory.words(0, 1)[0] = 1


HELD = """
ring = Disruptor(4, multiproc=True)
ring._sequencer.lock.acquire()
tell(ring)
os.kill(os.getpid(), 19)
"""


def test_inspect_does_not_wait_for_the_lock_of_a_stopped_process() -> None:
    with owner(HELD) as (told, process):
        assert os.WIFSTOPPED(os.waitpid(process.pid, os.WUNTRACED)[1])
        assert f"  lock          held by process {process.pid}\n" in said("inspect", told["name"])
        shown = json.loads(said("inspect", told["name"], "--json"))
        assert (shown["locked"], shown["locked_by"], shown["left_over"]) == (True, process.pid, False)


DEAD_OWNER = """
ring = Disruptor(4, multiproc=True)
subscriber = ring.register_subscriber(name="of the dead")
if os.fork() == 0:
    ring.publish("the child takes part")
    tell(ring)
    input()
else:
    os.kill(os.getpid(), 9)
"""


def test_the_dead_are_told_from_the_living() -> None:
    with owner(DEAD_OWNER) as (told, process):
        process.wait(LIMIT)
        shown = json.loads(said("inspect", told["name"], "--json"))
        assert shown["alive"] == [{"number": 2, "alive": True, "process": told["process"]}]
        assert shown["subscribers"][0]["owner"] == {"number": 1, "alive": False, "process": None}
        assert not shown["left_over"]
        assert " 0 behind" not in said("inspect", told["name"])
        assert "1 behind: participant 1, dead" in said("inspect", told["name"])
        assert "  1 of 2  dead " in said("list")
        assert f"open in process {told['process']}" in refused("remove", told["name"])
        os.kill(told["process"], signal.SIGKILL)


BUSY = """
ring = Disruptor(8, multiproc=True)
subscriber = ring.register_subscriber()
tell(ring)
number = 0
while True:
    with ring.claim(2) as claim:
        claim[0] = claim[1] = number
    ring.publish_many(range(number % 3))
    other = ring.register_subscriber(name=str(number)) if number % 2 else None
    with subscriber.read():
        number += 1
    if other is not None:
        other.close()
"""


def test_a_look_at_a_busy_ring_is_in_range() -> None:
    with owner(BUSY) as (told, _):
        first = view = look(told["name"])
        looks = claims = 0
        while looks < 1000 or view.published == first.published or not claims:
            view = look(told["name"])
            looks += 1
            claims += len(view.claims)
            assert view.published <= view.claimed <= view.published + 8
            assert 0 <= view.free <= 8
            for one in view.subscribers:
                assert one.position + one.lag == view.published
                assert one.owner.alive
            sequences = [sequence for claim in view.claims for sequence in (claim.first, claim.last)]
            assert sequences == sorted(sequences)
            assert all(sequence <= view.claimed for sequence in sequences)


class Moving(list[int]):
    """Words of a ring in which, whenever one is read, something is published and processed, and something else claimed."""

    @override
    def __getitem__(self, word: Any) -> Any:
        value = super().__getitem__(word)
        self[State.PUBLISHED] = super().__getitem__(State.CLAIMED)
        self[State.CLAIMED] = self[GATES + GateWord.POSITION] = super().__getitem__(State.PUBLISHED)
        self[State.CLAIMED] = super().__getitem__(State.CLAIMED) + 1
        return value


def test_a_torn_view_is_in_range() -> None:
    name = left_over("ring = Disruptor(8, multiproc=True)\nring.register_subscriber()\ntell(ring)\ninput()")
    folder = memory_of(name).parent
    memory, about = mapped_ring(folder, name, reading=True)
    still = memory.words(0, about.layout.voids)
    words = Moving(still[word] for word in range(len(still)))
    lock = _files.open_file(folder, "lock", _files.READING)
    view = _inspect._view(name, about, words, lock)
    os.close(lock)
    [one] = view.subscribers
    assert one.position < one.position + one.lag == view.published < view.claimed
    assert view.free == max(0, 8 - (view.claimed - one.position))


class Finishing(list[int]):
    """Words of a ring with the claim of 4 and 5, which is published while it is being looked at."""

    tag = 0

    @override
    def __getitem__(self, word: Any) -> Any:
        value = super().__getitem__(word)
        if word == self.tag:
            self[word] = 0
            self[State.PUBLISHED] = 5
        return value


def test_a_claim_that_is_finished_while_it_is_looked_at_is_none() -> None:
    name = left_over()
    memory, about = mapped_ring(memory_of(name).parent, name, reading=True)
    still = memory.words(0, about.layout.claims + about.layout.capacity * ClaimWord.SIZE)
    words = Finishing(still[word] for word in range(len(still)))
    assert [claim[:2] for claim in _inspect._claims(words, about.layout, 5)] == [(4, 5)]
    words.tag = about.layout.claims + 4 * ClaimWord.SIZE + ClaimWord.TAG
    assert [*_inspect._claims(words, about.layout, 5)] == []


def test_a_ring_of_ones_own_is_not_looked_at_from_outside() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    assert ring.name is not None
    with pytest.raises(InvalidValue, match="is open in this process"):
        look(ring.name)


@pytest.mark.parametrize("name", ["0" * 16, "../etc", "x"])
@pytest.mark.parametrize("command", [["inspect"], ["remove"], ["remove", "--force"], ["top", "--once"]])
def test_an_unknown_name_is_a_line(command: list[str], name: str) -> None:
    assert repr(name) in refused(*command, name)


@pytest.mark.parametrize(
    "arguments",
    [[], ["inspect"], ["remove"], ["remove", "--dead", "0" * 16], ["remove", "--dead", "--force"], ["top"], ["sing"]],
)
def test_wrong_arguments_are_status_2(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")


def test_where_there_are_no_record_locks(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("disruptor.__main__.find_spec", lambda name: None)
    assert main(["list"]) == 1
    assert capsys.readouterr().err.startswith("disruptor: there are no rings between processes here")


def test_it_may_be_interrupted_and_write_elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with redirect_stdout(io.StringIO()) as told:  # which has no encoding of its own
        assert main(["list"]) == 0
    assert told.getvalue() == f"no rings in {folder}\n"

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_inspect, "listed", interrupted)
    assert main(["list"]) == 130


def test_only_what_json_can_hold_is_told() -> None:
    with pytest.raises(TypeError, match=r"\{1\} has no form in JSON"):
        plain((Participant(1, True, None), [{1}]))


def test_who_is_hidden_is_not_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in another container: the system tells of the lock, and of no process. (Linux: the process is last.)"""
    with owner() as (told, _):
        hidden = struct.Struct(_marks._FLOCK)
        monkeypatch.setattr("disruptor.shared._marks.struct.unpack", lambda form, raw: (*hidden.unpack(raw)[:4], 0))
        view = look(told["name"])
        assert view.alive == (Participant(1, True, None),)
        assert "participant 1 (process ?), alive" in lines_of(view)[-1]
        assert not view.left_over


def test_whoever_reads_may_go() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "disruptor", "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(LIMIT) == 1


# --- forged ------------------------------------------------------------------------------------------------------


def forge(word: int, *values: int) -> Callable[[str], None]:
    return lambda name: store(name, word, *values)


def cleared(name: str) -> Path:
    memory_of(name).unlink()
    return memory_of(name)


@pytest.mark.parametrize(
    ("damage", "text"),
    [
        (lambda name: os.truncate(memory_of(name), 0), "has 0 bytes"),
        (lambda name: os.truncate(memory_of(name), 100), "has 100 bytes"),
        (lambda name: os.truncate(memory_of(name), 4096), "size in bytes is 4096"),
        (lambda name: memory_of(name).write_bytes(b"x" * 8192), "mark"),
        (lambda name: memory_of(name).chmod(0o644), "this user alone"),
        (lambda name: memory_of(name).unlink(), "no ring"),
        (lambda name: (memory_of(name).parent / "lock").unlink(), "no ring"),
        (lambda name: os.mkfifo(cleared(name), 0o600), "not a file"),
        (lambda name: cleared(name).symlink_to("/dev/zero"), "not a file"),
        (forge(Header.VERSION, 99), "layout version is 99, not 3"),
        (forge(Header.CAPACITY, 3), "capacity is 3"),
        (forge(Header.CAPACITY, 2**30), "size in bytes is 7808"),
        (forge(Header.MAX_SUBSCRIBERS, 63), "subscribers is 63, not in 1..62"),
        (forge(Header.MAX_WAITERS, -1), "waiters is -1"),
        (forge(Header.SLOT_SIZE, 12), "slot size is 12"),
        (forge(Header.KIND, 4), "kind of events is 4, not in 0..3"),
        (forge(Header.POLICY, 2), "policy is 2, not in 0..1"),
        (forge(State.PHASE, -1), "phase is -1, not in 0..2"),
        (forge(State.PUBLISHED, 7), "published up to 7, and claimed up to 6"),
        (forge(State.PUBLISHED, -2), "published up to -2"),
    ],
)
def test_what_is_no_ring_is_a_line(
    damage: Callable[[str], None], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name = left_over()
    damage(name)
    assert main(["inspect", name]) == 1
    shown = capsys.readouterr()
    [line] = shown.err.splitlines()
    assert (shown.out, text in line) == ("", True)
    assert main(["list"]) == 0
    assert text in capsys.readouterr().out
    assert main(["list", "--json"]) == 0
    [found] = json.loads(capsys.readouterr().out)
    assert found["ring"] is None
    assert text in found["error"]


def test_nothing_in_the_tables_makes_it_fail() -> None:
    name = left_over()
    whole = memory_of(name).read_bytes()
    chance = random.Random(1)
    numbers = (0, 1, -1, 5, 9, 10, 17, 21, 2**62, -(2**63), 4711)
    for published, claimed in 50 * [(-1, -1), (3, 6), (3, 2**62)]:
        memory_of(name).write_bytes(whole)
        store(name, State.CLAIMED, *(chance.choice(numbers) for _ in range(len(whole) // 8 - State.CLAIMED)))
        store(name, State.PUBLISHED, published)
        store(name, State.CLAIMED, claimed)
        store(name, State.PHASE, 2)
        view = look(name)
        assert len(lines_of(view)) >= len(view.claims) + len(view.subscribers)
        assert json.dumps(plain_view(view))
        assert 0 <= view.free <= 8
        assert all(one.lag >= 0 for one in view.subscribers)


def test_a_claim_that_leads_back_does_not_lead_round() -> None:
    name = left_over()
    assert [(claim.first, claim.last, claim.owner.alive) for claim in look(name).claims] == [(4, 5, False)]
    _, about = mapped_ring(memory_of(name).parent, name, reading=True)
    store(name, about.layout.claims + 4 * ClaimWord.SIZE + ClaimWord.LAST, 3)
    assert look(name).claims == ()


def test_a_name_cannot_move_the_cursor() -> None:
    with owner(
        "ring = Disruptor(4, multiproc=True)\nring.register_subscriber(name='\\x1b[2J\\n[red]')\ntell(ring)\ninput()"
    ) as (
        told,
        _,
    ):
        for command in (["inspect"], ["top", "--once", "--interval", "0.01"]):
            shown = said(*command, told["name"])
            assert "\x1b" not in shown
            assert r"'\x1b[2J\n[red]'" in shown


# --- list --------------------------------------------------------------------------------------------------------


def test_list_shows_which_are_left_over(folder: Path) -> None:
    assert said("list") == f"no rings in {folder}\n"
    assert json.loads(said("list", "--json")) == []
    with owner() as (told, process):
        dead = left_over("ring = Disruptor(2, multiproc=True, slot_size=8)\ntell(ring)\ninput()")
        rings = {found["name"]: found for found in json.loads(said("list", "--json"))}
        assert {name: found["left_over"] for name, found in rings.items()} == {told["name"]: False, dead: True}
        assert rings[told["name"]]["ring"] == json.loads(said("inspect", told["name"], "--json"))
        assert rings[dead]["ring"]["bytes"] == memory_of(dead).stat().st_size
        heading, *lines = said("list").splitlines()
        assert heading.split() == ["NAME", "CAPACITY", "BYTES", "ALIVE", "OWNER", "EVENTS"]
        rows = {line.split()[0]: line.split()[1:] for line in lines}
        assert rows[told["name"]][:7] == ["8", "7808", "1", "of", "1", "process", f"{process.pid}"]
        assert rows[dead][3:6] == ["over", "dead", "'pickle,"]


# --- remove ------------------------------------------------------------------------------------------------------


def test_a_left_over_ring_is_removed() -> None:
    name = left_over()
    assert said("remove", name) == f"removed {name}: it was left over\n"
    assert not _files.folder_of(name).exists()
    assert name in refused("remove", name)


def test_a_ring_in_use_is_not_removed_unless_one_insists() -> None:
    with owner() as (told, process):
        complaint = refused("remove", told["name"])
        assert f"ring {told['name']!r} is open in process {process.pid}: " in complaint
        assert memory_of(told["name"]).exists()
        assert said("remove", "--dead").startswith("nothing is left over in ")
        assert said("remove", told["name"], "--force") == f"removed {told['name']}\n"
        assert not _files.folder_of(told["name"]).exists()


def test_all_dead_ones_are_removed(folder: Path) -> None:
    first = left_over()
    assert _files.folder_of(first).exists()
    kept = _files.folder_of(first).rename(folder / "kept")  # the next ring would remove it
    with owner() as (told, _):
        kept.rename(_files.folder_of(first))
        unfinished = _files.unfinished(_files.folder_of("a" * 16))
        unfinished.mkdir(0o700)
        (unfinished / "lock").touch(0o600)
        lines = sorted([f"removed {first}: it was left over", f"removed {'a' * 16}.new: it was left over"])
        assert said("remove", "--dead").splitlines() == lines
        assert [path.name for path in folder.iterdir()] == [_files.folder_of(told["name"]).name]


def test_what_cannot_be_judged_is_removed_only_if_one_insists() -> None:
    name = left_over()
    (memory_of(name).parent / "lock").unlink()
    assert "no ring" in refused("remove", name)
    assert said("remove", name, "--force") == f"removed {name}\n"


def test_what_cannot_be_removed_is_told(folder: Path) -> None:
    name = left_over()
    elsewhere = _files.folder_of(name).rename(folder / "elsewhere")
    _files.folder_of(name).symlink_to(elsewhere)
    assert "is not a directory of this user alone" in refused("remove", name)
    assert "cannot be removed" in refused("remove", name, "--force")
    assert (elsewhere / "memory").exists()
    with pytest.raises(RingMismatch):
        look(name)
