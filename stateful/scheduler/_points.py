"""What instrumented source calls: scheduling points between its bytecodes.

Rule 1: a helper does what the source said, after a point (granularity `BYTECODES`), and writes down which place was touched.
        Without a scheduler at work it only does what the source said.
Rule 2: only what can change is a place: fields of objects, and the items of lists, dicts and sets. Methods, modules and
        classes, and the simulated locks and cells, which make points of their own, are not.
Rule 3: a helper that stands for a call of C code touches the items of the container whose method it is, and looks at those
        that it is given.
"""

import gc
import operator
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, Final, final

from stateful.scheduler._access import Kind
from stateful.scheduler._instrument import PREFIX, SITES, compiled, functions

if TYPE_CHECKING:
    from stateful.scheduler._core import Scheduler

CONTAINERS: Final = (list, dict, set, deque)
ONLY_LOOK: Final = frozenset(
    [
        "copy",
        "count",
        "difference",
        "get",
        "index",
        "intersection",
        "isdisjoint",
        "issubset",
        "issuperset",
        "items",
        "keys",
        "union",
        "values",
    ]
)
"""Methods of containers that change nothing."""

OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "Add": operator.iadd,
    "Sub": operator.isub,
    "Mult": operator.imul,
    "BitOr": operator.ior,
    "BitAnd": operator.iand,
    "BitXor": operator.ixor,
}


def is_field(kind: type, attribute: str) -> bool:
    """Tell whether `attribute` of an object of this class can change."""
    ours = kind.__module__.startswith("stateful.")
    if ours or kind.__module__ in ("builtins", "greenlet") or issubclass(kind, type | tuple):
        return False
    for base in kind.__mro__:
        if attribute in vars(base):
            return type(vars(base)[attribute]).__name__ == "member_descriptor"
    return True


@final
class Points:
    """The helpers; one object for all schedulers, one after the other."""

    def __init__(self) -> None:
        self.scheduler: Scheduler | None = None
        self._fields: dict[tuple[type, str], bool] = {}

    def _point(self, scheduler: "Scheduler", site: int) -> None:
        if scheduler.bytecodes:
            scheduler.point(SITES[site])

    def _field(self, value: object, attribute: str, site: int, kind: Kind) -> None:
        scheduler = self.scheduler
        if scheduler is None or not scheduler.acting:
            self.keep(value)
            return
        key = type(value), attribute
        field = self._fields.get(key)
        if field is None:
            field = self._fields[key] = is_field(*key)
        if field:
            self._point(scheduler, site)
            if scheduler.log is not None:
                scheduler.access((scheduler.log.name(value), attribute), kind)

    def _items(self, value: object, kind: Kind) -> None:
        scheduler = self.scheduler
        if scheduler is not None and scheduler.log is not None and type(value) in CONTAINERS:
            scheduler.access(scheduler.log.name(value), kind)

    # --- what the source says ------------------------------------------------------------------------------

    def load(self, value: Any, attribute: str, site: int) -> Any:
        """Before a load of an attribute: return its object."""
        self._field(value, attribute, site, Kind.LOAD)
        return value

    def store(self, value: Any, attribute: str, site: int) -> Any:
        """Before a store of an attribute: return its object."""
        self._field(value, attribute, site, Kind.STORE)
        return value

    def keep(self, value: Any) -> Any:
        """Before an object is kept in a field: give it a name."""
        scheduler = self.scheduler
        if scheduler is not None and scheduler.log is not None and not isinstance(value, type):
            scheduler.log.name(value)
        return value

    def look(self, value: Any, site: int) -> Any:
        """Before something that looks at the items of a container: return it."""
        self._container(value, site, Kind.LOAD)
        return value

    def change(self, value: Any, site: int) -> Any:
        """Before a store or deletion of an item: return the container."""
        self._container(value, site, Kind.STORE)
        return value

    def _container(self, value: object, site: int, kind: Kind) -> None:
        scheduler = self.scheduler
        if scheduler is not None and scheduler.acting and type(value) in CONTAINERS:
            self._point(scheduler, site)
            self._items(value, kind)

    def item(self, value: Any, index: Any, site: int) -> Any:
        """Load an item."""
        self._container(value, site, Kind.LOAD)
        return value[index]

    def put(self, item: Any, value: Any, index: Any, site: int) -> None:
        """Store an item."""
        self._container(value, site, Kind.STORE)
        value[index] = item

    def call(self, site: int, function: Callable[..., Any], /, *arguments: Any, **keywords: Any) -> Any:
        """Call a function."""
        scheduler = self.scheduler
        if scheduler is not None and scheduler.acting:
            self._point(scheduler, site)
            owner = getattr(function, "__self__", None)
            if type(owner) in CONTAINERS:
                self._items(owner, Kind.LOAD if function.__name__ in ONLY_LOOK else Kind.STORE)
            if not isinstance(getattr(function, "__func__", function), FunctionType):
                for argument in arguments:
                    self._items(argument, Kind.LOAD)
        return function(*arguments, **keywords)

    def each(self, values: Iterable[Any], site: int) -> Iterator[Any]:
        """Iterate: a jump back before each item."""
        if isinstance(values, CONTAINERS):
            self._container(values, site, Kind.LOAD)
        for value in values:
            yield value
            self.jump(site)
            self._items(values, Kind.LOAD)

    def jump(self, site: int) -> None:
        """Jump back."""
        scheduler = self.scheduler
        if scheduler is not None and scheduler.acting:
            self._point(scheduler, site)

    def operate(self, name: str, old: Any, value: Any) -> Any:
        """Return what an augmented assignment assigns."""
        return OPERATORS[name](old, value)

    def slice(self, *parts: Any) -> slice:
        """Return a slice."""
        return slice(*parts)


POINTS: Final = Points()
HELPERS: Final = ("call", "change", "each", "item", "jump", "keep", "load", "look", "operate", "put", "slice", "store")

_CODES: dict[str, list[tuple[FunctionType, CodeType, CodeType]]] = {}


def _codes(module: ModuleType) -> list[tuple[FunctionType, CodeType, CodeType]]:
    """Return the functions of a module, each with its code as it is and with points."""
    known = _CODES.get(module.__name__)
    if known is None:
        new = compiled(module)
        known = [
            (function, function.__code__, new[function.__code__.co_qualname, function.__code__.co_firstlineno])
            for function in functions(module)
        ]
        _CODES[module.__name__] = known
    return known


@contextmanager
def at_work(scheduler: "Scheduler") -> Iterator[None]:
    """Have the points within the block report to `scheduler`.

    Cyclic garbage is not collected meanwhile: the finalisers of another run would have points in this one.
    """
    collects = gc.isenabled()
    gc.disable()
    POINTS.scheduler = scheduler
    try:
        yield
    finally:
        POINTS.scheduler = None
        if collects:
            gc.enable()


@contextmanager
def instrumented(modules: Iterable[ModuleType]) -> Iterator[None]:
    """Have points in the source of `modules` within the block."""
    modules = list(modules)
    for module in modules:
        vars(module).update({f"{PREFIX}{name}": getattr(POINTS, name) for name in HELPERS})
        for function, _, new in _codes(module):
            function.__code__ = new
    try:
        yield
    finally:
        for module in modules:
            for function, old, _ in _codes(module):
                function.__code__ = old
