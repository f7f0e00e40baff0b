"""The model of a ring: what every call does, what is always true, and every state of small rings.

    state        what there is, as a value
    calls        the readable way to write a call
    actions      what each call does (action, producers, subscribers): guard and effect
    steps        how calls begin, wait, sleep, wake and return
    promises     what is always true, and what is true sometimes
    explore      every reachable state; scenarios: small rings to explore; witness: somebody else's specification
    liveness     livelocks, in what was explored (graph, cycles)
    proof        the invariant that makes safety hold for rings of every size; proof_claims: what becomes of a sequence;
                 proof_readers: readers, their upstreams, and the producers
    oracle       the model as a judge of what some ring did
    history      a recorded history, and the verdict on it; the same on the command line (`python -m model history FILE`):
                 events, lines, well_formed   what a history is, and its lines of JSON
                 replay, broken_off           what each event says about the state; what interrupts and crashes may leave
                 linearize                    the search for an order; foresight, commuting: what makes it short
    draw, table  lanes, and the table of actions

It imports nothing of `disruptor`.
"""
