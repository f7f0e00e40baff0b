"""Links from a page to files of this repository lead to pages that show them.

Rule 1: in the Markdown it is an ordinary link to the file, `../model/state.py`: it works where the page lies, too.
Rule 2: only what a page links to becomes a page; of a folder, its list of files, and they.
"""

import os
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
LANGUAGES = {".py": "python", ".toml": "toml", ".md": "markdown", ".jsonl": "text", "": "text"}


def lead_to_pages(app: "Sphinx", document: nodes.document) -> None:
    """Replace each link that leaves the folder of the documentation; a file that is not there is left to Sphinx."""
    page = app.env.docname
    folder = (DOCS / page).parent
    found: set[str] = set()
    for link in list(document.findall(nodes.Element)):
        target = str(link.get("reftarget", ""))
        if link.get("refdomain") == "doc":  # MyST takes off the ending of a page, and makes it absolute
            target += ".md"
        elif not target.startswith("../"):
            continue
        path = Path(os.path.normpath(folder / target))
        if not path.exists() or ROOT not in path.parents or DOCS in (path, *path.parents):
            continue
        name = path.relative_to(ROOT).as_posix()
        found.add(name)
        uri = os.path.relpath(f"source/{name}.html", Path(page).parent)
        shown = nodes.reference("", "", *link.children, refuri=uri, internal=True)
        link.replace_self(shown)
    app.env.metadata[page]["sources"] = sorted(found)


def pages(app: "Sphinx") -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the pages of the files that are linked to."""
    linked = {name for page in app.env.metadata.values() for name in page.get("sources", ())}
    for name in sorted(linked):
        path = ROOT / name
        if path.is_dir():
            files = sorted(file for file in path.iterdir() if file.suffix in LANGUAGES and file.is_file())
            linked.update(file.relative_to(ROOT).as_posix() for file in files)
            items = (
                f'<li><a href="{path.name}/{escape(file.name)}.html">{escape(file.name)}</a></li>' for file in files
            )
            yield _page(name, f"<ul>{''.join(items)}</ul>")
    for name in sorted(linked):
        path = ROOT / name
        if path.is_file():
            text, language = path.read_text(encoding="utf-8"), LANGUAGES.get(path.suffix, "text")
            yield _page(name, app.builder.highlighter.highlight_block(text, language, linenos=False))


def _page(name: str, body: str) -> tuple[str, dict[str, Any], str]:
    title = escape(name)
    return f"source/{name}", {"title": title, "body": f"<h1>{title}</h1>{body}"}, "page.html"


def setup(app: "Sphinx") -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("doctree-read", lead_to_pages, priority=100)  # before Sphinx collects files to be downloaded
    app.connect("html-collect-pages", pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
