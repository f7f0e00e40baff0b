"""How the site is built: `python -m sphinx -W --keep-going -b html docs docs/_build`.

Rule 1: a page is Markdown that can be read where it lies, too: a picture is an ordinary image, a source an ordinary link.
Rule 2: what a page shows of the code is taken from the code when the site is built (docstrings), or made by
        `python -m docs.pictures` and compared by a test.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import disruptor

project = "disruptor"
version = release = disruptor.__version__
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "docs.site.docstrings",
    "docs.site.pictures",
    "docs.site.sources",
]
exclude_patterns = ["_build"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 4

default_role = "py:obj"  # docstrings name things in `single quotes`: a link where there is such a thing
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80
toc_object_entries_show_parents = "hide"

html_theme = "furo"
pygments_dark_style = "github-dark"
html_title = "disruptor"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
