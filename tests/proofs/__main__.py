"""Print the obligations with their verdicts, and the scenes; the exit code is 1 unless all are proved and played."""

import sys
from collections import Counter, defaultdict

from tests.proofs.prove import verdicts
from tests.proofs.scenes import SCENES, play


def main() -> int:
    """Prove, print, and return the exit code."""
    found = verdicts()
    groups: dict[str, list[float]] = defaultdict(list)
    for verdict in found:
        groups[verdict.group].append(verdict.seconds)
    print(f"{'what':12}{'obligations':>12}{'seconds':>10}")
    for group, seconds in groups.items():
        print(f"{group:12}{len(seconds):>12}{sum(seconds):>10.2f}")
    counts = Counter(verdict.verdict for verdict in found)
    print(f"{'all':12}{len(found):>12}{sum(verdict.seconds for verdict in found):>10.2f}")
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    for verdict in found:
        if verdict.verdict != "proved" or "-v" in sys.argv:
            print(f"{verdict.verdict}: {verdict.name}")
    failed = counts["proved"] < len(found)
    for name, scene in SCENES.items():
        run = play(scene)
        print(f"\n{name}")
        print("\n".join(map(str, run)) if run is not None else "no such run")
        failed = failed or run is None
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
