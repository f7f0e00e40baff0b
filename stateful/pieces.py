"""Parts of a page that are made by a command: what stands between `<!-- NAME -->` and `<!-- end -->`.

Rule 1: the command writes them, a test compares them or their names; what stands around them is written by hand.
"""

import re
from collections.abc import Mapping


def pieces(text: str) -> dict[str, str]:
    """Return the made parts of a page, by name."""
    return dict(re.findall(r"<!-- (\w+) -->\n\n(.*?)\n\n<!-- end -->", text, flags=re.DOTALL))


def cells(piece: str) -> list[list[str]]:
    """Return the rows of a table that was made, the heading first, without the line below it."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in piece.splitlines()]
    return [line for k, line in enumerate(lines) if k != 1]


def rewritten(text: str, new: Mapping[str, str]) -> str:
    """Return the page with new parts; `ValueError` if it has no place for one of them."""
    old = pieces(text)
    for name, piece in new.items():
        if name not in old:
            raise ValueError(f"the page has no <!-- {name} -->, only {sorted(old)}")
        text = text.replace(
            f"<!-- {name} -->\n\n{old[name]}\n\n<!-- end -->", f"<!-- {name} -->\n\n{piece}\n\n<!-- end -->"
        )
    return text
