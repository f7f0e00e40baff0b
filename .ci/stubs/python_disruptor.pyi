"""The types of the alias: a module of one file cannot carry py.typed, so the wheel has this stub package (PEP 561)."""

from disruptor import *  # noqa: F403
from disruptor import __all__ as __all__
