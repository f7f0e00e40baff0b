"""The page as one HTML file that needs nothing else: no script, no font, no picture from elsewhere.

Rule 1: the only addresses in it are anchors of the page and `data:`.
Rule 2: whatever is wide scrolls in a box of its own, never the page.
Rule 3: a state is told by words as well as by colour.
"""

import base64
import re
from collections.abc import Sequence
from html import escape

from stateful.report._evidence import Picture, Table
from stateful.report._page import Block, Heading, Matrix, Text
from stateful.report._style import STYLE

CLASS = {
    "proved": "proved",
    "explored completely": "complete",
    "explored to a bound": "bounded",
    "sampled": "sampled",
    "failed": "failed",
    "passed": "passed",
    "not run in this report": "idle",
    "does not speak of it": "silent",
}


def html(blocks: Sequence[Block]) -> str:
    """Return the page."""
    title = next((block.text for block in blocks if isinstance(block, Heading)), "")
    links = "".join(
        f'<a href="#{block.anchor}">{escape(block.text)}</a>'
        for block in blocks
        if isinstance(block, Heading) and block.level == 2
    )
    body: list[str] = []
    for block in blocks:
        body.append(_block(block))
        if isinstance(block, Heading) and block.level == 1:
            body.append(f'<nav aria-label="On this page">{links}</nav>')
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def _block(block: Block) -> str:
    match block:
        case Heading(level, text, anchor):
            return f'<h{level} id="{anchor}">{escape(text)}</h{level}>'
        case Text(text, state):
            return f'<p class="{CLASS.get(state, "plain")}">{_code(text)}</p>'
        case Table():
            return _table(block)
        case Matrix():
            return _matrix(block)
        case Picture():
            return _picture(block)


def _code(text: str) -> str:
    """Return text for HTML; what stands between backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _box(caption: str, inside: str) -> str:
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}">{inside}</div>'


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.head)
    rows = []
    for first, *others in table.rows:
        cells = "".join(f"<td{_kind(text)}>{escape(text)}</td>" for text in others)
        mark = f' class="key {CLASS[first]}"' if first in CLASS else ""
        rows.append(f'<tr><th scope="row"{mark}>{escape(first)}</th>{cells}</tr>')
    top = f"<thead><tr>{head}</tr></thead>" if any(table.head) else ""
    caption = f"<caption>{escape(table.caption)}</caption>"
    return _box(table.caption, f"<table>{caption}{top}<tbody>{''.join(rows)}</tbody></table>")


def _kind(text: str) -> str:
    if re.fullmatch(r"\d[\d,]*(\.\d+)?( of [\d,]+)?", text):
        return ' class="number"'
    return ' class="failed"' if text in ("FAILED", "LIVES") else ""


def _matrix(matrix: Matrix) -> str:
    head = "".join(f'<th scope="col"><a href="#{anchor}">{escape(title)}</a></th>' for title, anchor in matrix.head)
    rows = []
    for promise, cells in matrix.rows:
        row = "".join(f'<td class="{CLASS[cell.state]}">{escape(cell.text)}</td>' for cell in cells)
        rows.append(f'<tr><th scope="row"><a href="#{promise}">{promise}</a></th>{row}</tr>')
    caption = f"<caption>{escape(matrix.caption)}</caption>"
    inside = f'{caption}<thead><tr><th scope="col">promise</th>{head}</tr></thead><tbody>{"".join(rows)}</tbody>'
    return _box(matrix.caption, f'<table class="matrix">{inside}</table>')


def _picture(picture: Picture) -> str:
    caption = f"<figcaption>{escape(picture.caption)}</figcaption>"
    if not picture.svg:
        return f"<figure>{caption}{_box(picture.caption, f'<pre>{escape(picture.text)}</pre>')}</figure>"
    drawn = picture.svg
    if picture.standalone:
        size = re.search(r'viewBox="0 0 (\d+) (\d+)"', picture.svg)
        place = f' width="{size[1]}" height="{size[2]}"' if size else ""
        data = base64.b64encode(picture.svg.encode()).decode()
        drawn = f'<img alt="{escape(picture.text or picture.caption)}"{place} src="data:image/svg+xml;base64,{data}">'
    return f"<figure>{caption}{_box(picture.caption, drawn)}</figure>"
