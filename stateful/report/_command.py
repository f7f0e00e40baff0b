"""The command line of the report: `python -m stateful report`.

Rule 1: the exit status is 1 if a check has failed, and 0 otherwise. That one was not run is no failure, and no pass.
"""

import argparse
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from stateful.report._checks import CHECKS
from stateful.report._evidence import FULL, QUICK, Check, Extent
from stateful.report._gather import KEPT, ROOT, digest, gather, versions
from stateful.report._html import html
from stateful.report._markdown import markdown
from stateful.report._page import page


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of the report."""
    parser.add_argument("--out", type=Path, default=Path("evidence.html"), help="the page (default: %(default)s)")
    parser.add_argument("--markdown", type=Path, help="write it as Markdown there as well")
    parser.add_argument(
        "--quick", action="store_true", help="a part of each check, in about a minute; the page says which"
    )
    parser.add_argument("--kept", type=Path, default=KEPT, help="file of evidence, for going on after a stop")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make the report; return the exit status."""
    extent = QUICK if options.quick else FULL
    return make(CHECKS, extent, options.out, options.markdown, options.kept)


def make(checks: Sequence[Check], extent: Extent, out: Path, beside: Path | None, kept: Path) -> int:
    """Gather the evidence, write the page, and return the exit status."""
    for file in filter(None, (out, beside)):
        file.parent.mkdir(parents=True, exist_ok=True)  # before the checks, which may take hours
    found = gather(checks, extent, kept=kept)
    blocks = page(found, about(extent))
    out.write_text(html(blocks), encoding="utf-8")
    if beside is not None:
        beside.write_text(markdown(blocks), encoding="utf-8")
    return int(any(finding.evidence is not None and finding.evidence.problems for finding in found))


def about(extent: Extent) -> dict[str, str]:
    """Return what a report has to say of itself."""
    how = {
        "quick": "quick: a part of each check",
        "full": "full: every check, as far as it goes",
    }
    return {
        "made on": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "extent": how.get(extent.name, extent.name),
        "commit": commit(),
        "sources": f"digest {digest()}",
        **versions(),
    }


def commit() -> str:
    """Return the commit of the sources, if there is one."""
    try:
        name = _git("rev-parse", "--short=12", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return "none"
    return f"{name}, with changes" if changed else name


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    return done.stdout.strip()
