"""Do rings of others pass if they are sound, and is it found what is wrong with the others, as the docs say?"""

import queue
import re
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest

from disruptor._override import override
from disruptor._sync import THREADS, Runtime
from model import calls
from stateful.adapters import condition_ring, stdlib_queue
from stateful.adapters._protocol import Make, Ring
from stateful.adapters._rebound import rebound
from stateful.failure import check
from stateful.foreign import (
    DOCS,
    EARLIER,
    FINDINGS,
    PIECES,
    PROGRAM,
    SOUND,
    Finding,
    Foreign,
    judge,
    load,
    picture,
)
from stateful.pieces import pieces
from stateful.programs import BY_VALUE
from stateful.scheduler import Failed, Granularity
from stateful.test_ring_under_test import FEW, asked

ROOT = Path(__file__).parent.parent
PAGE = DOCS.read_text(encoding="utf-8")

# What each sound ring must have been asked for, at least: a ring that refuses everything passes everything.
ASKED = {
    "stateful.adapters.condition_ring:make": {
        "publish x read",
        "batches of producers",
        "leave x waiting producer",
        "two time-outs and one wake-up",
        "close x waiting producers, and nobody reads",
        "publish x wait for it",
    },
    "stateful.adapters.stdlib_queue:make": {
        "publish x read",
        "publish x publish x read",
        "two time-outs and one wake-up",
        "tries on a full ring",
        "read that fails",
    },
    "examples.own_ring:make": {"publish x read", "join x publish"},
}


@pytest.mark.parametrize("foreign", SOUND, ids=lambda foreign: foreign.ring)
def test_a_sound_ring_passes_what_it_is_asked(foreign: Foreign) -> None:
    make = load(foreign.ring)
    verdicts = {program.name: judge(program, make, 300) for program in BY_VALUE}
    assert [name for name, verdict in verdicts.items() if verdict == "fails"] == []
    assert {name for name in ASKED[foreign.ring] if verdicts[name] != "passes"} == set()


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.title)
def test_what_is_wrong_is_found_and_drawn_in_the_docs(finding: Finding) -> None:
    assert f"```text\n{picture(finding)}\n```" in PAGE


def test_the_first_python_disruptor_loses_a_wake_up_between_test_and_wait() -> None:
    [finding] = [f for f in FINDINGS if f.ring == EARLIER.ring and f.title == "A wake-up that is lost"]
    found = check(PROGRAM["publish x wait for it"], load(EARLIER.ring), preemptions=1, granularity=Granularity.CELLS)
    assert found.failed is not None
    assert finding.says in str(found.failed)
    # With no pre-emption, and at locks only, there is no schedule that shows it: the fault lies between two of its steps.
    for granularity, preemptions in ((Granularity.CELLS, 0), (Granularity.LOCKS, 1)):
        sound = check(
            PROGRAM["publish x wait for it"], load(EARLIER.ring), preemptions=preemptions, granularity=granularity
        )
        assert sound.failed is None
        assert sound.complete


def test_a_finding_that_is_not_there_any_more_is_an_error() -> None:
    gone = FINDINGS[0]._replace(ring="stateful.adapters.condition_ring:make")
    with pytest.raises(LookupError, match="finds nothing any more"):
        picture(gone)
    with pytest.raises(LookupError, match="finds something else"):
        picture(FINDINGS[0]._replace(says="nothing of the kind"))


@pytest.mark.parametrize("name", PIECES)
def test_the_docs_have_what_is_made_for_them(name: str) -> None:
    assert pieces(PAGE)[name] == PIECES[name]()


def test_the_replay_in_the_docs_prints_the_picture(capsys: pytest.CaptureFixture[str]) -> None:
    [block] = re.findall(r" {3}```python\n(.*?) {3}```", PAGE, flags=re.DOTALL)
    exec(compile(re.sub("(?m)^ {3}", "", block), "foreign-rings.md", "exec"), {})
    [finding] = [finding for finding in FINDINGS if finding.title == "A wake-up that is lost"]
    assert capsys.readouterr().out == picture(finding) + "\n"


def test_files_that_the_page_names_are_there() -> None:
    for name in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / name).exists(), name


def test_the_option_takes_a_ring_and_keeps_only_its_tests() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "stateful", f"--ring={EARLIER.ring}", "-k", "wait"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1, done.stdout
    [finding] = [finding for finding in FINDINGS if finding.title == "A wake-up that is lost"]
    for line in picture(finding).splitlines():
        assert line in done.stdout
    assert "test_scheduler" not in done.stdout


# --- the queue -----------------------------------------------------------------------------------------------


def test_the_queue_is_cpythons_own_code() -> None:
    ours = rebound(queue.Queue, THREADS)
    for name in ("__init__", "put", "get"):
        assert getattr(ours, name).__code__ is getattr(queue.Queue, name).__code__


def test_a_class_with_closures_cannot_be_taken_over() -> None:
    class Base(threading.Thread):
        @override
        def __init__(self) -> None:
            super().__init__()

    with pytest.raises(TypeError, match=r"Base\.__init__ has a closure"):
        rebound(Base, THREADS)


def deaf(capacity: int, runtime: Runtime) -> Ring:
    """Make a queue that wakes no producer."""
    ring = stdlib_queue.make(capacity, runtime)
    vars(vars(ring.queue)["not_full"])["notify"] = lambda: None
    return ring


def roomy(capacity: int, runtime: Runtime) -> Ring:
    """Make a queue of twice the capacity."""
    return stdlib_queue.make(2 * capacity, runtime)


@pytest.mark.parametrize(
    ("make", "program", "says"),
    [
        (deaf, "publish x read", "a correct ring would go on with P: publish(b)"),
        (roomy, "publish x read", "a correct ring shows"),
    ],
)
def test_a_queue_that_is_broken_is_found(make: Make, program: str, says: str) -> None:
    found = check(PROGRAM[program], make, preemptions=1, granularity=Granularity.LOCKS, max_schedules=300)
    assert found.failed is not None
    assert says in str(found.failed)


def test_a_queue_declares_what_it_cannot_do() -> None:
    ring = stdlib_queue.make(2, THREADS)
    assert not ring.can(calls.publish("a")), "without its subscriber, a queue would keep events for nobody"
    assert ring.can(calls.register_subscriber("S"))
    ring.perform(calls.register_subscriber("S"), None)
    assert ring.can(calls.publish("a"))
    for call in (
        calls.register_subscriber("T"),
        calls.claim(),
        calls.publish_many("a", "b"),
        calls.get(0),
        calls.close(),
    ):
        assert not ring.can(call)


WAKES = "self.changed.notify_all()"
REFERENCE = Path(condition_ring.__file__).read_text(encoding="utf-8").split(WAKES)


@pytest.mark.parametrize("instead", ["self.changed.notify()", "pass"])
@pytest.mark.parametrize("place", range(1, len(REFERENCE)))
def test_a_ring_that_wakes_too_few_is_found_out(place: int, instead: str) -> None:
    module = ModuleType("careless")
    source = WAKES.join(REFERENCE[:place]) + instead + WAKES.join(REFERENCE[place:])
    exec(compile(source, "careless", "exec"), vars(module))
    make: Make = module.make

    def all_of_them() -> None:
        for program in (*FEW, *BY_VALUE):
            asked(program, make)

    with pytest.raises(Failed):
        all_of_them()
