"""Does the wheel carry what it should, and nothing else; and does it work, and type-check, where it is installed?"""

import re
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

import disruptor

ROOT = Path(__file__).parent.parent.parent

DOWNSTREAM = """
from typing import assert_type

from disruptor import Batch, Claim, Disruptor, Sequence, Subscriber
from python_disruptor import EventFactory


class Order:
    price: int = 0


by_value: Disruptor[Order] = Disruptor(8)
assert_type(by_value.publish(Order()), Sequence)
assert_type(by_value.get(0), Order)
in_place = Disruptor(8, Order)
assert_type(in_place, Disruptor[Order])
subscriber = in_place.register_subscriber()
assert_type(subscriber, Subscriber[Order])
for order in subscriber:
    assert_type(order, Order)
with in_place.claim(2) as claim:
    assert_type(claim, Claim[Order])
    assert_type(claim[0], Order)
with subscriber.read() as batch:
    assert_type(batch, Batch[Order])
    assert_type(batch[0], Order)
"""


def run(*command: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    done = run(str(python), "-m", "pip", "install", "--no-deps", "--no-index", str(wheel), cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return python


def test_the_wheel_carries_the_library_and_nothing_else(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    about = f"disruptor-{disruptor.__version__}.dist-info"
    roots = {name.split("/")[0] for name in names}
    assert roots == {"disruptor", "python_disruptor.py", "python_disruptor-stubs", about}
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "disruptor").rglob("*.py")}
    assert {name for name in names if name.startswith("disruptor/")} == modules | {"disruptor/py.typed"}
    assert any(name.endswith("LICENSE") for name in names)


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        folder = f"disruptor-{disruptor.__version__}.dist-info"
        lines = archive.read(f"{folder}/METADATA").decode().splitlines()
        licence = archive.read(f"{folder}/licenses/LICENSE").decode()
    for line in ("Name: disruptor", f"Version: {disruptor.__version__}", "Requires-Python: >=3.11"):
        assert line in lines
    assert "License-Expression: MIT" in lines
    assert licence == (ROOT / "LICENSE").read_text(encoding="utf-8")
    needs = [line for line in lines if line.startswith("Requires-Dist:") and "extra ==" not in line]
    assert needs == []


def test_the_installed_wheel_works_under_both_names(installed: Path) -> None:
    for name in ("disruptor", "python_disruptor"):
        code = f"from {name} import Disruptor; r = Disruptor(2); r.publish(1); print(r.get(0))"
        assert run(str(installed), "-c", code, cwd=installed.parent).stdout == "1\n"


@pytest.mark.parametrize("name", ["model", "stateful", "tests"])
def test_the_wheel_does_not_bring_the_suite(installed: Path, name: str) -> None:
    done = run(str(installed), "-c", f"import {name}", cwd=installed.parent)
    assert "ModuleNotFoundError" in done.stderr


def test_optimised_python_behaves_the_same(installed: Path) -> None:
    code = "from disruptor import Disruptor\ntry: Disruptor(3)\nexcept ValueError as e: print(e)"
    done = run(str(installed), "-OO", "-c", code, cwd=installed.parent)
    assert done.stdout == "capacity must be a power of two, not 3; the nearest are 2 and 4\n"


def test_the_types_reach_those_who_use_it(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "downstream.py").write_text(DOWNSTREAM, encoding="utf-8")
    done = run(
        sys.executable, "-m", "mypy", "--strict", "--python-executable", str(installed), "downstream.py", cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout


MISTAKES = {
    "r.publish(1)": "arg-type",
    "r.publish('a', 1.0)": "call-arg",
    "r.register_subscriber('name')": "call-arg",
    "r.get('a')": "arg-type",
    "x: int = r.get(0)": "assignment",
    "Disruptor(8, lambda: 'a').publish_event(lambda event: None)": "arg-type",
}


def test_mistakes_are_found_by_the_type_checker(installed: Path, tmp_path: Path) -> None:
    lines = ["from disruptor import Disruptor", "r: Disruptor[str] = Disruptor(8)", *MISTAKES]
    (tmp_path / "wrong.py").write_text("\n".join([*lines, ""]), encoding="utf-8")
    done = run(
        sys.executable, "-m", "mypy", "--strict", "--python-executable", str(installed), "wrong.py", cwd=tmp_path
    )
    found = {
        (int(line), code) for line, code in re.findall(r"^wrong\.py:(\d+): error: .*\[([a-z-]+)\]$", done.stdout, re.M)
    }
    assert {(lines.index(line) + 1, code) for line, code in MISTAKES.items()} <= found, done.stdout
    assert {line for line, _ in found}.isdisjoint({1, 2}), done.stdout
