"""Docstrings name things in `single quotes`, as the pages do: made fit for reStructuredText, where such a name stands alone.

Rule 1: `a name`s becomes a name and the letter behind it; nothing else is touched.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

QUOTED = re.compile(r"(`[^`]+`)(\w?)")


def made_fit(app: "Sphinx", what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Change the lines of a docstring in place."""
    lines[:] = [QUOTED.sub(lambda found: "\\ ".join(filter(None, found.groups())), line) for line in lines]


def setup(app: "Sphinx") -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("autodoc-process-docstring", made_fit)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
