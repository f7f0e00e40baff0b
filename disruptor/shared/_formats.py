"""How a ring between processes holds its events: as bytes, as C structures, or as records of NumPy.

Rule 1: what is chosen is said in words, and stands in the header: whoever opens the ring must have the same.
Rule 2: nothing that is an address in one process is let in: no pointer, no Python object.
Rule 3: NumPy is not imported here. Whoever hands in a dtype has imported it.
"""

import ctypes
from collections.abc import Callable, Iterator
from enum import Enum
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, SupportsIndex, TypeGuard, TypeVar, cast

from disruptor._arguments import integer_between
from disruptor._errors import InvalidType, InvalidValue
from disruptor.shared._codec import Codec, PickleCodec
from disruptor.shared._layout import Header

if TYPE_CHECKING:
    import numpy

E = TypeVar("E")

DEFAULT_SLOT_SIZE: Final = 256
MAX_SLOT_SIZE: Final = 2**30
LENGTH_BYTES: Final = 8


class Kind(Enum):
    """How events are held."""

    BYTES = 0
    """By value: the bytes of a codec, with their length in front."""
    BYTES_IN_PLACE = 1
    """In place: the same; a producer is handed an object, and its bytes are stored when it is published."""
    STRUCTURE = 2
    """In place: `ctypes.Structure`s that lie in the shared memory themselves."""
    RECORDS = 3
    """In place: records of one NumPy array, which lies in the shared memory itself."""


class Events(NamedTuple, Generic[E]):
    """How the events of a ring between processes are made and stored, as its user says it."""

    factory: Callable[[], E] | None
    slot_size: SupportsIndex | None
    codec: Codec[E] | None


class Format(NamedTuple):
    """What two processes have to agree on."""

    kind: Kind
    slot_size: int
    """Bytes of a slot, a multiple of 8."""
    description: str
    """In words; at most `Header.DESCRIPTION_BYTES` of UTF-8."""


def is_structure(factory: object) -> TypeGuard[type[ctypes.Structure]]:
    """Tell whether a factory is a subclass of `ctypes.Structure`."""
    return isinstance(factory, type) and issubclass(factory, ctypes.Structure)


def is_dtype(factory: object) -> "TypeGuard[numpy.dtype[Any]]":
    """Tell whether a factory is a dtype of NumPy."""
    return any(
        kind.__name__ == "dtype" and kind.__module__.partition(".")[0] == "numpy" for kind in type(factory).__mro__
    )


def format_of(events: Events[E]) -> Format:
    """Return how events are held. Raises `InvalidType` or `InvalidValue` for what cannot be shared."""
    slot_size, codec = events.slot_size, events.codec
    factory: object = events.factory
    if is_structure(factory):
        described, size, kind = _structure(factory), ctypes.sizeof(factory), Kind.STRUCTURE
    elif is_dtype(factory):
        described, size, kind = _dtype(factory), int(factory.itemsize), Kind.RECORDS
    else:
        if factory is not None and not callable(factory):
            raise InvalidType(f"event_factory must be callable, a ctypes.Structure or a numpy.dtype, not {factory!r}")
        used: Codec[Any] = PickleCodec() if codec is None else codec
        most = DEFAULT_SLOT_SIZE if slot_size is None else integer_between("slot_size", slot_size, 1, MAX_SLOT_SIZE)
        kind = Kind.BYTES if factory is None else Kind.BYTES_IN_PLACE
        return Format(kind, _rounded(LENGTH_BYTES + most), _short(f"{used.description}, at most {most} bytes"))
    if codec is not None or slot_size is not None:
        what = "codec" if codec is not None else "slot_size"
        raise InvalidValue(f"{what} is for events that are stored as bytes; {factory!r} has {size} bytes of its own")
    if size == 0:
        raise InvalidValue(f"{factory!r} has no fields: its events would have no bytes")
    return Format(kind, _rounded(size), _short(described))


def _rounded(size: int) -> int:
    return -(-size // 8) * 8


def _short(text: str) -> str:
    raw = text.encode(errors="backslashreplace")
    if len(raw) <= Header.DESCRIPTION_BYTES:
        return raw.decode()
    digest = sha256(raw).hexdigest()
    return raw[: Header.DESCRIPTION_BYTES - 80].decode(errors="ignore") + f"... ({digest})"


def _structure(kind: type[ctypes.Structure]) -> str:
    return f"structure of {ctypes.sizeof(kind)} bytes: " + ", ".join(_fields(kind, ""))


def _fields(kind: type[Any], path: str) -> Iterator[str]:
    """Yield each field of a structure with its place, nested ones too."""
    for base in reversed(kind.__mro__):
        for name, field, *bits in vars(base).get("_fields_", ()):
            place = getattr(kind, name)
            within = f"{path}{name}"
            yield from _field(field, within, f"{place.offset}{':' + str(bits[0]) if bits else ''}")


def _field(field: type[Any], path: str, place: str) -> Iterator[str]:
    length = ""
    while issubclass(field, ctypes.Array):
        length += f"[{field._length_}]"
        field = cast("type[Any]", field._type_)
    if issubclass(field, ctypes.Structure | ctypes.Union):
        yield f"{path}{length} at {place} of {ctypes.sizeof(field)} bytes"
        yield from _fields(field, f"{path}.")
        return
    code = getattr(field, "_type_", None)
    if not isinstance(code, str) or code in "PzZOX" or issubclass(field, ctypes.py_object):
        raise InvalidType(
            f"the field {path!r} is a {field.__name__}: an address means nothing in another process; use numbers and arrays"
        )
    order = "swapped " if hasattr(field, "__ctype_le__") and field is not field.__ctype_le__ else ""  # on x86 and ARM
    yield f"{path}{length} at {place}: {order}{code}{ctypes.sizeof(field)}"


def _dtype(dtype: "numpy.dtype[Any]") -> str:
    if dtype.hasobject:
        raise InvalidType(f"{dtype!r} has Python objects: they mean nothing in another process")
    return f"dtype of {dtype.itemsize} bytes: {_item(dtype)}"


def _item(dtype: "numpy.dtype[Any]") -> object:
    """Return what a dtype is made of: its fields with their places, or what an array within is made of, and its shape.

    `dtype.str` of both says no more than their size, and `dtype.descr` is not defined for fields that overlap.
    """
    if dtype.subdtype is not None:
        return (_item(dtype.base), dtype.shape)
    if dtype.fields is None or dtype.names is None:
        return dtype.str
    return [(name, _item(dtype.fields[name][0]), int(dtype.fields[name][1])) for name in dtype.names]
