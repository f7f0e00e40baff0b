"""Wrong steps of readers: in reading, coming, going and closing. Most were made in real rings (docs/known-bugs.md)."""

from dataclasses import replace

import z3

from tests.proofs.actions import close, drop, give, join, leave, mark, publish, skip
from tests.proofs.bug import (
    BACK,
    CLOSED_CLAIMS,
    EARLIEST,
    FINISHED,
    FINISHES,
    FIRST,
    GATE,
    GONE_STAYS,
    GRAPH,
    HALTED_GIVES,
    HANDED,
    LATEST,
    LIMIT_GATES,
    MARKS,
    ORDER,
    OWNED,
    POSITION_BACK,
    READER,
    S1,
    S2,
    S3,
    S3_SKIPPED,
    S3_TWICE,
    S5,
    S8,
    S9,
    Bug,
)
from tests.proofs.system import CLOSED, HALTED, HELD, OPEN, UNBORN, UNUSED
from tests.proofs.wrong import (
    and_also,
    asks,
    early,
    leads,
    shows_voids,
)

READING = (
    Bug("a void is shown", "give", shows_voids, S2, (HANDED,), run="join claim void give"),
    Bug(
        "a reader is given what is claimed, not what is published",
        "give",
        asks(
            give,
            lambda s, x: z3.And(
                s.registered(x.reader),
                s.position(x.reader) < x.to,
                x.to <= s.claimed,
                s.hand(x.reader) == s.position(x.reader),
            ),
        ),
        S2,
        ("nobody reads what is not published",),
        run="join claim give",
    ),
    Bug(
        "a reader does not wait for its upstreams",
        "give",
        asks(give, lambda s, x: give(s, x).enabled, of_all=False),
        S5,
        ("nobody overtakes an upstream",),
        run="join join claim publish give",
    ),
    Bug(
        "a reader that has gone on is given the rest again",
        "give",
        asks(
            give,
            lambda s, x: z3.And(
                s.registered(x.reader), s.position(x.reader) < x.to, x.to <= s.published, s.phase != HALTED
            ),
        ),
        S3_TWICE,
        (HANDED,),
        run="claim join publish give give",
    ),
    Bug(
        "a mark may go back",
        "mark",
        asks(mark, lambda s, x: z3.And(s.joined(x.reader), x.to >= -1, x.to <= s.hand(x.reader))),
        POSITION_BACK,
        (POSITION_BACK, ORDER),
        run="join mark",
    ),
    Bug(
        "a halted ring hands out the rest",
        "give",
        asks(
            give,
            lambda s, x: z3.And(
                s.registered(x.reader),
                s.position(x.reader) < x.to,
                x.to <= s.published,
                s.hand(x.reader) == s.position(x.reader),
            ),
        ),
        HALTED_GIVES,
        (HALTED_GIVES,),
        run="claim publish join halt give",
    ),
    Bug("who is halted cannot mark", "mark", and_also(mark, lambda s, x: s.phase != HALTED), MARKS, run="join halt"),
    Bug(
        "leaving a loop marks what is in hand",
        "drop",
        leads(drop, lambda s, x, t: replace(t, position=s.hand, hand=s.hand)),
        S3,
        (HANDED,),
        run="claim publish join give drop",
    ),
    Bug(
        "what was dropped counts as given",
        "drop",
        leads(drop, lambda s, x, t: replace(t, given=s.given)),
        S3_TWICE,
        ("nothing else was given",),
        run="join claim publish give drop give",
    ),
    Bug(
        "ghost: what is in hand is skipped",
        "skip",
        leads(
            skip,
            lambda s, x, t: replace(t, skipped=lambda o, q: z3.Or(s.skipped(o, q), z3.And(o == x.reader, q <= x.to))),
        ),
        "",
        ("what was skipped was not given",),
    ),
    Bug(
        "what is skipped is not marked",
        "skip",
        leads(skip, lambda s, x, t: replace(t, position=s.position, hand=s.hand)),
        S3_SKIPPED,
        ("what was skipped is marked",),
        run="join claim publish skip give",
    ),
)

COMING_AND_GOING = (
    Bug(
        "a joiner does not lower the limit",
        "join",
        leads(join, lambda s, x, t: replace(t, limit=s.limit)),
        S1,
        (LIMIT_GATES,),
        run="claim publish look join claim",
    ),
    Bug("a start is read before there is a gate", "join", early, S8, (GATE,), run="claim publish look claim join"),
    Bug(
        "the earliest start is one too early",
        "join",
        asks(
            join,
            lambda s, x: z3.And(
                s.phase != HALTED, s.life(x.reader) == UNBORN, x.to >= -1, x.to >= s.claimed - s.capacity - 1
            ),
        ),
        S8,
        (GATE,),
        run="claim publish look claim join",
    ),
    Bug(
        "one can join only where nobody was overwritten",
        "join",
        and_also(join, lambda s, x: x.to > s.claimed - s.capacity),
        EARLIEST,
        run="claim",
    ),
    Bug(
        "one can join at what is claimed only",
        "join",
        and_also(join, lambda s, x: x.to >= s.claimed),
        LATEST,
        run="claim",
    ),
    Bug(
        "one can be after whoever is not there yet",
        "join",
        asks(join, lambda s, x: join(s, x).enabled, of_all=False),
        READER,
        ("an upstream came first", "an upstream stays"),
        run="join claim publish",
    ),
    Bug(
        "one who is gone can join again",
        "join",
        asks(join, lambda s, x: z3.And(z3.Not(s.registered(x.reader)), x.to >= -1, x.to >= s.claimed - s.capacity)),
        GRAPH,
        (GRAPH, GONE_STAYS, "an upstream came first"),
        run="join leave join join",
    ),
    Bug(
        "ghost: a birth is not counted",
        "join",
        leads(join, lambda s, x, t: replace(t, births=s.births)),
        "",
        ("births are counted",),
    ),
    Bug(
        "an upstream leaves those who are after it",
        "leave",
        asks(leave, lambda s, x: s.registered(x.reader), of_all=False),
        FIRST,
        ("an upstream stays",),
        run="claim join publish join leave",
    ),
    Bug(
        "closing does not lower the limit",
        "close",
        leads(close, lambda s, x, t: replace(t, limit=s.limit)),
        CLOSED_CLAIMS,
        ("the limit of a closed ring refuses",),
        run="close claim",
    ),
    Bug(
        "closing after a halt opens it again",
        "close",
        leads(close, lambda s, x, t: replace(t, phase=z3.IntVal(CLOSED))),
        BACK,
        (BACK,),
        run="halt close",
    ),
    Bug(
        "each close goes one further",
        "close",
        leads(close, lambda s, x, t: replace(t, phase=s.phase + 1)),
        HALTED_GIVES,
        ("a phase",),
        run="claim publish join halt close give",
    ),
    Bug(
        "closing publishes what is held",
        "close",
        leads(close, lambda s, x, t: replace(t, published=s.claimed)),
        S2,
        (FINISHED,),
        run="claim close join give",
    ),
    Bug(
        "a claim cannot be finished after close",
        "publish",
        and_also(publish, lambda s, x: s.phase == OPEN),
        FINISHES,
        run="claim close",
    ),
    Bug(
        "closing lets go of what is held",
        "close",
        leads(close, lambda s, x, t: replace(t, stage=lambda c: z3.If(s.stage(c) == HELD, UNUSED, s.stage(c)))),
        S9,
        (OWNED,),
        run="claim join claim publish close",
    ),
)
