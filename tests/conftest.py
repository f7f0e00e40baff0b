"""The Hypothesis profiles are those of the stateful suite."""

import stateful.profiles as profiles

__all__ = ["profiles"]
