"""What a handler is: a function of an event, or an object with some of these methods.

Rule 1: what an object has is looked at once, when it is registered: a method that is missing is not asked for, one that
        cannot be called is an error there and then.
Rule 2: a handler is called by one thread at a time, and never under a lock.
Rule 3: what is made of handlers remembers who has yet to be called again. That is remembered for each registration on its
        own: the same one may be registered several times, and be several workers of a pool.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from collections.abc import Sequence as AbstractSequence
from inspect import iscoroutinefunction
from typing import Generic, Literal, NamedTuple, Protocol, SupportsIndex, TypedDict, TypeVar

from disruptor._batch import Batch
from disruptor._errors import InvalidType
from disruptor._sequence import Sequence
from disruptor._start import Start
from disruptor.on_error import Policy
from disruptor.shared._layout import GateWord
from disruptor.waiting import WaitStrategy

E = TypeVar("E")
E_contra = TypeVar("E_contra", contravariant=True)

HandlerFunction = Callable[[E, Sequence, bool], object]
"""A handler that is a function: `(event, sequence, end_of_batch)`."""


class EventHandler(Protocol[E_contra]):
    """A handler that is given event by event. (LMAX: `EventHandler`.)

    It may also have: `on_start()`, called in its thread before it waits for the first time; `on_shutdown()`, called last;
    `on_batch_start(batch_size, queue_depth)`, before the first event of a batch, with the number of events in it and of
    sequences that can be read; `on_timeout(sequence)`, when for `timeout` seconds there was nothing after `sequence`;
    `set_sequence_callback(progress)`: it is handed its `Progress`, and says itself what is processed.
    """

    def on_event(self, event: E_contra, sequence: Sequence, end_of_batch: bool) -> object:
        """Handle one event."""


class BatchHandler(Protocol[E_contra]):
    """A handler that is given whole batches: the fast way. It may also have the other methods of an `EventHandler`."""

    def on_batch(self, events: AbstractSequence[E_contra], sequences: AbstractSequence[Sequence]) -> object:
        """Handle some consecutive events; `sequences` has the sequence of each."""


Handler = HandlerFunction[E] | EventHandler[E] | BatchHandler[E]
"""What can be registered as a handler of events of type `E`."""

Worker = HandlerFunction[E] | EventHandler[E]
"""What can be a worker of a pool."""


class HandlerOptions(TypedDict, total=False):
    """How handlers are to be called."""

    name: str
    """Of the subscriber and of the thread; for one handler only. Otherwise it is that of the function or class."""
    max_batch_size: SupportsIndex
    """Events in a batch, at most, in `1..capacity`; the capacity, if not given."""
    progress: Literal["batch", "event"]
    """Whether what a handler has done is marked batch by batch (the default) or event by event: then producers and those who
    come after never wait for the rest of a batch, and each event costs a wake-up of theirs."""
    on_error: Policy
    """What is done when the handler raises: see `disruptor.on_error`; `stop`, if not given."""
    timeout: float
    """Seconds without an event after which `on_timeout` is called, again and again; never, if not given."""
    start: "Start | SupportsIndex"
    """The first event that it is given: as in `register_subscriber`."""
    wait: WaitStrategy
    """How it waits for events; as the readers of the ring do, if not given."""


class Manner(NamedTuple):
    """How a handler is to be called."""

    most: int
    """Events in a batch, at most."""
    each: bool
    """Whether each event is marked at once, and not only each batch."""
    policy: Policy
    timeout: float | None
    """Seconds without an event after which `on_timeout` is called."""
    linger: float | None = None
    """Seconds that are waited for a whole batch, from when its first event is there; None: it takes what there is."""


class Hooks(NamedTuple, Generic[E]):
    """What of a handler is called; either `on_event` or `on_batch`, and the rest if it has it."""

    on_event: HandlerFunction[E] | None
    on_batch: Callable[[Batch[E], AbstractSequence[Sequence]], object] | None
    on_start: Callable[[], object] | None
    on_shutdown: Callable[[], object] | None
    on_batch_start: Callable[[int, int], object] | None
    on_timeout: Callable[[Sequence], object] | None
    set_sequence_callback: Callable[[object], object] | None


METHODS = Hooks._fields


class Combined(ABC, Generic[E]):
    """A handler that is made of others."""

    @abstractmethod
    def hooks(self) -> Hooks[E]:
        """Return what is to be called, made anew (Rule 3)."""


class Renewable(ABC):
    """A method that calls several, and, if it has failed, only those the next time who have failed."""

    @abstractmethod
    def renewed(self) -> Callable[..., object]:
        """Return what calls all of them."""


def renewed(method: Callable[..., object]) -> Callable[..., object]:
    """Return what is to be called for something new, and again if it is to be tried again."""
    given: object = method
    return given.renewed() if isinstance(given, Renewable) else method


def hooks(handler: "Handler[E]") -> Hooks[E]:
    """Return what of `handler` is to be called; `InvalidType` if it is none."""
    given: object = handler
    if isinstance(given, Combined):
        return given.hooks()
    found = {name: getattr(handler, name, None) for name in METHODS}
    both = found["on_event"] is not None and found["on_batch"] is not None
    if both:
        raise InvalidType(f"{handler!r} has both on_event and on_batch; a handler is given one or the other")
    if found["on_event"] is None and found["on_batch"] is None:
        if not callable(handler):
            raise InvalidType(
                f"a handler is a function (event, sequence, end_of_batch), or has on_event or on_batch, not {handler!r}"
            )
        found["on_event"] = handler
    for name, method in found.items():
        if method is not None and not callable(method):
            raise InvalidType(f"{name} of {handler!r} must be callable, not {method!r}")
        if iscoroutinefunction(method) or iscoroutinefunction(getattr(method, "__call__", None)):  # noqa: B004
            raise InvalidType(f"{name} of {handler!r} is a coroutine function: nobody would await it in its thread")
    return Hooks(**found)


def name_of(handler: object) -> str | None:
    """Return the name that a handler brings with it, or None."""
    name = getattr(handler, "__name__", None) or type(handler).__name__
    return name if name.isidentifier() and name not in ("partial", "method") else None


def numbered(own: str, number: int) -> str:
    """Return the name of the so manyth that brings the name `own` with it, as long as names between processes may be."""
    suffix = "" if number == 1 else f"-{number}"
    return own.encode()[: GateWord.NAME_BYTES - len(suffix)].decode(errors="ignore") + suffix
