"""What shows that a promise was put to the test is seen in some states of small rings, and not in all of them."""

import pytest

from model import calls, promises
from model.clearing import joined_behind_what_is_gone
from model.promises import Promise
from model.scenarios import Scenario, claimer, closer, joiner, looper, producer, run, subscriber, with_readers
from model.state import Reader, State

S, T = Reader("S", -1), Reader("T", -1)
CLAIMS = Scenario(with_readers(2), (claimer("P", 1), claimer("Q", 1), closer()))
READS = Scenario(with_readers(2, S, T), (producer("P", "a", "b"), looper("S"), looper("T"), closer()))
BATCHES = Scenario(with_readers(2, S), (producer("P", "a", "b"), subscriber("S"), closer()))
LATE = Scenario(with_readers(2), (claimer("P", 1, 1), joiner("J", start=calls.LATEST), closer()))


def without(promise: Promise) -> Promise:
    """Return the promise that the other one does not hold."""

    def not_so(state: State) -> bool:
        return not promise(state)

    return not_so


@pytest.mark.parametrize(
    ("scenario", "partners"),
    [
        (CLAIMS, (promises.out_of_order, promises.two_claims)),
        (READS, (promises.same_in_two_hands, promises.sleeping)),
        (BATCHES, (promises.batch_in_hand,)),
        (LATE, (promises.joined_late,)),
    ],
    ids=["claims", "reads", "batches", "a joiner"],
)
def test_a_partner_is_seen_and_not_everywhere(scenario: Scenario, partners: tuple[Promise, ...]) -> None:
    run(scenario, sometimes=(*partners, *map(without, partners))).require()


def test_who_joined_behind_what_is_gone_is_told_from_who_did_not() -> None:
    state = with_readers(2, S)._replace(released=0)
    late = S._replace(promised=1)
    assert joined_behind_what_is_gone(state._replace(readers=(late,)))
    assert not joined_behind_what_is_gone(state._replace(readers=(S, late._replace(alive=False))))
    assert not joined_behind_what_is_gone(state._replace(readers=(late,), released=1))
