"""A multi-producer, multi-subscriber, blocking ring buffer whose every promise is checked by machine.

Layers, each importing only from those above it:

    _override  _errors  _sequence  _cell  _start  _event_factory     the words
    _arguments  _deadline                                            checks of arguments, moments in time
    _sync                  the only module that blocks, locks, tells the time or starts a thread
    _kernel  _layout  _header      what a ring between processes needs, where its words lie, what it says of itself
    _gate  _held  _home    what a subscriber shows to the others; a claim that is not finished; whose they are
    _sequencer  _slots     which sequences are claimed and published; what the slots hold
    _codec  _formats  _shared_slots        how events become bytes, and what the slots between processes hold
    _process_runtime  _posix  _files  _segment     locks, marks, pipes and memory of the operating system
    _shared_lock  _shared_signal  _shared_claims  _shared_gates  _shared_turn     the same between processes
    _deaths  _shared_sequencer     who has died, and what becomes of it; the order between processes
    _barrier  _records  _batch  _claim     waiting to read; a batch on its way out, a claim on its way in
    _subscriber  _publishing       one reader; what producers do
    _roll  _shared_roll  _parts    who is registered; what a ring is put together from
    _record_slots  _shared_ring    records of NumPy in the slots; a ring between processes, put together
    _joining                       who reads
    _looking                       what can be seen
    on_error  _handler  _progress  _processor     what to do when a handler raises; one handler at work
    _consumers  _handling          handlers that begin and end together
    _disruptor                     the ring
    _marks  _inspect               a ring between processes, looked at from outside
    _texts  _top  __main__         the command, `python -m disruptor`

A tour:

>>> from disruptor import Disruptor
>>> ring: Disruptor[str] = Disruptor(8)
>>> parser = ring.register_subscriber(name="parser")
>>> writer = ring.register_subscriber(name="writer", after=parser)
>>> ring.publish("one")
0
>>> ring.publish_many(["two", "three"])
range(1, 3)
>>> ring.close()
>>> list(parser), list(writer)
(['one', 'two', 'three'], ['one', 'two', 'three'])
"""

from disruptor._batch import Batch as Batch
from disruptor._batch import Reading as Reading
from disruptor._claim import Claim as Claim
from disruptor._codec import Codec as Codec
from disruptor._codec import PickleCodec as PickleCodec
from disruptor._disruptor import Disruptor as Disruptor
from disruptor._errors import (
    ClaimClosed as ClaimClosed,
)
from disruptor._errors import (
    DisruptorBroken as DisruptorBroken,
)
from disruptor._errors import (
    DisruptorClosed as DisruptorClosed,
)
from disruptor._errors import (
    DisruptorError as DisruptorError,
)
from disruptor._errors import (
    InsufficientCapacity as InsufficientCapacity,
)
from disruptor._errors import (
    InvalidType as InvalidType,
)
from disruptor._errors import (
    InvalidValue as InvalidValue,
)
from disruptor._errors import (
    OutdatedSequence as OutdatedSequence,
)
from disruptor._errors import (
    RingMismatch as RingMismatch,
)
from disruptor._errors import (
    RingNotFound as RingNotFound,
)
from disruptor._errors import (
    SelfDeadlock as SelfDeadlock,
)
from disruptor._errors import (
    SequenceNotFound as SequenceNotFound,
)
from disruptor._errors import (
    SequenceVoid as SequenceVoid,
)
from disruptor._errors import (
    SharedMemoryError as SharedMemoryError,
)
from disruptor._errors import (
    SubscriberBusy as SubscriberBusy,
)
from disruptor._errors import (
    SubscriberClosed as SubscriberClosed,
)
from disruptor._errors import (
    SubscriberDied as SubscriberDied,
)
from disruptor._errors import (
    Unsupported as Unsupported,
)
from disruptor._errors import (
    WaitTimeout as WaitTimeout,
)
from disruptor._event_factory import EventFactory as EventFactory
from disruptor._handler import (
    BatchHandler as BatchHandler,
)
from disruptor._handler import (
    EventHandler as EventHandler,
)
from disruptor._handling import EventHandlerGroup as EventHandlerGroup
from disruptor._handling import HandlerOptions as HandlerOptions
from disruptor._progress import Progress as Progress
from disruptor._sequence import INITIAL as INITIAL
from disruptor._sequence import Sequence as Sequence
from disruptor._start import Start as Start
from disruptor._subscriber import Subscriber as Subscriber

__version__ = "0.1.0"

__all__ = [
    "INITIAL",
    "Batch",
    "BatchHandler",
    "Claim",
    "ClaimClosed",
    "Codec",
    "Disruptor",
    "DisruptorBroken",
    "DisruptorClosed",
    "DisruptorError",
    "EventFactory",
    "EventHandler",
    "EventHandlerGroup",
    "HandlerOptions",
    "InsufficientCapacity",
    "InvalidType",
    "InvalidValue",
    "OutdatedSequence",
    "PickleCodec",
    "Progress",
    "Reading",
    "RingMismatch",
    "RingNotFound",
    "SelfDeadlock",
    "Sequence",
    "SequenceNotFound",
    "SequenceVoid",
    "SharedMemoryError",
    "Start",
    "Subscriber",
    "SubscriberBusy",
    "SubscriberClosed",
    "SubscriberDied",
    "Unsupported",
    "WaitTimeout",
]
