"""What all pictures are drawn with: a sheet, its colours on light and on dark ground, boxes, arrows and words.

Rule 1: colours are names (`PALETTE`). On its own a picture follows the reader's system; within the site it follows the
        page's own switch, by a style sheet that is made from the same names.
Rule 2: every rule of style begins with the class of a picture, so a picture changes nothing around it.
"""

from html import escape

PALETTE = {
    "ink": ("#1f2328", "#e6edf3"),
    "dim": ("#59636e", "#9aa4af"),
    "ground": ("#ffffff", "#131416"),
    "line": ("#8c959f", "#656d76"),
    "new": ("#cfe8fc", "#0c3a5c"),
    "done": ("#eef1f4", "#22272e"),
    "held": ("#fcecc0", "#4d3b0a"),
    "void": ("#ffd8d3", "#6b211c"),
    "warn": ("#cf222e", "#ff7b72"),
}
"""Each colour on light and on dark ground."""

RULES = """\
.picture text{fill:var(--p-ink);font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.picture .dim{fill:var(--p-dim)}
.picture .strong{font-weight:700}
.picture .warn{fill:var(--p-warn)}
.picture .middle{text-anchor:middle}
.picture .end{text-anchor:end}
.picture .halo{paint-order:stroke;stroke:var(--p-ground);stroke-width:5px;stroke-linejoin:round}
.picture .edge{fill:none;stroke:var(--p-line);stroke-width:1.5}
.picture .tip{fill:var(--p-line);stroke:none}
.picture .box{stroke:var(--p-line);stroke-width:1;fill:var(--p-ground)}
.picture .box.new{fill:var(--p-new)}
.picture .box.done{fill:var(--p-done)}
.picture .box.held{fill:var(--p-held)}
.picture .box.void{fill:var(--p-void)}
"""

CHARACTER = 7.25
"""The width of a character, about: the font is whatever the reader has of one width."""


def colours(dark: bool) -> str:
    """Return the palette as declarations."""
    return ";".join(f"--p-{name}:{pair[dark]}" for name, pair in PALETTE.items())


def style() -> str:
    """Return the style that each picture carries."""
    return (
        f".picture{{{colours(False)}}}@media(prefers-color-scheme:dark){{.picture{{{colours(True)}}}}}\n{RULES}"
    ).replace("\n", "")


def site_style() -> str:
    """Return the style sheet of the site: the same colours, by the page's own switch, and room to scroll on a phone."""
    return (
        "/* Made by `python -m docs.pictures`. */\n"
        ".picture-box{display:block;overflow-x:auto;margin:1.2rem 0}\n"
        ".picture-box svg{display:block;margin:0 auto;max-width:100%;height:auto}\n"
        f"body[data-theme] svg.picture{{{colours(False)}}}\n"
        f'body[data-theme="dark"] svg.picture{{{colours(True)}}}\n'
        "@media(prefers-color-scheme:dark){"
        f'body[data-theme="auto"] svg.picture{{{colours(True)}}}}}\n'
        "article table.docutils td,article table.docutils th{vertical-align:top}\n"
        "article table.docutils code{overflow-wrap:anywhere}\n"
        "@media(max-width:46em){article table.docutils{min-width:38rem}}\n"
    )


SMALLEST = 0.84
"""How far a picture may shrink on a narrow screen before it is scrolled: its words have to stay readable."""


class Sheet:
    """A picture on its way: parts are added, `svg` puts them together."""

    def __init__(self, title: str, width: float, height: float) -> None:
        self.title, self.width, self.height = title, width, height
        self.parts: list[str] = []

    def text(self, x: float, y: float, words: str, kind: str = "") -> None:
        """Write words; `kind` is any of the classes."""
        of_kind = f' class="{kind}"' if kind else ""
        self.parts.append(f'<text{of_kind} x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>')

    def box(self, x: float, y: float, width: float, height: float, kind: str = "") -> None:
        """Draw a box with round corners."""
        classes = f"box {kind}".strip()
        place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        self.parts.append(f'<rect class="{classes}" {place} rx="5"/>')

    def path(self, line: str, kind: str) -> None:
        """Draw a line of any form."""
        self.parts.append(f'<path class="{kind}" d="{line}"/>')

    def tip(self, x: float, y: float, dx: float, dy: float) -> None:
        """Draw the tip of an arrow that arrives at (x, y) in the direction (dx, dy), of length one."""
        back_x, back_y = x - 8 * dx, y - 8 * dy
        one, other = (back_x - 4 * dy, back_y + 4 * dx), (back_x + 4 * dy, back_y - 4 * dx)
        self.path(f"M{x:.1f} {y:.1f}L{one[0]:.1f} {one[1]:.1f}L{other[0]:.1f} {other[1]:.1f}Z", "tip")

    def svg(self) -> str:
        """Return the picture."""
        size = f'viewBox="0 0 {self.width:.0f} {self.height:.0f}" width="{self.width:.0f}" height="{self.height:.0f}"'
        least = f'style="min-width:{SMALLEST * self.width:.0f}px"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" class="picture" {size} {least}>'
        return "\n".join(
            [head, f"<title>{escape(self.title)}</title>", f"<style>{style()}</style>", *self.parts, "</svg>\n"]
        )
