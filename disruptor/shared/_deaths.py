"""What is done about the dead: claims that nobody will finish, subscribers that nobody reads through.

Rule 1: who waits in vain for `PARK_SECONDS` for room or for events looks for the dead, under the lock. Nobody else ever
        does: it costs a call of the operating system for each.
Rule 2: a claim of a dead participant becomes void. It has not been published: whoever published has been told so only after.
Rule 3: of dead subscribers only those are looked at that hold back who looks: a producer, the lowest of all gates; a reader,
        the lowest of those that go before it; or, when no row is free, who wants to join. So one that nobody misses stays,
        and another process may go on with it.
Rule 4: by policy, they are removed (logged, counted), or whoever is held back raises `SubscriberDied`.
Rule 5: nothing of the user's runs under the lock: what is logged is logged by a thread of its own.
"""

import logging
from collections.abc import Collection
from contextlib import suppress
from enum import Enum
from functools import partial
from typing import Final

from disruptor._cell import Cell
from disruptor._errors import SubscriberDied
from disruptor._gate import Gate
from disruptor._sequencer import Sequencer
from disruptor._sync import Runtime
from disruptor.shared._claims import SharedHeld
from disruptor.shared._gates import GateTable, Row, serial_of
from disruptor.shared._kernel import Kernel

LOG: Final = logging.getLogger("disruptor")


class Policy(Enum):
    """What happens to a subscriber whose process has died while it holds somebody back."""

    REMOVE = "remove"
    RAISE = "raise"


class Deaths:
    """Looks for the dead in one ring."""

    __slots__ = ("_claims", "_kernel", "_policy", "_runtime", "_subscribers")

    def __init__(self, kernel: Kernel, runtime: Runtime, policy: Policy, claims: Cell, subscribers: Cell) -> None:
        self._kernel = kernel
        self._runtime = runtime
        self._policy = policy
        self._claims = claims
        self._subscribers = subscribers

    def bury(self, sequencer: Sequencer, table: GateTable, among: Collection[Gate] | None) -> None:
        """Void the claims of the dead, and see to dead subscribers `among` which the caller waits for the lowest.

        None is all of them. The caller holds the lock. Raises `SubscriberDied`, if that is the policy.
        """
        for first, held in [*sequencer._held.items()]:
            if isinstance(held, SharedHeld) and not self._kernel.alive(held.participant):
                sequencer.void(first, held.last - first + 1)
                self._claims.value += 1
                self._tell("the claim of %d..%d is void: the process that held it has died", first, held.last)
        serials = None if among is None else {serial_of(gate) for gate in among}
        rows = [row for row in table.rows() if serials is None or row.serial in serials]
        published = sequencer.published.value
        lowest = min((row.gate.position.value for row in rows), default=published)
        for row in rows:
            holds_back = row.gate.position.value == lowest < published
            if holds_back and not self._kernel.alive(table.owner(row)):
                self._end(sequencer, row, "holds others back")

    def make_room(self, sequencer: Sequencer, table: GateTable) -> None:
        """See to one dead subscriber, so that there is a row for a new one: one that nobody is after, if there is any.

        The caller holds the lock. Raises `SubscriberDied`, if that is the policy.
        """
        for row in sorted(table.rows(), key=lambda row: row.gate.followers.value > 0):
            if not self._kernel.alive(table.owner(row)):
                self._end(sequencer, row, "takes the room of a new one")
                return

    def _end(self, sequencer: Sequencer, row: Row, wrong: str) -> None:
        name, position = row.gate.name, row.gate.position.value
        if self._policy is Policy.RAISE:
            raise SubscriberDied(
                f"subscriber {name!r} is at {position} and {wrong}, and its process has died; remove it, or go on with it "
                f"in another process"
            )
        sequencer.remove_gate(row.gate)
        self._subscribers.value += 1
        self._tell("subscriber %r was removed at %d: its process has died", name, position)

    def _tell(self, text: str, *values: object) -> None:
        with suppress(RuntimeError):  # no thread can be started, as when the interpreter ends: nobody fails for that
            self._runtime.spawn(partial(LOG.warning, text, *values))
