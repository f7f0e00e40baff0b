"""The package under the import name of its first version."""

from disruptor import *  # noqa: F403
from disruptor import __all__ as __all__
