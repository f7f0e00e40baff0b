"""The promises as a table, made from the predicates of the model."""

from model.draw import table
from model.promises import ALWAYS, PARTNERS


def promises() -> str:
    """Return the table: each promise, its predicate, and when it is put to the test."""
    rows = []
    for promise in ALWAYS:
        name, _, text = " ".join((promise.__doc__ or "").split()).partition(": ")
        where = " ".join((PARTNERS[promise].__doc__ or "").split())
        rows.append([name, text, f"`{promise.__name__}`", where])
    return table(["", "promise", "predicate", "put to the test where"], rows)
