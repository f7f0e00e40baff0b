"""Programs about claims, voids, time-outs, and closing."""

from model import calls
from model.calls import LATEST
from stateful.bodies import (
    Program,
    both,
    claims,
    each,
    joins,
    loops,
    loops_batches,
    reads,
    reads_events,
    three_claims,
    two_claims,
    waits,
)

S, T = calls.register_subscriber("S"), calls.register_subscriber("T")
AFTER_S = calls.register_subscriber("T", after=("S",))
publish = calls.publish


CLAIMING: tuple[Program, ...] = (
    Program(
        "close x waiting producers",
        1,
        {"P": each(publish("b")), "Q": each(publish("c")), "X": each(calls.close()), "C": loops("S")},
        (S, publish("a")),
    ),
    Program(
        "close x waiting producers, and nobody reads",
        1,
        {"P": each(publish("b")), "Q": each(publish("c")), "X": each(calls.close())},
        (S, publish("a")),
    ),
    Program(
        "halt x everybody",
        1,
        {"P": each(publish("b")), "X": each(calls.halt()), "C": reads("S", 3), "D": waits(5)},
        (S, publish("a")),
    ),
    Program(
        "producer's time-out x progress",
        1,
        {"P": each(publish("b"), timeout=1.0), "C": reads("S", 2, timeout=1.0)},
        (S, publish("a")),
    ),
    Program(
        "two time-outs and one wake-up",
        1,
        {"P": each(publish("b"), timeout=1.0), "Q": each(publish("c")), "C": reads("S", 2)},
        (S, publish("a")),
    ),
    Program(
        "tries without waiting",
        1,
        {"P": each(publish("a"), publish("b"), timeout=0.0), "C": reads("S", 2, timeout=0.0)},
        (S,),
    ),
    Program("tries on a full ring", 1, {"P": each(publish("a"), publish("b"), timeout=0.0)}, (S,)),
    Program(
        "one wants two slots, one wants one",
        2,
        {"P": each(calls.publish_many("c", "d")), "Q": each(publish("e")), "C": reads("S", 1, most=1)},
        (S, calls.publish_many("a", "b")),
    ),
    Program(
        "claims out of order",
        2,
        {"P": two_claims("a", "b"), "C": reads_events("S", 2), "D": waits(1)},
        (S,),
    ),
    Program(
        "void x read",
        1,
        {"P": both(claims("x", publish=False), each(publish("a"))), "C": reads_events("S", 1)},
        (S,),
    ),
    Program(
        "void x loop",
        2,
        {
            "P": both(claims("x", "y", publish=False), each(publish("a"), calls.close())),
            "C": loops("S"),
        },
        (S,),
    ),
    Program(
        "open claim x time-out of a reader",
        2,
        {"P": claims("a"), "Q": each(publish("b")), "C": reads("S", 1, timeout=1.0)},
        (S,),
    ),
    Program(
        "claims without subscribers",
        1,
        {"P": claims("a"), "Q": claims("b"), "D": waits(1)},
    ),
    Program(
        "downstream's time-out",
        1,
        {"C": reads("S", 1), "D": reads("T", 1, timeout=1.0)},
        (S, AFTER_S, publish("a")),
    ),
    Program(
        "time-outs while wake-ups keep coming",
        2,
        {
            "P": both(waits(9, timeout=1.0), each(publish("b"))),
            "D": reads("T", 1, timeout=2.0),
            "Q": both(waits(9, timeout=1.5), each(publish("c"), timeout=1.0)),
        },
        (S, AFTER_S, publish("a")),
    ),
    Program(
        "three claims, the first last",
        4,
        {"P": three_claims("a", "b", "c"), "C": reads_events("S", 3), "D": waits(2)},
        (S,),
    ),
    Program(
        "close x open claim x loop",
        2,
        {"P": claims("a"), "X": each(calls.close()), "C": loops("S")},
        (S,),
    ),
    Program(
        "join x open claim",
        2,
        {"P": claims("a"), "Q": each(publish("b")), "J": joins("S", LATEST, reads("S", 1))},
    ),
    Program(
        "claims of two x batches",
        2,
        {"P": claims("a", "b"), "Q": claims("c", "d"), "C": loops_batches("S"), "X": each(calls.close())},
        (S,),
    ),
)
