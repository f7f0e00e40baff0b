"""Programs about publishing and reading, upstreams, joining and leaving."""

from model import calls
from stateful.bodies import Program, both, each, joins, loops, polls, publishes_within, reads, reads_events, waits

S, T = calls.register_subscriber("S"), calls.register_subscriber("T")
AFTER_S = calls.register_subscriber("T", after=("S",))
publish = calls.publish


READING: tuple[Program, ...] = (
    Program("publish x read", 1, {"P": each(publish("a"), publish("b")), "C": reads_events("S", 2)}, (S,)),
    Program(
        "publish x publish x read",
        1,
        {"P": each(publish("a")), "Q": each(publish("b")), "C": reads_events("S", 2)},
        (S,),
    ),
    Program(
        "two loops",
        1,
        {"P": each(publish("a"), publish("b"), calls.close()), "C": loops("S"), "D": loops("T")},
        (S, T),
    ),
    Program(
        "batches of producers",
        2,
        {
            "P": each(calls.publish_many("a", "b")),
            "Q": each(calls.publish_many("c", "d")),
            "C": reads("S", 4, most=1),
        },
        (S,),
    ),
    Program(
        "batch x get",
        2,
        {"P": each(calls.publish_many("a", "b")), "G": each(calls.get(0), calls.get(1))},
    ),
    Program(
        "join x publish within an old limit",
        2,
        {"P": each(publish("d")), "J": joins("S", calls.EARLIEST, reads("S", 1))},
        (publish("a"), publish("b"), publish("c")),
    ),
    Program(
        "upstream x downstream",
        1,
        {"P": each(publish("a"), publish("b")), "C": reads_events("S", 2), "D": reads_events("T", 2)},
        (S, AFTER_S),
    ),
    Program(
        "join behind x progress",
        1,
        {
            "P": each(publish("b")),
            "C": reads("S", 1),
            "J": joins("T", calls.EARLIEST, reads("T", 1), after=("S",)),
        },
        (S, publish("a")),
    ),
    Program(
        "marks by hand",
        4,
        {"C": each(*(calls.update_sequence("S", s) for s in (1, 0, 2, 1, 3))), "D": reads("S", 1)},
        (S, calls.publish_many("a", "b", "c")),
    ),
    Program(
        "second reader x remove",
        1,
        {"C": reads("S", 1), "D": each(calls.update_sequence("S", 0)), "R": each(calls.remove_subscriber("S"))},
        (S, publish("a")),
    ),
    Program(
        "joiner at a sequence x publish",
        2,
        {"P": each(publish("c")), "J": joins("S", 0, reads("S", 1)), "K": joins("T", 1, reads("T", 2))},
        (publish("a"), publish("b")),
    ),
    Program(
        "join x publish",
        1,
        {"P": each(publish("a"), publish("b")), "J": joins("S", calls.EARLIEST, reads("S", 1))},
    ),
    Program(
        "leave x waiting producer",
        1,
        {"P": each(publish("b")), "L": each(calls.remove_subscriber("S"))},
        (S, publish("a")),
    ),
    Program(
        "leave x read",
        1,
        {
            "P": each(publish("a"), publish("b")),
            "L": each(calls.remove_subscriber("S")),
            "C": reads("S", 2),
        },
        (S,),
    ),
    Program(
        "read that fails",
        2,
        {"P": each(publish("a"), publish("b")), "C": reads("S", 3, fails=1)},
        (S,),
    ),
    Program(
        "loop that breaks",
        2,
        {"P": each(publish("a"), publish("b")), "C": both(loops("S", stop=2), reads("S", 1))},
        (S,),
    ),
    Program(
        "two readers of one subscriber",
        2,
        {"P": each(publish("a")), "C": reads("S", 1), "D": reads("S", 1, timeout=1.0)},
        (S,),
    ),
    Program(
        "wait and mark",
        1,
        {"P": each(publish("a"), publish("b")), "C": waits(0, "S", mark=True), "D": waits(1)},
        (S,),
    ),
    Program(
        "get x overwrite",
        1,
        {"P": each(publish("b")), "G": each(calls.get(0), calls.get(1))},
        (publish("a"),),
    ),
    Program(
        "publish into one's own batch",
        1,
        {"C": publishes_within},
        (S, publish("a")),
    ),
    Program(
        "a loop that marks ahead",
        4,
        {
            "C": each(calls.iterate("S"), calls.update_sequence("S", 2), calls.iterate("S"), calls.leave("S")),
            "P": each(publish("e"), publish("f"), timeout=1.0),
        },
        (S, calls.publish_many("a", "b", "c", "d")),
    ),
    Program(
        "early release",
        4,
        {
            "C": each(calls.read("S", 1), calls.update_sequence("S", 2), calls.release("S"), calls.read("S")),
            "P": each(publish("d"), publish("e"), publish("f"), timeout=1.0),
        },
        (S, calls.publish_many("a", "b", "c")),
    ),
    Program(
        "publish into one's own batch x leave",
        1,
        {
            "C": publishes_within,
            "L": each(calls.remove_subscriber("S")),
        },
        (S, publish("a")),
    ),
    Program(
        "upstream x poll behind it",
        1,
        {"P": each(publish("a")), "C": reads("S", 1), "D": polls("T", 1)},
        (S, AFTER_S),
    ),
    Program(
        "a claim is finished, halted and started again x poll behind an upstream",
        1,
        {"P": each(calls.publish_claim(0, "a"), calls.start()), "D": polls("T", 1)},
        (S, AFTER_S, calls.claim(1), calls.halt()),
    ),
    Program(
        "a claim is finished after the close x poll",
        1,
        {"P": each(calls.close(), calls.publish_claim(0, "a")), "D": polls("S", 2)},
        (S, calls.claim(1)),
    ),
    Program(
        "voids x poll",
        2,
        {"P": each(calls.abandon(0), publish("a"), calls.close()), "D": polls("S", 3)},
        (S, calls.claim(1)),
    ),
    Program(
        "failed and started again x poll behind it",
        1,
        {"C": each(calls.fail_subscriber("S"), calls.start(), calls.halt(), calls.start()), "D": polls("T", 2)},
        (S, AFTER_S, publish("a")),
    ),
    Program("publish x wait for it", 1, {"P": each(publish("a")), "D": waits(0)}),
    Program(
        "publish x mark",
        2,
        {"P": each(publish("c"), publish("d")), "C": each(calls.update_sequence("S", 1))},
        (
            S,
            publish("a"),
            publish("b"),
            calls.update_sequence("S", 0),
        ),
    ),
)
