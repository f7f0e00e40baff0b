"""Programs about who belongs to the ring, claims in two hands, ends, and wake-ups that are one of several."""

from model import calls
from stateful.bodies import Program, both, each, loops, reads, waits

S = calls.register_subscriber("S")
AFTER_S = calls.register_subscriber("T", after=("S",))
ALSO_AFTER_S = calls.register_subscriber("U", after=("S",))
publish = calls.publish

BELONGING: tuple[Program, ...] = (
    Program(
        "two slots wanted, given one by one",
        2,
        {"P": each(calls.publish_many("c", "d")), "C": reads("S", 2, most=1)},
        (S, calls.publish_many("a", "b")),
    ),
    Program(
        "two wait for one slot each",
        2,
        {"P": each(calls.claim()), "Q": each(calls.claim()), "C": reads("S", 1)},
        (S, calls.publish_many("a", "b")),
    ),
    Program(
        "an upstream cannot leave",
        1,
        {"L": each(calls.remove_subscriber("S")), "D": reads("T", 1, timeout=1.0), "C": reads("S", 1)},
        (S, AFTER_S, publish("a")),
    ),
    Program(
        "one follower leaves, one waits",
        2,
        {"L": each(calls.remove_subscriber("U")), "C": reads("S", 1), "D": reads("T", 1)},
        (S, AFTER_S, ALSO_AFTER_S, publish("a")),
    ),
    Program(
        "one claim, published by two",
        2,
        {"P": each(calls.publish_claim(0, "a")), "Q": each(calls.publish_claim(0, "a")), "C": reads("S", 1)},
        (S, calls.claim()),
    ),
    Program(
        "one claim, published by one, abandoned by another",
        2,
        {"P": each(calls.publish_claim(0, "a")), "Q": each(calls.abandon(0)), "C": reads("S", 1, timeout=1.0)},
        (S, calls.claim()),
    ),
    Program(
        "close x publish with room",
        4,
        {"P": each(publish("a"), publish("b")), "X": each(calls.close())},
        (S,),
    ),
    Program(
        "halted, then closed",
        2,
        {"X": each(calls.halt(), calls.close()), "C": reads("S", 1)},
        (S, publish("a")),
    ),
    Program(
        "removed, then halted x read",
        1,
        {"C": reads("S", 1), "X": each(calls.remove_subscriber("S"), calls.halt())},
        (S, publish("a")),
    ),
    Program(
        "an upstream stands still",
        1,
        {"D": reads("T", 1, timeout=1.0), "E": waits(0, "T", timeout=2.0)},
        (S, AFTER_S, publish("a")),
    ),
    Program(
        "a claim stays open",
        2,
        {"C": reads("S", 1, timeout=1.0), "D": waits(0, timeout=2.0)},
        (S, calls.claim()),
    ),
    Program(
        "a time-out, then another read",
        2,
        {
            "P": both(waits(9, timeout=2.0), each(publish("a"))),
            "C": both(reads("S", 1, timeout=1.0), reads("S", 1)),
        },
        (S,),
    ),
    Program(
        "an upstream fails, two behind it wait",
        1,
        {"X": each(calls.fail_subscriber("S")), "D": reads("T", 2), "E": reads("V", 1)},
        (S, AFTER_S, calls.register_subscriber("V", after=("T",)), publish("a")),
    ),
    Program(
        "a failure x producers that wait",
        1,
        {"X": each(calls.fail_subscriber("S")), "P": each(publish("b")), "Q": each(publish("c"), timeout=1.0)},
        (S, publish("a")),
    ),
    Program(
        "a failure, and those it does not concern",
        2,
        {"X": each(calls.fail_subscriber("S")), "P": each(publish("b")), "C": reads("W", 2)},
        (S, calls.register_subscriber("W"), publish("a")),
    ),
    Program(
        "failed and started again x a reader behind",
        1,
        {"X": each(calls.fail_subscriber("S"), calls.start()), "C": reads("S", 1), "D": reads("T", 1)},
        (S, AFTER_S, publish("a")),
    ),
    Program(
        "halted and started again x publish, read",
        1,
        {"X": each(calls.halt(), calls.start()), "P": each(publish("b")), "C": reads("S", 2)},
        (S, publish("a")),
    ),
    Program(
        "halted, started again and closed x a loop",
        2,
        {"X": each(calls.halt(), calls.start(), calls.close()), "C": loops("S")},
        (S, publish("a")),
    ),
    Program(
        "closed, then started x a loop",
        2,
        {"X": each(calls.close(), calls.start()), "C": loops("S")},
        (S, publish("a")),
    ),
    Program(
        "failed, started again and closed x a loop beside it",
        2,
        {"X": each(calls.fail_subscriber("S"), calls.start(), calls.close()), "C": loops("W")},
        (S, calls.register_subscriber("W"), publish("a")),
    ),
    Program(
        "the loop behind one that fails",
        2,
        {"X": each(calls.fail_subscriber("S")), "D": loops("T")},
        (S, AFTER_S, publish("a")),
    ),
    Program(
        "failed twice, started once",
        2,
        {
            "X": each(calls.fail_subscriber("S"), calls.start()),
            "Y": each(calls.fail_subscriber("W")),
            "C": reads("S", 1),
        },
        (S, calls.register_subscriber("W"), publish("a")),
    ),
)
