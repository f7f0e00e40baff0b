"""The LMAX Disruptor on the Java machine, with the same topologies: the reference of the limit, shown beside.

Rule 1: it is no contender: another language, another machine. Its rates stand in a table of their own.
Rule 2: its events are objects of Java, its handlers Java code (`Lmax.java`): nothing of Python is in it.
"""

import os
import shutil
import subprocess
from pathlib import Path

from benchmarks._timing import Result

SOURCE = Path(__file__).parent / "Lmax.java"
PLACES = ("/usr/share/java/disruptor.jar", "/usr/local/share/java/disruptor.jar")


def missing() -> str:
    """Return what is missing to run it, or nothing."""
    if shutil.which("java") is None:
        return "java"
    return "" if _jar() else "disruptor.jar (Debian's libdisruptor-java, or DISRUPTOR_JAR)"


def _jar() -> str | None:
    places = (os.environ.get("DISRUPTOR_JAR"), *PLACES)
    return next((place for place in places if place and Path(place).is_file()), None)


def measured(rounds: int, events: int) -> list[Result]:
    """Return its rates; the Java machine is started once."""
    command = ["java", "-cp", str(_jar()), str(SOURCE), str(rounds), str(events)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600).stdout.splitlines()
    found = []
    for line in lines:
        topology, batch, *nanoseconds = line.split()
        name = f"{topology}, {'one a call' if batch == '1' else f'batches of {batch}'}"
        rates = {"LMAX on the JVM": [events * 1e9 / int(one) for one in nanoseconds]}
        found.append(Result("LMAX", name, events, None, rates))
    return found
