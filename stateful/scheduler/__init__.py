"""A scheduler that owns every interleaving, and the clock.

It runs code that is written against `disruptor._sync.Runtime`, one task at a time, and decides at every scheduling
point who goes on. A run is decided by a `Schedule`, which is data: the same schedule gives the same run.

    _schedule   a schedule as data, and as a short string
    _access     what a step does that others can notice, and what conflicts
    _log        the steps of a run, with that
    _task       one task: a greenlet, and what it waits for
    _time       virtual time
    _choose     ways to choose: replay, at random, by priorities
    _granularity  where the points are
    _buffers    stores that become visible later
    _core       the scheduler: points, decisions, virtual time
    _fair       nobody waits for ever
    _repeat     runs without end (_fingerprint: the state of everything)
    _memory     cells and slots that report to it
    _runtime    locks, conditions and clock that do
    _instrument points between the bytecodes of unmodified source
    _points     what they do
    _explore    every schedule of a program, up to a bound
    _order      which steps come after which, and which race
    _reduce     every schedule that can make a difference
    _unordered  fields that two tasks touch with nothing that orders them
"""

from stateful.scheduler._access import HISTORY as HISTORY
from stateful.scheduler._access import Kind as Kind
from stateful.scheduler._buffers import Weak as Weak
from stateful.scheduler._choose import (
    PCT as PCT,
)
from stateful.scheduler._choose import (
    Chooser as Chooser,
)
from stateful.scheduler._choose import (
    Drawn as Drawn,
)
from stateful.scheduler._choose import (
    RandomWalk as RandomWalk,
)
from stateful.scheduler._choose import (
    Replay as Replay,
)
from stateful.scheduler._core import (
    Scheduler as Scheduler,
)
from stateful.scheduler._explore import Exploration as Exploration
from stateful.scheduler._explore import Failed as Failed
from stateful.scheduler._explore import explore as explore
from stateful.scheduler._granularity import Granularity as Granularity
from stateful.scheduler._points import at_work as at_work
from stateful.scheduler._points import instrumented as instrumented
from stateful.scheduler._reduce import reduced as reduced
from stateful.scheduler._repeat import Livelock as Livelock
from stateful.scheduler._repeat import StepLimit as StepLimit
from stateful.scheduler._schedule import Schedule as Schedule
from stateful.scheduler._task import Task as Task
from stateful.scheduler._time import CLOCK as CLOCK
from stateful.scheduler._unordered import unordered as unordered
