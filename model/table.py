"""The table of actions, made from the actions themselves: `python -m model.table`; `docs/model.md` has it."""

import sys

from model.actions import ACTIONS
from model.draw import table


def action_table() -> str:
    """Return the table in Markdown: what a verb does, what it waits for, whom it wakes."""
    rows = []
    for verb, action in ACTIONS.items():
        what = " ".join((type(action).__doc__ or "").split()).replace("|", r"\|")
        rows.append([f"`{verb}`", what, action.waits or "nothing", ", ".join(action.wakes) or "nobody"])
    return table(["verb", "what it does", "waits for", "wakes"], rows)


if __name__ == "__main__":
    sys.stdout.write(action_table() + "\n")
