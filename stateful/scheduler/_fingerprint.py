"""The state of everything that some tasks can see, as a list of plain values that can be compared.

Rule 1: what a task can see is what its frames hold: where it is in each function, the locals, the globals that the function
        names, and whatever can be reached from there. Objects are numbered as they are met; so an object that was made anew
        and looks the same is the same.
Rule 2: what only looks on is left out: the scheduler, the oracle, the log. Locks and cells are what they hold.
Rule 3: what cannot be compared raises `Incomparable`: objects of C code that are not known here, sets of anything but plain
        values, and times, unless they are the same. Nothing is called that a program has defined.
Rule 4: what is not seen: iterators that only a `for` of a running frame holds (`in_for` tells where that is so), values in
        the middle of an expression, and globals of functions that are not running.
"""

import dis
import gc
from collections import deque
from collections.abc import Iterable
from enum import Enum
from functools import cache, partial
from types import (
    BuiltinFunctionType,
    CellType,
    CodeType,
    FrameType,
    FunctionType,
    GeneratorType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Final, final

from greenlet import greenlet

from stateful.scheduler._memory import SimCell
from stateful.scheduler._runtime import SimLock, SimRuntime

PLAIN: Final = (int, str, bytes, float, complex, Enum, range, slice, type(None), type(Ellipsis), type(NotImplemented))
BY_IDENTITY: Final = (type, ModuleType, CodeType, greenlet, SimRuntime)
ITERATORS: Final[tuple[type, ...]] = (
    type(iter([])),
    type(iter(())),
    type(iter(range(0))),
    type(iter("")),
    enumerate,
    zip,
    map,
)
"""Iterators that tell by `__reduce__` where they are."""
LOOKING_ON: Final = frozenset(
    [
        "stateful.world",
        "model.oracle",
        *(f"stateful.scheduler._{name}" for name in ("core", "fair", "log", "points", "repeat", "task")),
    ]
)
"""The modules whose objects only look on."""


MADE_IN_PYTHON: Final = frozenset({"__dict__", "__slots__", "__weakref__"})
"""What a class has, or one above it, that was made by a `class` statement."""


class Incomparable(Exception):
    """Something cannot be compared."""


@cache
def _loops(code: CodeType) -> tuple[tuple[int, int], ...]:
    """Return where the bodies of the `for` loops of some code begin and end."""
    return tuple((i.offset, i.argval) for i in dis.get_instructions(code) if i.opname == "FOR_ITER")


def in_for(frame: FrameType) -> bool:
    """Tell whether a frame is in a `for`, and so holds an iterator that nobody can see."""
    return any(begin <= frame.f_lasti < end for begin, end in _loops(frame.f_code))


def _python_class(kind: type) -> bool:
    """Tell whether a class and its bases are made in Python, so that fields and slots are all there is."""
    return all(any(MADE_IN_PYTHON & {*vars(above)} for above in base.__mro__[:-1]) for base in kind.__mro__[:-1])


@final
class Fingerprint:
    """Collects what can be reached, breadth first."""

    def __init__(self) -> None:
        self.tokens: list[object] = []
        """What is compared."""
        self._numbers: dict[int, int] = {}
        self._ahead: deque[object] = deque()
        self._kept: list[object] = []  # so that no number is given twice

    def frame(self, frame: FrameType) -> None:
        """Add a frame."""
        code, known = frame.f_code, frame.f_globals
        values = dict(frame.f_locals)
        values.update({f"global {name}": known[name] for name in code.co_names if name in known})
        self.tokens += [id(code), frame.f_lasti, *values]
        self.values(values.values())

    def values(self, values: Iterable[object]) -> None:
        """Add values, and what can be reached from them; `Incomparable` if one cannot be compared."""
        self._ahead.extend(values)
        while self._ahead:
            self._value(self._ahead.popleft())

    def _node(self, *tokens: object, leads_to: Iterable[object] = ()) -> None:
        children = tuple(leads_to)
        self.tokens += [*tokens, len(children)]
        self._ahead.extend(children)

    def _value(self, thing: object) -> None:
        kind = type(thing)
        if isinstance(thing, PLAIN):
            self.tokens += [kind, thing]
            return
        number = self._numbers.setdefault(id(thing), len(self._numbers))
        if number < len(self._numbers) - 1:
            self.tokens += ["again", number]
            return
        self._kept.append(thing)
        self.tokens.append(kind.__qualname__)
        if isinstance(thing, SimLock):
            self._node(thing.taken)
        elif isinstance(thing, SimCell):
            self._node(leads_to=[thing.peek()])
        elif isinstance(thing, BY_IDENTITY) or kind.__module__ in LOOKING_ON:
            self._node(id(thing))
        elif isinstance(thing, list | tuple | deque):
            self._node(leads_to=[*list.__iter__(thing)] if isinstance(thing, list) else thing)
            self._fields(thing)
        elif isinstance(thing, dict):
            self._node(leads_to=[part for item in dict.items(thing) for part in item])
        elif isinstance(thing, set | frozenset):
            if not all(isinstance(item, PLAIN) for item in thing):
                raise Incomparable
            self._node(leads_to=sorted(thing, key=lambda item: (type(item).__name__, repr(item))))
        elif isinstance(thing, FunctionType):
            inside = [*(thing.__closure__ or ()), *(thing.__defaults__ or ()), *(thing.__kwdefaults__ or {}).values()]
            self._node(id(thing.__code__), leads_to=inside)
        elif isinstance(thing, CellType):
            self._node(leads_to=self._content(thing))
        elif isinstance(thing, MethodType):
            self._node(leads_to=[thing.__func__, thing.__self__])
        elif isinstance(thing, BuiltinFunctionType):
            self._node(thing.__qualname__, leads_to=[thing.__self__])
        elif isinstance(thing, partial):
            self._node(leads_to=[thing.func, thing.args, thing.keywords])
        elif isinstance(thing, GeneratorType):
            self._generator(thing)
        elif isinstance(thing, BaseException):
            self._node(leads_to=[thing.args])
        elif kind in ITERATORS:
            self._node(leads_to=[thing.__reduce__()])
        elif kind is object:
            self._node()
        elif _python_class(kind):
            self._node()
            self._fields(thing)
        else:
            raise Incomparable

    def _fields(self, thing: object) -> None:
        fields = dict(getattr(thing, "__dict__", {}))
        for base in type(thing).__mro__:
            for name, member in vars(base).items():
                if isinstance(member, MemberDescriptorType):
                    try:
                        fields[name] = member.__get__(thing)
                    except AttributeError:
                        continue
        self._node(*fields, leads_to=fields.values())

    def _content(self, cell: CellType) -> list[object]:
        try:
            return [cell.cell_contents]
        except ValueError:
            return []

    def _generator(self, generator: "GeneratorType[object, object, object]") -> None:
        frame = generator.gi_frame
        if frame is None or generator.gi_running:  # a running one is among the frames of its task
            self._node(frame is None)
        else:
            inside = [part for part in gc.get_referents(generator) if not isinstance(part, FrameType)]
            self._node(frame.f_lasti, leads_to=inside)
