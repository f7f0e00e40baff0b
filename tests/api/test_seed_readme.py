"""Does every snippet of the README that this library began with run, under both import names?"""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

DEFINE = """
from python_disruptor import EventFactory

class MyFactory(EventFactory):
    def __init__(self):
        self.value = None
    def get(self):
        return self.value
    def set(self, value):
        self.value = value
"""
CREATE = """
from python_disruptor import Disruptor

disruptor = Disruptor(4, lambda: MyFactory())
"""
BETWEEN_PROCESSES = """
disruptor = Disruptor(4, lambda: MyFactory(), multiproc=True)
"""
PUBLISH = """
disruptor.publish_event(lambda event, _seq: event.set(0))
"""
READ = """
subscriber = disruptor.registerSubscriber()

seq = disruptor.waitFor(0) # wait for the event at sequence value 0 to be available

val = disruptor.get(seq).get() # retrieve the event from the ring buffer

print(f'I got a value: {val}')

subscriber.update_sequence(seq) # mark sequence as processed for subscriber
"""
BLOCKS = """
seq = disruptor.waitFor(1) # will block
"""
TIMES_OUT = """
seq = disruptor.waitFor(1, timeout=5) # wait for at most 5 seconds
"""


@pytest.mark.parametrize("name", ["disruptor", "python_disruptor"])
def test_the_snippets_run_one_after_the_other(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}

    def run(snippet: str) -> None:
        exec(snippet.replace("from python_disruptor", f"from {name}"), names)

    for snippet in (DEFINE, CREATE, PUBLISH, READ):
        run(snippet)
    assert capsys.readouterr().out == "I got a value: 0\n"

    blocked = threading.Thread(target=run, args=(BLOCKS,))
    blocked.start()
    run(PUBLISH)
    blocked.join(60)
    assert names["seq"] == 1
    run(TIMES_OUT)
    assert names["seq"] == 1


@pytest.mark.parametrize("name", ["disruptor", "python_disruptor"])
def test_a_wait_that_times_out_raises(name: str) -> None:
    names: dict[str, object] = {}
    for snippet in (DEFINE, CREATE):
        exec(snippet.replace("from python_disruptor", f"from {name}"), names)
    with pytest.raises(TimeoutError, match="sequence 1 was not published"):
        exec(TIMES_OUT.replace("timeout=5", "timeout=0.01"), names)


@pytest.mark.parametrize("name", ["disruptor", "python_disruptor"])
def test_between_processes_the_snippets_run_as_a_script(name: str, tmp_path: Path) -> None:
    script = tmp_path / "seed.py"  # of its own: events travel by pickle, which looks their class up in its module
    text = "".join([DEFINE, "from python_disruptor import Disruptor\n", BETWEEN_PROCESSES, PUBLISH, READ])
    text = text.replace("from python_disruptor", f"from {name}")
    script.write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("I got a value: 0\n", "", 0)
