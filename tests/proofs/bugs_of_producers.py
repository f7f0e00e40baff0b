"""Wrong steps of producers: the gate, and the order of publication. Most were made in real rings (docs/known-bugs.md)."""

from dataclasses import replace

import z3

from tests.proofs.actions import claim, look, mark, void
from tests.proofs.bug import (
    BACK,
    CLOSED_CLAIMS,
    FINISHED,
    GATE,
    LAP,
    LIMIT_GATES,
    LIMIT_PUBLISHED,
    NEXT,
    OWNED,
    OWNS,
    PRODUCER,
    QUIET,
    ROOM,
    S1,
    S1_HELD,
    S1_STEP,
    S2,
    S4,
    S6,
    Bug,
)
from tests.proofs.system import UNUSED
from tests.proofs.wrong import (
    asks,
    claims,
    fastest,
    finish_wrongly,
    forgotten,
    gates_for_ever,
    leads,
    stopped_by_voids,
    without_published,
)

CLAIMING = (
    Bug(
        "the gate is off by one",
        "claim",
        asks(claim, lambda s, x: z3.And(x.count >= 1, s.claimed + x.count <= s.limit + 1, s.stage(x.claim) == UNUSED)),
        S1,
        (GATE, LAP, S1_STEP, CLOSED_CLAIMS),
        run="join claim",
    ),
    Bug(
        "a claim of several asks for the room of one",
        "claim",
        asks(claim, lambda s, x: z3.And(x.count >= 1, s.claimed + 1 <= s.limit, s.stage(x.claim) == UNUSED)),
        S1_HELD,
        (GATE, LAP, S1_STEP),
        run="claim",
    ),
    Bug(
        "a claim starts after what is published",
        "claim",
        claims(lambda s, x: s.published + 1),
        S6,
        (OWNS, BACK, S4),
        run="claim claim",
    ),
    Bug("a claim leaves one out", "claim", claims(lambda s, x: s.claimed + 2), QUIET, (OWNED, NEXT), run="claim void"),
    Bug(
        "a claim of nothing",
        "claim",
        claims(lambda s, x: s.claimed + 1, least=0),
        "",
        ("a claim lies among what is claimed",),
    ),
    Bug("only the fastest gate gates", "look", fastest, S1, (LIMIT_GATES,), run="claim join publish look claim"),
    Bug("without readers, there is no limit", "look", without_published, S1_HELD, (LIMIT_PUBLISHED,), run="look claim"),
    Bug("who has left still gates", "look", gates_for_ever, ROOM, run="claim join leave publish"),
    Bug(
        "the cached limit grows with every reader's progress",
        "mark",
        leads(mark, lambda s, x, t: replace(t, limit=s.limit + x.to - s.position(x.reader))),
        S1,
        (LIMIT_GATES, LIMIT_PUBLISHED, "the limit of a closed ring refuses"),
        run="claim publish join join give mark claim",
    ),
    Bug(
        "a gate one too cautious",
        "look",
        leads(look, lambda s, x, t: replace(t, limit=x.to - 1)),
        PRODUCER,
    ),
)

FINISHING = (
    Bug(
        "published past a gap",
        "publish",
        finish_wrongly(lambda s, x, t: x.to == s.last(x.claim)),
        S2,
        (FINISHED, NEXT),
        run="claim claim publish join give",
    ),
    Bug(
        "published moves over one claim only",
        "publish",
        finish_wrongly(lambda s, x, t: z3.Or(x.to == s.published, x.to == s.last(x.claim)), finished=True),
        QUIET,
        (NEXT,),
        run="claim publish",
    ),
    Bug(
        "published goes beyond what is claimed",
        "publish",
        finish_wrongly(lambda s, x, t: x.to == s.claimed + 1),
        S2,
        ("published <= claimed", FINISHED),
        run="join claim publish give",
    ),
    Bug(
        "a claim is shown one by one",
        "publish",
        finish_wrongly(lambda s, x, t: z3.BoolVal(True), finished=True),
        QUIET,
        ("a claim is shown at once", NEXT),
        run="claim publish",
    ),
    Bug(
        "a publication out of order is forgotten",
        "publish",
        forgotten,
        QUIET,
        (OWNED, S4),
        run="claim claim publish publish",
    ),
    Bug("a void stops everybody", "publish", stopped_by_voids, QUIET, (NEXT,), run="claim claim void publish"),
    Bug(
        "what is published can be voided",
        "void",
        asks(void, lambda s, x: s.stage(x.claim) != UNUSED),
        S2,
        (S4,),
        run="join claim publish give void",
    ),
)
