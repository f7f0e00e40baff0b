"""Programs on rings of events in place."""

from model import calls
from stateful.bodies import Program, claims, each, loops, reads_events

S, T = calls.register_subscriber("S"), calls.register_subscriber("T")
AFTER_S = calls.register_subscriber("T", after=("S",))
publish = calls.publish

IN_PLACE: tuple[Program, ...] = (
    Program(
        "publish_event x read",
        1,
        {
            "P": each(calls.publish_event("a"), calls.publish_event("b")),
            "C": reads_events("S", 2),
        },
        (S,),
        in_place=True,
    ),
    Program(
        "translator that raises",
        1,
        {
            "P": each(calls.publish_event("a", fails=True), calls.publish_event("b")),
            "C": reads_events("S", 1),
            "G": each(calls.get(0)),
        },
        (S,),
        in_place=True,
    ),
    Program(
        "two translators",
        2,
        {
            "P": each(calls.publish_event("a")),
            "Q": each(calls.publish_event("b", fails=True)),
            "C": loops("S"),
            "X": each(calls.close()),
        },
        (S,),
        in_place=True,
    ),
    Program(
        "claim in place",
        2,
        {"P": claims("a", "b"), "Q": claims("c", publish=False), "C": reads_events("S", 2)},
        (S,),
        in_place=True,
    ),
)
