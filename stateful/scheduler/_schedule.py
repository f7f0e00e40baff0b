"""A schedule: the decisions of a run that were not the default, as data and as a short string.

The default goes on with the current task; if it cannot go on, with the next one in order; the clock comes last.
`17:Q 25:clock` reads: at decision 17 go on with Q, at decision 25 let the clock move, else the default. Only points
with a choice are decisions; they are numbered from 0.
"""

from typing import NamedTuple

from disruptor._override import override


class Schedule(NamedTuple):
    """The decisions that differ from the default: decision number and name of the task, in order.

    >>> Schedule.parse("17:Q 25:clock")
    Schedule(deviations=((17, 'Q'), (25, 'clock')))
    >>> str(Schedule(((17, "Q"), (25, "clock"))))
    '17:Q 25:clock'
    >>> Schedule.parse("")
    Schedule(deviations=())
    """

    deviations: tuple[tuple[int, str], ...] = ()

    @staticmethod
    def parse(text: str) -> "Schedule":
        """Return the schedule that `text` stands for; `ValueError` if it stands for none."""
        deviations = []
        for word in text.split():
            number, colon, name = word.partition(":")
            if not (colon and name and number.isdecimal()):
                raise ValueError(f"a schedule is made of words like 17:Q, not {word!r}")
            deviations.append((int(number), name))
        if deviations != sorted(deviations, key=lambda deviation: deviation[0]):
            raise ValueError(f"the decisions of a schedule go upward: {text!r}")
        return Schedule(tuple(deviations))

    @override
    def __str__(self) -> str:
        return " ".join(f"{number}:{name}" for number, name in self.deviations)
