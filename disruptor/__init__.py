"""A multi-producer, multi-subscriber, blocking ring buffer whose every promise is checked by machine.

Layers, each importing only from those above it (`shared._lock` is `shared/_lock.py`):

    _override  _errors  _sequence  _cell  _start  _poll  _event_factory     the words
    _arguments  _deadline  _once                     checks of arguments, moments in time, what is not copied
    _watched               news that is watched by who must not sleep
    waiting  stats         how a call waits; what a ring tells in figures
    _runtime               what the ring needs from the world
    _sync                  the only module that blocks, locks, tells the time or starts a thread
    _patience              looking and pausing as a strategy says
    shared._kernel  shared._layout  shared._header      what a ring between processes needs, where its words lie
    _gate  _clearing  _held  _home    what a subscriber shows to the others; a claim that is not finished; whose they are
    _role  _room  _sequencer  _single  _slots     the producer; which sequences are claimed and published; the slots
    shared._codec  shared._formats  shared._slots       how events become bytes, and what slots between processes hold
    shared._process_runtime  shared._posix  shared._files  shared._mapped  shared._segment     what the system gives
    shared._lock  shared._signal  shared._claims  shared._gates  shared._turn     locks, sleepers, claims between processes
    shared._deaths  shared._sequencer     who has died, and what becomes of it; the order between processes
    _barrier  _turn  shared._records  _batch        until one may read, and whose turn it is; a batch on its way out
    _in_hand  _polling  _reading  _claim     blocks of one's own: a batch, or none; a batch; a claim on its way in
    _subscriber  _publisher  _publishing       one reader; what producers do
    _roll  shared._roll  _parts    who is registered; what a ring is put together from
    shared._record_slots  shared._ring    records of NumPy in the slots; a ring between processes, put together
    _joining                       who reads
    _looking                       what can be seen
    on_error  handlers._handler  handlers._progress  handlers._processor     one handler at work, and its errors
    handlers._batched  combine                                handlers made of handlers
    handlers._work  handlers._pool  handlers._worker          each event to one of several
    handlers._consumers  handlers._groups  handlers._handling          handlers that begin and end together
    aio._waiting  aio._reading  aio._publishing      the same in an event loop; only when asked for
    _awaiting                      the ring in an event loop
    _disruptor  prometheus         the ring, and its figures for others
    shared._marks  shared._views  shared._inspect     a ring between processes, looked at from outside
    shared._texts  shared._top  __main__         the command, `python -m disruptor`

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
from disruptor._claim import Claim as Claim
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
    SecondProducer as SecondProducer,
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
from disruptor._poll import Poll as Poll
from disruptor._polling import Polling as Polling
from disruptor._publisher import Publisher as Publisher
from disruptor._reading import Reading as Reading
from disruptor._sequence import INITIAL as INITIAL
from disruptor._sequence import Sequence as Sequence
from disruptor._start import Start as Start
from disruptor._subscriber import Subscriber as Subscriber
from disruptor.handlers._groups import EventHandlerGroup as EventHandlerGroup
from disruptor.handlers._groups import WorkerPool as WorkerPool
from disruptor.handlers._handler import (
    BatchHandler as BatchHandler,
)
from disruptor.handlers._handler import (
    EventHandler as EventHandler,
)
from disruptor.handlers._handler import HandlerOptions as HandlerOptions
from disruptor.handlers._progress import Progress as Progress
from disruptor.handlers._worker import PoolOptions as PoolOptions
from disruptor.shared._codec import Codec as Codec
from disruptor.shared._codec import PickleCodec as PickleCodec
from disruptor.stats import HandlerStats as HandlerStats
from disruptor.stats import RingStats as RingStats
from disruptor.stats import SubscriberStats as SubscriberStats
from disruptor.stats import WaitStats as WaitStats
from disruptor.waiting import WaitStrategy as WaitStrategy

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
    "HandlerStats",
    "InsufficientCapacity",
    "InvalidType",
    "InvalidValue",
    "OutdatedSequence",
    "PickleCodec",
    "Poll",
    "Polling",
    "PoolOptions",
    "Progress",
    "Publisher",
    "Reading",
    "RingMismatch",
    "RingNotFound",
    "RingStats",
    "SecondProducer",
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
    "SubscriberStats",
    "Unsupported",
    "WaitStats",
    "WaitStrategy",
    "WaitTimeout",
    "WorkerPool",
]
