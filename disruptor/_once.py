"""What there may be only one of: whatever gives something back when it is left, or lost, as its copy would, too."""

from typing import NoReturn

from disruptor._errors import InvalidType
from disruptor._override import override


class Once:
    """What lives in one process, and once."""

    __slots__ = ()

    @override
    def __reduce__(self) -> NoReturn:
        raise InvalidType(f"{self!r} lives in one process, and once: it can be neither copied nor pickled")
