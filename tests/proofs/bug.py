"""What a wrong step is, and the names of what it breaks.

Rule 1: `refutes` names what the wrong step does not keep, of the invariant and of what lasts; `breaks`, the promise that is
        then broken in a new ring after the steps in `run`, of which there is no shorter list.
Rule 2: a ghost that is kept wrongly breaks no promise, nor does a claim of nothing: these are without `breaks`.
"""

from dataclasses import dataclass

from tests.proofs.actions import ACTIONS
from tests.proofs.promises import Actions
from tests.proofs.system import Action


@dataclass(frozen=True)
class Bug:
    """One wrong step."""

    name: str
    verb: str
    wrong: Action
    breaks: str
    refutes: tuple[str, ...] = ()
    run: str = ""

    @property
    def actions(self) -> Actions:
        """All steps, with the wrong one in its place."""
        return {**ACTIONS, self.verb: self.wrong}


S1 = "S1: no slot of an unread sequence is claimed again"
S1_HELD = "S1: no two sequences that are written at once share a slot"
S1_STEP = "S1: what is claimed anew has no unread event in its slot"
S2 = "S2: what is given is published"
S3 = "S3: what a reader has gone past since it joined was given once, or is void, or it was told to"
S3_TWICE = "S3: nothing is given twice"
S3_SKIPPED = "S3: what was skipped is not given"
S4 = "S4: a sequence keeps its claim, and a finished claim its content"
S5 = "S5: what is given was processed upstream"
S6 = "S6: no two claims share a sequence"
S8 = "S8: what a joiner may start with cannot have been overwritten, and will not be"
S9 = "S9: when nobody holds a claim and nobody is behind, all have all"
QUIET = "a quiescent ring has published all that was claimed"
FINISHES = "whoever holds a claim can finish it"
ROOM = "if all have caught up, there is room for any claim"
PRODUCER = "a producer that waits, waits for a claim that is held or for a reader that is behind"
READER = "a reader that waits, waits for what is not published or for an upstream that is behind"
FIRST = "of the readers that are behind, the first that joined can go on"
MARKS = "whoever has something in hand can mark it"
EARLIEST, LATEST = "one can join at the earliest", "one can join at the latest"
BACK, POSITION_BACK = "nothing goes back", "no position goes back"
GONE_STAYS = "who is gone stays gone"
CLOSED_CLAIMS = "a closed ring claims nothing"
HALTED_GIVES = "a halted ring hands out nothing"
GRAPH = "who is after whom is settled on joining"
GATE, LIMIT_GATES, LIMIT_PUBLISHED = "a gate gates", "the limit respects gates", "the limit respects published"
LAP = "no second lap before publication"
ORDER = "positions are in order"
NEXT = "what comes next is held by somebody"
FINISHED = "what is published is finished"
OWNS, OWNED = "a claim owns its sequences", "what is claimed has an owner"
HANDED = "what was handed out was given once, or is void"
