"""One event a call through the compiled wheel, beside `SimpleQueue`: the row that another interpreter has to run.

Rule: that interpreter finds these benchmarks last on its path: the library is the wheel's, or it refuses.
"""

import subprocess
from functools import partial
from pathlib import Path
from queue import SimpleQueue

from benchmarks._threads import queue_unicast
from benchmarks._timing import Case, Contender

PROGRAM = """
import sys
sys.path[:] = [*sys.path[1:], sys.argv[1]]
from benchmarks._threads import ring_unicast
from benchmarks._timing import is_compiled
if not is_compiled():
    sys.exit("this interpreter has no compiled disruptor")
print(ring_unicast(1, int(sys.argv[2])))
"""
ROOT = Path(__file__).parent.parent


def seconds(interpreter: Path, events: int) -> float:
    """Move events from one thread to another one in an interpreter that has the compiled wheel; return the seconds."""
    command = [str(interpreter), "-c", PROGRAM, str(ROOT), str(events)]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=600, cwd=interpreter.parent)
    return float(answer.stdout)


def case(interpreter: Path, scale: float) -> Case:
    """Return the case: its peer is C code, and has no bound."""
    contenders = (
        Contender("disruptor", partial(seconds, interpreter)),
        Contender("queue.SimpleQueue", partial(queue_unicast, SimpleQueue)),
    )
    return Case("unicast", "1 to 1, one a call, compiled", int(100_000 * scale), contenders, 1)
