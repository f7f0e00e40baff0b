"""The readable way to write a call: one function a verb, named like the method it stands for."""

from collections.abc import Hashable

from model.state import Call

EARLIEST = -1
"""`start=Start.EARLIEST` of `register_subscriber`."""
LATEST = -2
"""`start=Start.LATEST` of `register_subscriber`."""


def publish(event: Hashable = None, *, timed: bool = False) -> Call:
    """Return the call of `publish`."""
    return Call("publish", events=(event,), timed=timed)


def publish_many(*events: Hashable, timed: bool = False) -> Call:
    """Return the call of `publish_many`."""
    return Call("publish_many", events=events, n=len(events), timed=timed)


def publish_event(event: Hashable = None, *, fails: bool = False, timed: bool = False) -> Call:
    """Return the call of `publish_event`; with `fails`, its translator raises."""
    return Call("publish_event", events=(event,), fails=fails, timed=timed)


def claim(n: int = 1, *, timed: bool = False) -> Call:
    """Return the call of `claim`."""
    return Call("claim", n=n, timed=timed)


def publish_claim(first: int, *events: Hashable) -> Call:
    """Return the call of `Claim.publish`, on the claim that begins at `first`."""
    return Call("publish_claim", events=events, n=len(events), sequence=first)


def abandon(first: int, n: int = 1) -> Call:
    """Return the call of `Claim.abandon`, on the claim of `n` that begins at `first`."""
    return Call("abandon", n=n, sequence=first)


def register_subscriber(name: str, *, start: int = EARLIEST, after: tuple[str, ...] = ()) -> Call:
    """Return the call of `register_subscriber`."""
    return Call("register_subscriber", name=name, sequence=start, after=after)


def remove_subscriber(name: str) -> Call:
    """Return the call of `remove_subscriber`."""
    return Call("remove_subscriber", name=name)


def update_sequence(name: str, sequence: int) -> Call:
    """Return the call of `Subscriber.update_sequence`."""
    return Call("update_sequence", name=name, sequence=sequence)


def wait_for(sequence: int, name: str = "", *, timed: bool = False) -> Call:
    """Return the call of `wait_for`, of a subscriber or, without a name, of the ring."""
    return Call("wait_for", name=name, sequence=sequence, timed=timed)


def read(name: str, max_events: int = 0, *, timed: bool = False) -> Call:
    """Return the call of `read`, as far as the beginning of its block; 0 is no `max_events`."""
    return Call("read", name=name, n=max_events, timed=timed)


def poll(name: str, max_events: int = 0) -> Call:
    """Return the call of `poll`, as far as the beginning of its block; 0 is no `max_events`."""
    return Call("poll", name=name, n=max_events)


def release(name: str, *, fails: bool = False) -> Call:
    """Return the end of the block of `read` or `poll`; with `fails`, by an exception."""
    return Call("release", name=name, fails=fails)


def iterate(name: str) -> Call:
    """Return the call that asks an iteration for its next event, and so marks the one before."""
    return Call("iterate", name=name)


def batches(name: str, max_events: int = 0) -> Call:
    """Return the call that asks `batches` for its next batch, and so marks the one before."""
    return Call("batches", name=name, n=max_events)


def leave(name: str) -> Call:
    """Return the end of an iteration by `break`."""
    return Call("leave", name=name, fails=True)


def get(sequence: int) -> Call:
    """Return the call of `get`."""
    return Call("get", sequence=sequence)


def close() -> Call:
    """Return the call of `close`."""
    return Call("close")


def halt() -> Call:
    """Return the call of `halt`."""
    return Call("halt")


def fail_subscriber(name: str) -> Call:
    """Return the call of `fail_subscriber`."""
    return Call("fail_subscriber", name=name)


def start() -> Call:
    """Return the call of `start`."""
    return Call("start")


def text(call: Call) -> str:
    """Return a call as it would be written.

    >>> text(publish("a", timed=True)), text(read("S"))
    ('publish(a, timeout)', 'S.read()')
    """
    arguments: list[str] = [*map(str, call.events)]
    if call.verb in ("claim", "read", "poll", "batches") and call.n:
        arguments.append(str(call.n))
    if call.sequence >= 0:
        arguments.append(str(call.sequence))
    if call.verb == "register_subscriber":
        arguments.insert(0, call.name)
        arguments += [{EARLIEST: "earliest", LATEST: "latest"}[call.sequence]] if call.sequence < 0 else []
        arguments += [f"after {', '.join(call.after)}"] if call.after else []
    if call.timed:
        arguments.append("timeout")
    if call.fails and call.verb != "leave":
        arguments.append("raises")
    owner = f"{call.name}." if call.name and call.verb != "register_subscriber" else ""
    return f"{owner}{call.verb}({', '.join(arguments)})"
