"""How finely a run is cut into steps. What lies between two points is one step, which nobody can interrupt."""

from enum import Enum


class Granularity(Enum):
    """Where the scheduling points are."""

    LOCKS = "locks"
    """Before taking and after giving back a lock, at every wait, and at every look at the clock."""
    CELLS = "cells"
    """Also before every load and store of a cell, and of the slots."""
    BYTECODES = "bytecodes"
    """Also before every load and store of an attribute or item, every call and every jump back, in the source of the
    library itself (`_instrument.py`, which has to be switched on: `_points.py`)."""
