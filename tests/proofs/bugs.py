"""All wrong steps; each has to be found out.

Rule 1: each part of the invariant, and of what lasts, is refuted by one of them, and each promise is broken by one.
"""

from tests.proofs.bugs_of_producers import CLAIMING, FINISHING
from tests.proofs.bugs_of_readers import COMING_AND_GOING, READING

BUGS = (*CLAIMING, *FINISHING, *READING, *COMING_AND_GOING)
