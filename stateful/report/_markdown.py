"""The page as Markdown, for the docs: the same blocks with the same numbers.

Rule 1: pictures that have no form in text are named, and left to the HTML.
Rule 2: nothing in a cell can end it: a bar is escaped.
"""

from collections.abc import Sequence

from model.draw import table
from stateful.report._evidence import Picture, Table
from stateful.report._page import Block, Heading, Matrix, Text


def markdown(blocks: Sequence[Block]) -> str:
    """Return the page."""
    return "\n\n".join(map(_block, blocks)) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(level, text, anchor):
            return f'<a id="{anchor}"></a>\n\n{"#" * level} {text}'
        case Text(text, state):
            return f"**{text}**" if state == "failed" else text
        case Table(caption, head, rows):
            return f"{caption}:\n\n{table(_safe(head), [_safe(row) for row in rows])}"
        case Matrix(caption, head, rows):
            names = ["promise", *(title for title, _ in head)]
            lines = [[promise, *(_state(cell.text, cell.state) for cell in cells)] for promise, cells in rows]
            return f"{caption}:\n\n{table(_safe(names), [_safe(line) for line in lines])}"
        case Picture(caption, _, text):
            if text.startswith("|"):
                return f"{caption}\n\n{text}"
            return f"{caption}\n\n```text\n{text}\n```" if text else f"{caption} The picture is in the HTML report."


def _state(text: str, state: str) -> str:
    return f"{text} ({state})" if state in ("proved", "explored completely", "explored to a bound", "sampled") else text


def _safe(cells: Sequence[str]) -> list[str]:
    return [cell.replace("|", r"\|").replace("\n", " ") for cell in cells]
