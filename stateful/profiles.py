"""How long Hypothesis looks: `ci`, the same examples every time, and `deep`, `--hypothesis-profile=deep`."""

from hypothesis import HealthCheck, settings

UNHURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=150, suppress_health_check=UNHURRIED)
settings.register_profile("deep", deadline=None, max_examples=5_000, suppress_health_check=UNHURRIED)
settings.load_profile("ci")
