"""Do the pictures show everything that happened, in its lane, and can they be read wherever they are shown?"""

import re
from collections.abc import Callable
from textwrap import dedent
from xml.etree import ElementTree

import pytest

from model.draw import Row, lanes, svg_lanes, table

ACTORS = ["w1", "w2", "r1", "r2"]
OFF_BY_ONE = [
    Row("w1", "claim 0 (slot 0)"),
    Row("w2", "claim 1 (slot 1)"),
    Row("w2", "publish 1"),
    Row("w2", "claim 2 (slot 2)"),
    Row("w2", "publish 2"),
    Row("w2", "claim 3 (slot 3)"),
    Row("w2", "publish 3"),
    Row("w2", "claim 4 (slot 0)", "w1 still writes slot 0"),
]

SVG = "{http://www.w3.org/2000/svg}"
GOLDEN_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 287 108" font-family="ui-monospace, monospace" font-size="12">
<title>a race</title>
<style/>
<text x="56" y="24" font-weight="bold">P</text>
<line x1="60" y1="32" x2="60" y2="100"/>
<text x="157" y="24" font-weight="bold">C</text>
<line x1="161" y1="32" x2="161" y2="100"/>
<text x="8" y="52">1</text>
<rect x="56" y="38" width="80" height="18" rx="4"/>
<text x="60" y="52">publish(a)</text>
<text x="8" y="74">2</text>
<rect x="157" y="60" width="37" height="18" rx="4"/>
<text x="161" y="74">-&gt; a</text>
<text class="note" x="214" y="74">early</text>
</svg>"""


def golden(text: str) -> str:
    """Return a text as it is written in a test, without its indentation."""
    return dedent(text).strip("\n")


def words(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_lanes_show_who_did_what_in_which_step() -> None:
    assert lanes(ACTORS, OFF_BY_ONE) == golden(
        """
        step  w1                 w2                 r1   r2
           1  claim 0 (slot 0)   |                  |    |
           2  |                  claim 1 (slot 1)   |    |
           3  |                  publish 1          |    |
           4  |                  claim 2 (slot 2)   |    |
           5  |                  publish 2          |    |
           6  |                  claim 3 (slot 3)   |    |
           7  |                  publish 3          |    |
           8  |                  claim 4 (slot 0)   |    |   <- w1 still writes slot 0
        """
    )


def test_lanes_without_rows_are_the_heading() -> None:
    assert lanes(["P", "C"], []) == "step  P   C"
    assert lanes([], []) == "step"


def test_a_name_longer_than_what_it_does_widens_its_lane() -> None:
    assert lanes(["producer", "C"], [Row("producer", "x"), Row("C", "y")]) == golden(
        """
        step  producer   C
           1  x          |
           2  |          y
        """
    )


def test_no_line_ends_in_spaces() -> None:
    rows = [*OFF_BY_ONE, Row("r2", ""), Row("r1", "", "nothing")]
    assert not [line for line in lanes(ACTORS, rows).splitlines() if line != line.rstrip()]


def test_a_hundred_steps_stay_in_line() -> None:
    lines = lanes(["P"], [Row("P", "x")] * 100).splitlines()
    assert (lines[9], lines[100]) == ("   9  x", " 100  x")


def test_an_actor_that_is_not_listed_gets_a_lane() -> None:
    assert lanes(["P"], [Row("P", "publish"), Row("clock", "time-out of P")]) == golden(
        """
        step  P         clock
           1  publish   |
           2  |         time-out of P
        """
    )
    assert "time-out of P" in words(svg_lanes(["P"], [Row("clock", "time-out of P")]))


def test_actors_may_be_any_iterable() -> None:
    def draw(picture: Callable[..., str]) -> tuple[str, str]:
        return picture(ACTORS, OFF_BY_ONE), picture(iter(ACTORS), OFF_BY_ONE)

    for given, iterated in (draw(lanes), draw(svg_lanes)):
        assert given == iterated


def test_the_svg_is_this_one() -> None:
    svg = svg_lanes(["P", "C"], [Row("P", "publish(a)"), Row("C", "-> a", "early")], title="a race")
    assert re.sub("<style>.*</style>", "<style/>", svg) == GOLDEN_SVG


def test_the_svg_shows_every_row_in_order() -> None:
    shown = words(svg_lanes(ACTORS, OFF_BY_ONE))
    assert shown[:4] == ACTORS
    expected = [word for k, row in enumerate(OFF_BY_ONE, 1) for word in (str(k), row.text, row.note) if word]
    assert shown[4:] == expected


def test_the_svg_has_nothing_outside_its_edges() -> None:
    root = ElementTree.fromstring(svg_lanes(ACTORS, OFF_BY_ONE))
    left, top, width, height = (float(number) for number in root.attrib["viewBox"].split())
    assert (left, top) == (0, 0)
    for box in root.iter(f"{SVG}rect"):
        assert float(box.attrib["x"]) + float(box.attrib["width"]) <= width
        assert float(box.attrib["y"]) + float(box.attrib["height"]) <= height
    for text in root.iter(f"{SVG}text"):
        assert float(text.attrib["y"]) <= height
        assert float(text.attrib["x"]) + 7.2 * len(text.text or "") <= width


def test_the_svg_follows_the_ground_it_is_shown_on() -> None:
    style = ElementTree.fromstring(svg_lanes(["P"], [Row("P", "x", "y")])).findtext(f"{SVG}style") or ""
    light, _, dark = style.partition("@media(prefers-color-scheme:dark)")
    assert "text{fill:currentColor}" in light
    for rule in (r"svg\{color:#(\w+)\}", r"\.note\{fill:#(\w+)\}", r"rect\{fill:#(\w+)\}"):
        by_day, by_night = re.search(rule, light), re.search(rule, dark)
        assert by_day is not None
        assert by_night is not None
        assert by_day[1] != by_night[1]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("C<1> & \"C2\" 'C3'", "C<1> & \"C2\" 'C3'"),
        ("]]>", "]]>"),
        ("übér 😀", "übér 😀"),
        ("\x00 and \x1b", "\ufffd and \ufffd"),
        ("\ud800", "\ufffd"),
        ("\ufffe", "\ufffd"),
    ],
    ids=["markup", "end of a section", "beyond ASCII", "control characters", "half a character", "no character"],
)
def test_any_text_makes_a_well_formed_svg(text: str, shown: str) -> None:
    svg = svg_lanes([text], [Row(text, text, text)], title=text)
    assert words(svg) == [shown, "1", shown, shown]
    assert ElementTree.fromstring(svg).findtext(f"{SVG}title") == shown


def test_a_table_is_aligned() -> None:
    assert table(["verb", "wakes"], [["publish", ""], ["get", "nobody at all"]]) == golden(
        """
        | verb    | wakes         |
        | ------- | ------------- |
        | publish |               |
        | get     | nobody at all |
        """
    )


def test_a_table_refuses_a_row_of_another_length() -> None:
    with pytest.raises(ValueError, match="zip"):
        table(["verb", "wakes"], [["publish", "readers", "and more"]])
