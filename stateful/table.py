"""The table of promises, made from the promises themselves: `python -m stateful.table`.

A row is the first line of a promise's docstring, what shows that it was put to the test, and how many mutants of the ring
it has caught. A test compares the README with it.
"""

import sys

from model.draw import table
from model.promises import ALWAYS, PARTNERS
from stateful.mutants import MUTANTS


def promise_table() -> str:
    """Return the table in Markdown."""
    rows = []
    for promise in ALWAYS:
        name, _, text = first_line(promise.__doc__).partition(": ")
        mutants = sum(mutant.breaks == name for mutant in MUTANTS)
        rows.append([name, text, f"`{promise.__name__}`", first_line(PARTNERS[promise].__doc__), str(mutants)])
    return table(["", "promise", "in `model/promises.py`", "put to the test where", "mutants"], rows)


def first_line(docstring: str | None) -> str:
    """Return the first line of a docstring."""
    if not docstring:
        raise ValueError("a promise needs a docstring")
    return docstring.strip().splitlines()[0]


if __name__ == "__main__":
    sys.stdout.write(promise_table() + "\n")
