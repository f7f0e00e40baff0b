"""`override` for Python 3.11, which has it only in stubs: a marker for the type checker that does nothing at run time."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from typing_extensions import override as override
else:
    _F = TypeVar("_F", bound=Callable[..., object])

    def override(method: _F) -> _F:
        """Mark a method that overrides one of a base class."""
        return method


__all__ = ["override"]
