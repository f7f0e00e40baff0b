"""How long the suite looks: Hypothesis, by `ci` (the same examples each time) or `deep`, and the stories of the deep run."""

import os
from typing import Final, Protocol, cast

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

UNHURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=150, suppress_health_check=UNHURRIED)
settings.register_profile("deep", deadline=None, max_examples=5_000, suppress_health_check=UNHURRIED)
settings.load_profile("ci")


DEEP_LIMIT: Final = int(os.environ.get("DEEP_LIMIT", "1000"))
"""How many schedules of a story the deep run makes at most; the environment may ask for more."""


class Runs(Protocol):
    """Runs a machine; raises what it finds."""

    def __call__(self, machine: type[RuleBasedStateMachine], *, settings: settings) -> None:
        """Run it."""


run_machine: Final = cast("Runs", run_state_machine_as_test)
"""`run_state_machine_as_test`, whose types not every version of Hypothesis tells."""
