"""Pictures of `docs/pictures` go into the pages themselves: they follow the page's colours, its switch for dark included.

Rule 1: in the Markdown a picture is an ordinary image with a text for those who do not see it.
"""

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PICTURES = Path(__file__).parent.parent / "pictures"


def put_in(app: "Sphinx", document: nodes.document) -> None:
    """Replace each image of such a picture by the picture."""
    for image in list(document.findall(nodes.image)):
        path = Path(image["uri"])
        if path.suffix == ".svg" and path.parent.name == PICTURES.name:
            svg = (PICTURES / path.name).read_text(encoding="utf-8")
            label = f'role="img" aria-label="{escape(image["alt"])}" '
            svg = svg.replace("<svg ", f"<svg {label}", 1)
            image.replace_self(nodes.raw("", f'<span class="picture-box" tabindex="0">{svg}</span>', format="html"))


def setup(app: "Sphinx") -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("doctree-read", put_in)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
