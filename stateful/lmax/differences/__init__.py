"""Where the LMAX Disruptor and this ring are known to differ, and why.

Rule 1: each difference says what either side does, and the reason; `machine.py` names the difference where it steps aside.
Rule 2: each is shown on both sides: what `theirs` and `here` return is compared with what the table says.
Rule 3: the table in `docs/foreign-rings.md` is made from this one: `python -m stateful.lmax.table`.
"""

from stateful.lmax.differences._claiming import CLAIMING as CLAIMING
from stateful.lmax.differences._claiming import CURSOR as CURSOR
from stateful.lmax.differences._claiming import GET as GET
from stateful.lmax.differences._claiming import OVERWRITTEN as OVERWRITTEN
from stateful.lmax.differences._claiming import SECOND_CLAIM as SECOND_CLAIM
from stateful.lmax.differences._claiming import UNGATED as UNGATED
from stateful.lmax.differences._difference import Difference as Difference
from stateful.lmax.differences._subscribing import JOINER as JOINER
from stateful.lmax.differences._subscribing import MARKS as MARKS
from stateful.lmax.differences._subscribing import STATES as STATES
from stateful.lmax.differences._subscribing import SUBSCRIBING as SUBSCRIBING
from stateful.lmax.differences._subscribing import UPSTREAM_LEAVES as UPSTREAM_LEAVES
from stateful.lmax.differences._waiting import ALERT as ALERT
from stateful.lmax.differences._waiting import LOOKS_ABOVE as LOOKS_ABOVE
from stateful.lmax.differences._waiting import SHORT as SHORT
from stateful.lmax.differences._waiting import UPSTREAM_TIMEOUT as UPSTREAM_TIMEOUT
from stateful.lmax.differences._waiting import WAITING as WAITING

DIFFERENCES: tuple[Difference, ...] = CLAIMING + SUBSCRIBING + WAITING
