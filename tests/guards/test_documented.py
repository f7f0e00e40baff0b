"""Is everything public documented, inherited methods, fields and errors included, and does it name what it raises?"""

import inspect
from collections.abc import Iterator

import pytest

import disruptor
from disruptor import Claim, Disruptor, DisruptorError, EventFactory, Reading, Start, Subscriber
from disruptor._batch import Batch
from disruptor.aio import AsyncPublisher, AsyncSubscriber

CLASSES: list[type] = [
    Disruptor,
    Subscriber,
    Claim,
    Batch,
    Reading,
    EventFactory,
    Start,
    AsyncSubscriber,
    AsyncPublisher,
]


def public_members(cls: type) -> Iterator[tuple[str, object]]:
    """Yield the public members of a class, those included that it has from a base of this library."""
    for base in cls.__mro__:
        if base.__module__.startswith("disruptor"):
            yield from ((name, member) for name, member in vars(base).items() if not name.startswith("_"))


MEMBERS = {
    f"{cls.__name__}.{name}": member
    for cls in CLASSES
    for name, member in public_members(cls)
    if inspect.isfunction(member) or isinstance(member, property)
}


@pytest.mark.parametrize("name", MEMBERS)
def test_every_public_method_and_property_says_what_it_does(name: str) -> None:
    text = inspect.getdoc(MEMBERS[name]) or ""
    assert text[:1].isupper()
    assert text.endswith((".", ")", "]", "'", ">")), "a sentence, or an example"


def test_inherited_methods_are_among_them() -> None:
    assert {"Disruptor.publish", "Disruptor.register_subscriber", "Disruptor.subscribers"} <= set(MEMBERS)


ERRORS = [thing for thing in vars(disruptor).values() if isinstance(thing, type) and issubclass(thing, DisruptorError)]


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_says_when_it_is_raised(error: type[DisruptorError]) -> None:
    assert (vars(error).get("__doc__") or "").strip().endswith(".")


@pytest.mark.parametrize(
    ("method", "errors"),
    [
        (Disruptor.publish, "InsufficientCapacity DisruptorClosed SelfDeadlock"),
        (Disruptor.wait_for, "WaitTimeout DisruptorClosed"),
        (Disruptor.get, "SequenceNotFound OutdatedSequence SequenceVoid"),
        (Disruptor.register_subscriber, "OutdatedSequence"),
        (Disruptor.remove_subscriber, "SubscriberClosed InvalidValue"),
        (Claim.publish, "ClaimClosed InvalidValue"),
        (Subscriber.wait_for, "WaitTimeout DisruptorClosed SubscriberClosed"),
        (Subscriber.read, "WaitTimeout SubscriberClosed SubscriberBusy DisruptorClosed"),
        (Subscriber.update_sequence, "InvalidValue"),
        (Subscriber.__iter__, "DisruptorClosed SubscriberClosed"),
    ],
)
def test_a_docstring_names_the_errors_that_one_has_to_expect(method: object, errors: str) -> None:
    text = inspect.getdoc(method) or ""
    assert [error for error in errors.split() if error not in text] == []
