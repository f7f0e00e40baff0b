"""The table of known differences from LMAX, in Markdown: `python -m stateful.lmax.table`."""

import sys

from model.draw import table
from stateful.lmax.differences import DIFFERENCES


def difference_table() -> str:
    """Return the table: what each side does, and why ours does not do the same."""
    rows = [[d.name, d.lmax, d.ours, d.reason] for d in DIFFERENCES]
    return table(["", "LMAX", "this ring", "because"], rows)


if __name__ == "__main__":
    sys.stdout.write(difference_table() + "\n")
