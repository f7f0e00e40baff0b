"""The pictures of a run: throughput by case, latency, cost by subscribers, ring size and batch size. SVG, light and dark.

Rule: a picture shows medians, with the extremes of the rounds as whiskers; and says where it was run.
"""

import math
from pathlib import Path

import matplotlib

from benchmarks._report import Latencies, surroundings
from benchmarks._timing import Result, middle

matplotlib.use("svg")

from matplotlib import pyplot  # only after its backend was chosen

INK, GRID = "#888888", "#88888855"
"""Readable on white and on black."""
COLOURS = ("#3b82f6", "#f97316", "#22c55e", "#a855f7", "#ef4444", "#0891b2")

STYLE = {
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": GRID,
    "svg.hashsalt": "disruptor",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
}


def draw(results: list[Result], latencies: dict[str, Latencies], folder: Path) -> list[Path]:
    """Draw what there is into a folder; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    with matplotlib.rc_context(STYLE):
        for section in dict.fromkeys(result.section for result in results):
            mine = [result for result in results if result.section == section]
            made.append(_bars(section, mine, folder) if len(mine[0].rates) > 1 else _curve(section, mine, folder))
        for where, contenders in latencies.items():
            made.append(_latency(where, contenders, folder))
    return made


def _finish(title: str, path: Path) -> Path:
    where = surroundings()
    pyplot.title(title)
    pyplot.figtext(
        0.99, 0.01, f"Python {where['python']}, {where['disruptor']}, {where['cores']} cores", ha="right", size=7
    )
    pyplot.tight_layout(rect=(0, 0.03, 1, 1))
    pyplot.savefig(path, format="svg", metadata={"Date": None})
    pyplot.close()
    return path


def _bars(section: str, results: list[Result], folder: Path) -> Path:
    """One group of bars a case, one bar a contender, events per second on a logarithmic scale."""
    names = list(dict.fromkeys(name for result in results for name in result.rates))
    pyplot.figure(figsize=(8, 0.9 + 0.28 * sum(len(result.rates) + 1 for result in results)))
    ticks, labels, place = [], [], 0.0
    for result in results:
        begin = place
        for name, rates in result.rates.items():
            median, least, most = middle(rates)
            colour = COLOURS[names.index(name) % len(COLOURS)]
            whiskers = [[median - least], [most - median]]
            pyplot.barh(-place, median, xerr=whiskers, color=colour, ecolor=INK, height=0.8)
            place += 1
        ticks.append(-(begin + place - 1) / 2)
        labels.append(result.name.replace("`", ""))
        place += 1
    for k, name in enumerate(names):
        pyplot.barh(0, 0, color=COLOURS[k % len(COLOURS)], label=name)
    least_of_all = min(min(rates) for result in results for rates in result.rates.values())
    pyplot.xscale("log")
    pyplot.xlim(left=10 ** math.floor(math.log10(least_of_all)) / 2)  # a bar has some length, whatever it stands for
    pyplot.yticks(ticks, labels)
    pyplot.xlabel("events per second")
    pyplot.grid(axis="x")
    pyplot.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return _finish(section, folder / f"{section.replace(' ', '_')}.svg")


def _curve(section: str, results: list[Result], folder: Path) -> Path:
    """One curve: nanoseconds an event, over what grows."""
    pyplot.figure(figsize=(7, 3.5))
    places = range(len(results))
    triples = [middle([1e9 / rate for rate in next(iter(result.rates.values()))]) for result in results]
    low = [median - least for median, least, _ in triples]
    high = [most - median for median, _, most in triples]
    pyplot.errorbar(places, [t[0] for t in triples], yerr=[low, high], color=COLOURS[0], marker="o", capsize=3)
    pyplot.xticks(list(places), [result.name for result in results], rotation=20)
    pyplot.ylabel("nanoseconds an event")
    if max(t[0] for t in triples) > 10 * min(t[0] for t in triples):
        pyplot.yscale("log")
    else:
        pyplot.ylim(bottom=0)
    pyplot.grid(axis="y")
    return _finish(section, folder / f"{section.replace(' ', '_')}.svg")


def _latency(where: str, contenders: Latencies, folder: Path) -> Path:
    """Three bars a contender: percentiles of a round trip."""
    pyplot.figure(figsize=(7, 3.5))
    width = 0.8 / len(contenders)
    for k, (name, rounds) in enumerate(contenders.items()):
        heights = [middle([one[rank] for one in rounds])[0] for rank in range(3)]
        pyplot.bar([rank + k * width for rank in range(3)], heights, width, color=COLOURS[k], label=name)
    pyplot.xticks([rank + 0.4 - width / 2 for rank in range(3)], ["p50", "p99", "p99.9"])
    pyplot.yscale("log")
    pyplot.ylabel("microseconds")
    pyplot.grid(axis="y")
    pyplot.legend(frameon=False)
    return _finish(f"latency: {where}", folder / f"latency_{where.replace(', ', '_').replace(' ', '_')}.svg")
