"""Every error of the package: one base, and each with the builtin that a user would catch.

Rule 1: each error derives from `DisruptorError` and from one builtin exception.
Rule 2: a message shows the offending value and the true bound.
Rule 3: an error means that the call left no trace: no claim held, no slot shown, no position moved (spec S7).
"""


class DisruptorError(Exception):
    """Base of every error that a ring raises."""


class InvalidValue(DisruptorError, ValueError):
    """An argument of the right type that is out of its range. The caller has to change."""


class InvalidType(DisruptorError, TypeError):
    """An argument of the wrong type, or a call that this kind of ring does not have."""


class Unsupported(DisruptorError, NotImplementedError):
    """Something that this version or platform does not offer."""


class RingNotFound(DisruptorError, FileNotFoundError):
    """There is no ring of this name on this machine, or not any more."""


class RingMismatch(DisruptorError, ValueError):
    """What was found under a ring's name is not what was expected: another version, size or format, or no ring at all."""


class SharedMemoryError(DisruptorError, OSError):
    """The operating system refuses the memory or the files of a ring between processes."""


class InsufficientCapacity(DisruptorError, TimeoutError):
    """A producer ran out of time before there was room. It holds nothing: it may try again, or drop."""

    _of_user = False  # see `of_user`


class WaitTimeout(DisruptorError, TimeoutError):
    """A waiting call ran out of time: not published, or not yet processed upstream."""


class DisruptorClosed(DisruptorError, RuntimeError):
    """The ring is closed and this call can never succeed, or the ring was halted."""


class DisruptorBroken(DisruptorClosed):
    """A subscriber has failed (`Subscriber.fail`, or an error in a handler): the ring takes no more events, and who comes
    after that subscriber gets no more. What went wrong is the `__cause__`, in the process where it happened."""


class SubscriberClosed(DisruptorError, RuntimeError):
    """The subscriber was removed from its ring."""


class SubscriberDied(DisruptorError, RuntimeError):
    """The process of a subscriber that holds others back has died, and the ring's policy is to raise."""


class SubscriberBusy(DisruptorError, RuntimeError):
    """A second reader came to a registered subscriber that somebody is reading through: one at a time."""


class SecondProducer(DisruptorError, RuntimeError):
    """A thread publishes or claims while another is at it, and the ring was made with `producers="single"`."""


class SelfDeadlock(DisruptorError, RuntimeError):
    """This thread would wait, without a time-out, for something that only itself can do."""


class ClaimClosed(DisruptorError, RuntimeError):
    """The claim was already published or abandoned."""


class SequenceNotFound(DisruptorError, LookupError):
    """The sequence is not published yet."""


class OutdatedSequence(DisruptorError, LookupError):
    """The event of this sequence is no longer kept: it may have been overwritten, or was released."""


class SequenceVoid(DisruptorError, LookupError):
    """The sequence was claimed and then abandoned: it has no event."""


def of_user(error: BaseException) -> None:
    """Note that an error came out of the user's code, in a call that publishes: it says nothing of the room for that call.

    A factory or a codec may publish into another ring. Whoever tries again, or drops, where there is no room must not do so
    then; all others are told of the error as it is.
    """
    if isinstance(error, InsufficientCapacity):
        error._of_user = True
