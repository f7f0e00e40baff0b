"""What the mutants have to cover: the classes of bugs in real Disruptors, and the least list.

Rule 1: each class of `docs/known-bugs.md`, and each number of the least list, has a mutant or stands here with the
        reason why it has none. A test says so, and that no reason is left over once there is a mutant.
Rule 2: the least list is what any suite for a ring buffer has to find, whoever wrote the ring.
"""

CLASSES = tuple(f"B{k}" for k in range(1, 21))

LEAST: dict[int, str] = {
    1: "publishing wakes nobody",
    2: "a consumer's progress wakes nobody",
    3: "publishing wakes one of several",
    4: "progress wakes one of several, where claims are larger than one",
    5: "publishing wakes the wrong side",
    6: "progress wakes the wrong side",
    7: "published before the slot is written",
    8: "the slot is written outside of the claim",
    9: "the wrap check is too generous by one",
    10: "the wrap check is too cautious by one",
    11: "the fastest subscriber gates",
    12: "one subscriber gates, the others do not",
    13: "a producer that was woken does not test again",
    14: "a consumer that was woken does not test again",
    15: "each wake-up gives the whole time-out again",
    16: "the comparison with the deadline is the wrong way round",
    17: "a time-out of 0 means for ever",
    18: "the time-out is not used in waiting",
    19: "progress wakes only if the ring was full for the slowest",
    20: "progress wakes one, and only if the ring was full",
    21: "the position of another subscriber is moved",
    22: "the slot is read after the position has moved",
    23: "a wake-up is swallowed by one who times out without testing again",
    24: "one wait, then a time-out is reported",
    25: "the two sides sleep under two locks",
    26: "closing forgets those who wait on one side",
    27: "a joiner gates only after its start was chosen",
    28: "a subscriber that was removed still gates",
    29: "a claim of several looks at its first slot only",
    30: "what was published out of order is visible past a gap",
    31: "the deadline is computed after the lock was taken",
    32: "an exception in the user's code leaves the claim open",
    33: "the holder of the lock dies",
    34: "sequences outgrow the storage they are kept in",
    35: "a void is shown",
    36: "a void stops everybody",
    37: "an upstream is looked at before the wake-up only",
    38: "an upstream that is removed leaves its dependents waiting",
    39: "halting waits until everything is read",
    40: "a block of `read` that raised is marked as processed",
}

NO_CLASS: dict[str, str] = {}
"""Classes without a mutant, and why."""

NOT_LEAST: dict[int, str] = {}
"""Numbers of the least list without a mutant, and why."""
