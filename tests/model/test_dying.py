"""The model's word on who has died in the middle of a call: what he held is void, what he read through is nobody's."""

from model import calls
from model.dying import Survivors
from model.oracle import View
from model.state import Outcome, Pending, Reader, ring
from model.steps import breach


def test_what_a_call_had_got_when_it_died_is_given_up() -> None:
    oracle = Survivors(2)
    oracle.invoke("P", calls.claim())
    oracle.invoke("R", calls.register_subscriber("S"))
    assert any(state.claims for state in oracle.possible())
    oracle.kill("P", claims=[(7, 1)])  # one that nobody knows of is none
    oracle.kill("R", subscribers=["nobody"])
    oracle.quiesce()
    assert {(state.claimed, state.published) for state in oracle.possible() if not state.pending} >= {(-1, -1)}


def test_who_dies_while_he_reads_has_marked_nothing_and_others_may_read() -> None:
    oracle = Survivors(2)
    for task, call, outcome in (
        ("S", calls.register_subscriber("S"), Outcome("ok", (0,))),
        ("P", calls.publish("a"), Outcome("ok", (0,))),
        ("S", calls.read("S"), Outcome("ok", (0,), ("a",))),
    ):
        oracle.invoke(task, call)
        oracle.respond(task, outcome)
    oracle.kill("S", subscribers=["S"])
    oracle.quiesce(View(0, 0))  # nobody misses it, so it stays
    oracle.invoke("T", calls.read("S"))
    oracle.respond("T", Outcome("ok", (0,), ("a",)))


def test_what_a_failed_call_leaves_is_named() -> None:
    before = ring(1)
    call = Pending("P", calls.publish("a"))
    assert breach(before, call, before) == ""
    assert breach(before, call, before._replace(claimed=0)) == "publish(a) failed and keeps a claim"
    there = before._replace(readers=(Reader("S", -1),))
    moved = there._replace(readers=(Reader("S", 0),))
    assert breach(there, call, moved) == "publish(a) failed and moved S"
