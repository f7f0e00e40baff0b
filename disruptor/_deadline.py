import math
import numbers


def deadline_after(now: int, timeout: float) -> int | None:
    if math.isinf(timeout):
        return None
    return now + math.ceil(min(timeout, 2**40) * 1e9)


def seconds_until(now: int, deadline: int) -> float:
    return min((deadline - now) / 1e9, 2.0**22)


def check_timeout(timeout: object) -> float | None:
    if timeout is None:
        return None
    if isinstance(timeout, bool) or not isinstance(timeout, numbers.Real):
        raise TypeError(f"timeout {timeout!r}")
    t = float(timeout)
    if math.isnan(t) or t < 0:
        raise ValueError(f"timeout {timeout!r}")
    return None if math.isinf(t) else t
