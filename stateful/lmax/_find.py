"""Where the LMAX Disruptor is, or why it cannot be run here.

Rule 1: it is looked for where `DISRUPTOR_JAR` says, else where Debian's `libdisruptor-java` puts it.
Rule 2: what is missing is said in one sentence, which becomes the reason of a skipped test.
"""

import os
from importlib.util import find_spec
from pathlib import Path

PLACES = ("/usr/share/java/disruptor.jar", "/usr/local/share/java/disruptor.jar")


def jar() -> Path | None:
    """Return the path of the jar, or None if there is none."""
    named = os.environ.get("DISRUPTOR_JAR")
    places = (named,) if named else PLACES
    return next((Path(place).resolve() for place in places if Path(place).is_file()), None)


def missing() -> str:
    """Return what is missing to run it, or nothing."""
    if find_spec("jpype") is None:
        return "JPype1 is not installed (the group `lmax` of the optional dependencies)"
    if jar() is None:
        named = os.environ.get("DISRUPTOR_JAR")
        where = f"DISRUPTOR_JAR={named}" if named else "Debian's libdisruptor-java, or DISRUPTOR_JAR"
        return f"no jar of the LMAX Disruptor ({where})"
    import jpype

    try:
        jpype.getDefaultJVMPath()
    except jpype.JVMNotFoundException:
        return "no Java machine"
    return ""
