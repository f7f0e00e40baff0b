"""Does the source distribution carry the model and the suite, and do its own tests run where it is unpacked?

Rule 1: a part of the tests in continuous integration, one from each folder; all of them in the deep run.
"""

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

import disruptor

ROOT = Path(__file__).parent.parent.parent

SOME = (
    "tests/api/test_seed_readme.py", "tests/model/test_draw.py", "tests/guards/test_imports.py",
    "stateful/test_found.py", "model/table.py",
)  # fmt: skip


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    command = (sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", str(folder))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [path] = folder.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        archive.extractall(folder, filter="data")
    return folder / f"disruptor-{disruptor.__version__}"


def passes(folder: Path, *tests: str) -> None:
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=3600, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


def test_the_source_distribution_carries_everything_that_is_tracked(unpacked: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("what is tracked is known in a checkout only")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    tracked = {name for name in listed.stdout.splitlines() if (ROOT / name).exists()}
    carried = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert tracked - carried == set()
    assert carried - tracked <= {"PKG-INFO"} | {name for name in carried if (ROOT / name).exists()}


def test_some_of_its_tests_run_where_it_is_unpacked(unpacked: Path) -> None:
    passes(unpacked, *SOME)


@pytest.mark.deep
def test_all_of_its_tests_run_where_it_is_unpacked(unpacked: Path) -> None:
    passes(unpacked, "-n", "2")
