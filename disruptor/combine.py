"""Handlers made of handlers: several in one thread, only some of the events, or many events at once.

Rule 1: what is combined has every method that one of its parts has, and hands each call on.
Rule 2: an error of a part is an error of the whole, which its policy decides on. Tried again, a part that was done is not
        called again for the same event. What is remembered for that belongs to one registration (`handlers._handler`).

>>> from disruptor import Disruptor, combine
>>> seen: list[str] = []
>>> def note(event: str, sequence: int, end_of_batch: bool) -> None:
...     seen.append(event)
>>> def shout(event: str, sequence: int, end_of_batch: bool) -> None:
...     seen.append(event.upper())
>>> ring: Disruptor[str] = Disruptor(8)
>>> both = ring.handle_events_with(combine.aggregate(note, combine.filtered(lambda event: event != "b", shout)))
>>> with ring:
...     ring.publish_many(["a", "b", "c"])
range(0, 3)
>>> seen
['a', 'A', 'b', 'c', 'C']
"""

from collections.abc import Callable, Iterable
from collections.abc import Sequence as AbstractSequence
from typing import Generic, SupportsIndex, TypeVar, cast, final

from disruptor._batch import Batch
from disruptor._errors import InvalidType, InvalidValue
from disruptor._override import override
from disruptor._sequence import Sequence
from disruptor.handlers._batched import Batched
from disruptor.handlers._handler import Combined, Handler, Hooks, Renewable, hooks, renewed
from disruptor.handlers._progress import Progress

E = TypeVar("E")

STAGES = ("on_start", "on_shutdown", "on_batch_start", "on_timeout")


def aggregate(*handlers: Handler[E]) -> Handler[E]:
    """Return a handler that calls several, one after the other, in one thread.

    Each gets every event, whatever the others do; then the error is raised, or, if several have failed, an
    `ExceptionGroup`. If the event is tried again, only those are called again that have failed. Either all of them have
    `on_batch`, or none; and so with `set_sequence_callback`: then processed is what all say is. (LMAX:
    `AggregateEventHandler`, where an error keeps the event from the rest, and some methods are forgotten.)
    """
    if not handlers:
        raise InvalidValue("at least one handler is needed")
    return cast("Handler[E]", _Aggregate(handlers))


def filtered(predicate: Callable[[E], object], handler: Handler[E]) -> Handler[E]:
    """Return a handler that hands on only the events for which `predicate(event)` is true.

    All others are processed when it is told of them. `end_of_batch` comes with the last event of a batch: if that is left
    out, it does not come. A handler with `on_batch` is given what is left of each batch, if anything is.
    """
    if not callable(predicate):
        raise InvalidType(f"predicate must be callable, not {predicate!r}")
    return cast("Handler[E]", _Filtered(predicate, handler))


def batched(
    handler: Handler[E], *, max_events: SupportsIndex | None = None, seconds: float | None = None
) -> Batched[E]:
    """Return a handler that is called when `max_events` have come together, or `seconds` after the first of them.

    Voids count. When the ring is closed, it gets what there is. Until then nothing is marked as processed, so nothing is
    lost if it fails or the ring is halted; but it holds producers back: `max_events` is the capacity of the ring at most,
    which is told when it is registered. Without `seconds`, where events are claimed several at a time, the largest claim
    and `max_events` together are the capacity + 1 at most: else a producer may wait for room that is not made before it has
    published, which nobody notices. It cannot be a part of something else.
    """
    return Batched(handler, max_events, seconds)


@final
class _Each(Renewable):
    """Calls several; asked for the same again, those that have failed. For one thread at a time."""

    __slots__ = ("_at", "_calls", "_left")

    def __init__(self, calls: Iterable[Callable[..., object]]) -> None:
        self._calls = tuple(calls)
        self._left: list[Callable[..., object]] = []
        self._at: object = None

    @override
    def renewed(self) -> "_Each":
        return _Each(map(renewed, self._calls))

    def __call__(self, *arguments: object) -> None:
        """Call them, for what it was made for."""
        self.call(None, *arguments)

    def call(self, at: object, *arguments: object) -> None:
        """Call them; `at` says what it is for."""
        if not self._left or self._at != at:
            self._at, self._left = at, [*self._calls]
        failed: list[Callable[..., object]] = []
        errors: list[Exception] = []
        try:
            while self._left:
                try:
                    self._left[0](*arguments)
                except Exception as error:
                    errors.append(error)
                    failed.append(self._left[0])
                del self._left[0]
        finally:
            self._left[:0] = failed
        if len(errors) > 1:
            raise ExceptionGroup(f"{len(errors)} of {len(self._calls)} handlers have failed", errors)
        if errors:
            raise errors[0]


class _Made(Combined[E], Generic[E]):
    """What is made here: it has the methods of a handler, too, for those who call it themselves."""

    def __init__(self) -> None:
        vars(self).update(self.hooks()._asdict())


@final
class _Aggregate(_Made[E]):
    """Several handlers as one."""

    def __init__(self, handlers: tuple[Handler[E], ...]) -> None:
        self._handlers = handlers
        super().__init__()

    @override
    def hooks(self) -> Hooks[E]:
        parts = [hooks(handler) for handler in self._handlers]
        for name in ("on_batch", "set_sequence_callback"):
            if len({getattr(part, name) is None for part in parts}) > 1:
                raise InvalidType(f"some of {self._handlers!r} have {name}, and some have not")
        found = {name: [method for part in parts if (method := getattr(part, name)) is not None] for name in STAGES}
        events = _Each(part.on_event for part in parts if part.on_event is not None)
        batches = _Each(part.on_batch for part in parts if part.on_batch is not None)

        def on_event(event: E, sequence: Sequence, end_of_batch: bool) -> None:
            events.call(sequence, event, sequence, end_of_batch)

        def on_batch(many: AbstractSequence[E], sequences: AbstractSequence[Sequence]) -> None:
            batches.call((sequences[0], sequences[-1]), many, sequences)

        whole = parts[0].on_batch is not None
        callbacks = [part.set_sequence_callback for part in parts if part.set_sequence_callback is not None]

        def set_sequence_callback(progress: Progress) -> None:
            for callback, share in zip(callbacks, progress.shares(len(callbacks)), strict=True):
                callback(share)

        others: dict[str, Callable[..., object] | None] = {
            name: _Each(methods) if methods else None for name, methods in found.items()
        }
        others["set_sequence_callback"] = set_sequence_callback if callbacks else None
        return Hooks(on_event=None if whole else on_event, on_batch=on_batch if whole else None, **others)


@final
class _Filtered(_Made[E]):
    """A handler of some of the events."""

    def __init__(self, predicate: Callable[[E], object], handler: Handler[E]) -> None:
        self._predicate = predicate
        self._handler = handler
        super().__init__()

    @override
    def hooks(self) -> Hooks[E]:
        predicate, part = self._predicate, hooks(self._handler)
        if part.set_sequence_callback is not None:
            raise InvalidType(f"{self._handler!r} says itself what is processed, but does not see what is left out")
        single, whole = part.on_event, part.on_batch

        def on_event(event: E, sequence: Sequence, end_of_batch: bool) -> None:
            if single is not None and predicate(event):
                single(event, sequence, end_of_batch)

        def on_batch(events: AbstractSequence[E], sequences: AbstractSequence[Sequence]) -> None:
            kept = [k for k, event in enumerate(events) if predicate(event)]
            if kept and whole is not None:
                mine = [sequences[k] for k in kept]
                whole(Batch([events[k] for k in kept], mine, sequences[-1]), mine)

        return part._replace(
            on_event=None if single is None else on_event, on_batch=on_batch if single is None else None
        )
