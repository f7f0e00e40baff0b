"""Our own ring, between threads and between processes, whose readers and producers wait in another way than asleep."""

from disruptor import Disruptor
from disruptor._sync import Runtime
from disruptor.shared._deaths import Policy
from disruptor.waiting import Waits
from stateful.adapters._protocol import Make
from stateful.adapters.processes import ProcessesByValue, Simulated
from stateful.adapters.threads import ByValue, ThreadsRing


def threads(waits: Waits) -> Make:
    """Return what makes a ring between threads whose users wait as they are told."""

    class Ring(ByValue):
        def __init__(self, capacity: int, runtime: Runtime) -> None:
            ring: Disruptor[str] = Disruptor(
                capacity, wait=waits.readers, producer_wait=waits.producers, runtime=runtime
            )
            ThreadsRing.__init__(self, ring, runtime)

    return Ring


def processes(waits: Waits) -> Make:
    """Return what makes a ring between processes whose users wait as they are told."""

    class Ring(ProcessesByValue):
        def __init__(self, capacity: int, runtime: Runtime) -> None:
            self._simulated: Simulated[str] = Simulated(capacity, None, runtime, Policy.REMOVE, waits)
            ThreadsRing.__init__(self, self._simulated.current().ring, runtime)

    return Ring
