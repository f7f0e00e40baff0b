"""The standard library's own code, on the locks and the clock of a runtime.

Rule 1: the code is not changed: its functions run with other globals, in which `threading` and the clock are the
        runtime's. So what is explored is what is shipped with Python, of the version that runs.
Rule 2: only classes whose methods need nothing but their globals can be taken over: no `super()`, no closures.
"""

from collections.abc import Mapping
from types import FunctionType, SimpleNamespace

from disruptor._sync import Lock, Runtime


def rebound(cls: type, runtime: Runtime, **more: object) -> type:
    """Return a class with the methods of `cls`, whose locks, conditions and clock are those of `runtime`.

    `more` are further names that the code finds in its globals. `TypeError` if a method has a closure.
    """
    globals_ = {**_globals(cls), **_threading(runtime), **more}
    body: dict[str, object] = {}
    for name, member in vars(cls).items():
        if isinstance(member, FunctionType):
            if member.__closure__ is not None:
                raise TypeError(f"{cls.__name__}.{name} has a closure, and cannot be taken over")
            copy = FunctionType(member.__code__, globals_, name, member.__defaults__)
            copy.__kwdefaults__ = member.__kwdefaults__
            body[name] = copy
    return type(cls.__name__, (), body)


def _globals(cls: type) -> Mapping[str, object]:
    functions = (member for member in vars(cls).values() if isinstance(member, FunctionType))
    return next(functions).__globals__


def _threading(runtime: Runtime) -> dict[str, object]:
    def condition(lock: Lock | None = None) -> object:
        return runtime.condition(runtime.lock() if lock is None else lock)

    def seconds() -> float:
        return runtime.monotonic_ns() / 1e9

    return {
        "threading": SimpleNamespace(Lock=runtime.lock, Condition=condition),
        "Lock": runtime.lock,
        "Condition": condition,
        "time": seconds,
    }
