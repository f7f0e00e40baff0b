"""What is made, and where it goes."""

from collections.abc import Callable
from pathlib import Path

from docs.pictures import errors, life, promises, ring, schedule
from docs.pictures.paper import site_style
from stateful.pieces import rewritten

DOCS = Path(__file__).parent.parent


def examples() -> str:
    """Return the index of the examples, as a page of the site."""
    return (DOCS.parent / "examples" / "README.md").read_text(encoding="utf-8").replace("](", "](../examples/")


FILES: dict[str, Callable[[], str]] = {
    "pictures/ring.svg": ring.example,
    "pictures/diamond.svg": ring.diamond,
    "pictures/handlers.svg": ring.handlers,
    "pictures/pool.svg": ring.pool,
    "pictures/combined.svg": ring.combined,
    "pictures/life.svg": life.life,
    "pictures/lost-wake-up.svg": schedule.lost_wake_up,
    "_static/site.css": site_style,
    "examples.md": examples,
}
"""Files that are made as a whole."""

PIECES: dict[str, dict[str, Callable[[], str]]] = {
    "reference.md": {"errors": errors.tree},
    "promises.md": {"promises": promises.promises},
    "howto/errors.md": {"errors": errors.meanings},
}
"""Parts of pages, between `<!-- NAME -->` and `<!-- end -->`."""


def made() -> dict[str, str]:
    """Return every file, made anew."""
    files = {name: make() for name, make in FILES.items()}
    for name, pieces in PIECES.items():
        page = (DOCS / name).read_text(encoding="utf-8")
        files[name] = rewritten(page, {piece: make() for piece, make in pieces.items()})
    return files


def write() -> None:
    """Write them."""
    for name, text in made().items():
        (DOCS / name).write_text(text, encoding="utf-8")
