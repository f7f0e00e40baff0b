"""Small fixed programs, each made to be explored whole: a ring, some subscribers, and tasks that race.

Rule 1: nothing in a program nudges a waiter: the last event is the last one, so a lost wake-up stays lost.
Rule 2: events are words that are used once, so a word tells who published it.
"""

from stateful.bodies import Program as Program
from stateful.programs._belonging import BELONGING
from stateful.programs._claiming import CLAIMING
from stateful.programs._in_place import IN_PLACE as IN_PLACE
from stateful.programs._pairs import PAIRS as PAIRS
from stateful.programs._pairs import TRIPLES as TRIPLES
from stateful.programs._reading import READING
from stateful.programs._single import SINGLE as SINGLE

BY_VALUE: tuple[Program, ...] = READING + CLAIMING + BELONGING
PROGRAMS: tuple[Program, ...] = BY_VALUE + IN_PLACE
