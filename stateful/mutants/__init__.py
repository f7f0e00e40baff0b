"""The ways in which this ring could be wrong, one small patch each, and the command that shows that each is found.

Rule 1: a mutant replaces pieces of text, each of which must stand exactly once in its file; so a mutant cannot rot unseen.
Rule 2: it names the promise that it breaks and the class of bug in real Disruptors that it stands for.
Rule 3: it is killed by the very programs, or tests, that the unmutated ring passes, with the same bounds. A mutant that
        cannot be loaded, or fails by a `TypeError` and the like, is not killed but broken.
Rule 4: what has to be covered, and what cannot be, stands in `_classes.py`.

`python -m stateful.hunt` prints the table: mutant, class, promise, killed by, after how many schedules.
"""

from stateful.mutants._awaiting import AWAITING
from stateful.mutants._belonging import BELONGING
from stateful.mutants._claiming import CLAIMING
from stateful.mutants._classes import CLASSES as CLASSES
from stateful.mutants._classes import LEAST as LEAST
from stateful.mutants._classes import NO_CLASS as NO_CLASS
from stateful.mutants._classes import NOT_LEAST as NOT_LEAST
from stateful.mutants._clearing import CLEARING
from stateful.mutants._combining import COMBINING
from stateful.mutants._failing import FAILING
from stateful.mutants._handling import HANDLING
from stateful.mutants._mutant import Mutant as Mutant
from stateful.mutants._polling import POLLING
from stateful.mutants._pooling import POOLING
from stateful.mutants._processes import PROCESSES
from stateful.mutants._reading import READING
from stateful.mutants._restarting import RESTARTING
from stateful.mutants._single import SINGLE
from stateful.mutants._sleeping import SLEEPING
from stateful.mutants._waiting import WAITING
from stateful.mutants._waking import WAKING

MUTANTS: tuple[Mutant, ...] = (
    WAKING
    + SLEEPING
    + CLAIMING
    + READING
    + POLLING
    + BELONGING
    + FAILING
    + HANDLING
    + RESTARTING
    + POOLING
    + COMBINING
    + AWAITING
    + WAITING
    + SINGLE
    + CLEARING
    + PROCESSES
)
