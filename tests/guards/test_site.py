"""Is what the documentation shows made from the code of today, is nothing public missing, and does the site build?"""

import re
import subprocess
import sys
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

import disruptor
from disruptor import Batch, Claim, Disruptor, Subscriber
from docs.pictures.layers import Arrow, Box, draw
from docs.pictures.life import BOXES, arrows
from docs.pictures.make import DOCS, FILES, PIECES, made
from docs.pictures.paper import PALETTE
from docs.pictures.ring import dependencies, view
from docs.pictures.schedule import understood
from model.draw import Row, lanes

ROOT = DOCS.parent
REFERENCE = (DOCS / "reference.md").read_text(encoding="utf-8")
PICTURES = [name for name in FILES if name.endswith(".svg")]
EARLIER_SPELLINGS = {"registerSubscriber", "removeSubscriber", "waitFor", "getCursor"}


@pytest.fixture(scope="module")
def anew() -> dict[str, str]:
    return made()


@pytest.mark.parametrize("name", [*FILES, *PIECES])
def test_what_is_made_is_what_is_there(name: str, anew: dict[str, str]) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == anew[name], "run python -m docs.pictures"


def test_nothing_is_there_that_is_not_made() -> None:
    assert {f"pictures/{path.name}" for path in (DOCS / "pictures").glob("*.svg")} == set(PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_well_formed_and_has_a_name(name: str) -> None:
    root = ElementTree.parse(DOCS / name).getroot()
    assert root.attrib["class"] == "picture"
    assert root.findtext("{http://www.w3.org/2000/svg}title")
    style = root.findtext("{http://www.w3.org/2000/svg}style") or ""
    assert all(rule.strip().startswith((".picture", "@media", "}")) for rule in style.split("}") if rule)
    assert style.count("--p-ink:") == len(PALETTE["ink"])


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_has_nothing_outside_its_edges(name: str) -> None:
    root = ElementTree.parse(DOCS / name).getroot()
    _, _, width, height = (float(number) for number in root.attrib["viewBox"].split())
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        length = 7.25 * len(text.text or "")
        kind = text.attrib.get("class", "").split()
        left = float(text.attrib["x"]) - (length / 2 if "middle" in kind else length if "end" in kind else 0)
        assert left >= 0, text.text
        assert left + length <= width, text.text
        assert 8 <= float(text.attrib["y"]) <= height, text.text
    for box in root.iter("{http://www.w3.org/2000/svg}rect"):
        assert 0 <= float(box.attrib["x"]) <= width - float(box.attrib["width"])
        assert 0 <= float(box.attrib["y"]) <= height - float(box.attrib["height"])


def test_the_life_of_a_sequence_has_the_steps_of_the_model() -> None:
    steps = {(arrow.source, arrow.target) for arrow in arrows()}
    assert ("claimed", "readable") in steps
    assert ("claimed", "waits") in steps
    assert ("in hand", "readable") in steps, "a block that raises marks nothing"
    assert not [step for step in steps if step[0] == "void" and step[1] in ("in hand", "readable")]
    assert {name for step in steps for name in step} == {box.name for box in BOXES}


def test_a_ring_is_drawn_as_it_is() -> None:
    ring: Disruptor[str] = Disruptor(2)
    reader = ring.register_subscriber(name="reader")
    ring.register_subscriber(name="second", after=reader)
    ring.publish("hello")
    assert "hello" in view(ring, "a ring")
    assert "room for 1" in view(ring, "a ring")
    assert "reader" not in view(ring, "a ring"), "it has processed nothing yet"
    reader.update_sequence(0)
    assert "reader" in view(ring, "a ring")
    assert "at -1, 1 behind" in dependencies(ring, "two")


def test_a_box_stands_below_those_that_lead_to_it() -> None:
    names = [Box(name, (name,)) for name in "abc"]
    root = ElementTree.fromstring(
        draw("t", names, [Arrow("c", "a"), Arrow("a", "b"), Arrow("b", "c"), Arrow("c", "b")])
    )
    ys = {t.text: float(t.attrib["y"]) for t in root.iter("{http://www.w3.org/2000/svg}text")}
    assert ys["a"] < ys["b"] < ys["c"]


def test_lanes_are_taken_apart_as_they_were_put_together() -> None:
    rows = [Row("P", "publish(a)"), Row("long name", "-> x  y", "too early"), Row("P", "z")]
    assert understood("head\n" + lanes(["P", "long name"], rows) + "\ntail") == (["P", "long name"], rows)


def public(cls: type) -> set[str]:
    """Return the public names of a class, those of its bases in this library included."""
    own = (vars(base) for base in cls.__mro__ if base.__module__.startswith("disruptor"))
    return {name for names in own for name in names if not name.startswith("_")}


@pytest.mark.parametrize("name", disruptor.__all__)
def test_everything_public_is_in_the_reference(name: str) -> None:
    kinds = ("autoclass", "autoexception", "autodata")
    assert any(f".. {kind}:: {name}{end}" in REFERENCE for kind in kinds for end in ("\n", "()\n"))


def test_every_method_of_a_ring_is_in_the_reference() -> None:
    missing = [name for name in public(Disruptor) - EARLIER_SPELLINGS if f":: Disruptor.{name}\n" not in REFERENCE]
    assert missing == []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for module in ("sphinx", "furo", "myst_parser"):
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed: pip install -e '.[docs]'")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-d", str(folder / "trees")]
    done = subprocess.run(
        [*command, "docs", str(folder / "html")], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "html"


def shown(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def test_the_site_builds_without_warnings(site: Path) -> None:
    pages = [path.relative_to(DOCS) for path in DOCS.rglob("*.md") if "_build" not in path.parts]
    for page in pages:
        assert "<h1>" in shown(site / page.with_suffix(".html"))


def test_the_pictures_are_in_the_pages(site: Path) -> None:
    assert 'aria-label="A ring of eight slots' in shown(site / "introduction.html")
    assert "<svg" in shown(site / "oracle.html").partition("<article")[2]


def test_every_link_within_the_site_leads_somewhere(site: Path) -> None:
    ids = {path: set(re.findall(r' id="([^"]+)"', shown(path))) for path in site.rglob("*.html")}
    for path in ids:
        for link in re.findall(r'<a [^>]*href="([^":]*)"', shown(path)):
            name, _, anchor = unescape(unquote(link)).partition("#")
            target = (path.parent / name).resolve() if name else path
            assert target.exists(), f"{path}: {link}"
            assert not anchor or target not in ids or anchor in ids[target], f"{path}: {link}"


def test_links_to_sources_lead_to_pages(site: Path) -> None:
    assert 'href="source/model/dying.py.html"' in shown(site / "processes.html")
    assert 'href="../source/examples/lines.py.html"' in shown(site / "howto/time-outs.html")
    assert "dying" in shown(site / "source/model/dying.py.html")
    assert 'href="programs/_pairs.py.html"' in shown(site / "source/stateful/programs.html")


@pytest.mark.parametrize("cls", [Disruptor, Subscriber, Claim, Batch])
def test_every_method_is_shown(cls: type, site: Path) -> None:
    page = shown(site / "reference.html")
    for name in public(cls) - EARLIER_SPELLINGS:
        assert f'id="disruptor.{cls.__name__}.{name}"' in page


def test_docstrings_are_shown_without_their_marks(site: Path) -> None:
    text = shown(site / "reference.html").partition("<article")[2].partition("</article>")[0]
    assert "`" not in text
