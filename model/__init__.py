"""The model of a ring: what every call does, what is always true, and every state of small rings.

    state        what there is, as a value
    calls        the readable way to write a call
    actions      what each call does (action, producers, subscribers): guard and effect
    steps        how calls begin, wait, sleep, wake and return
    promises     what is always true, and what is true sometimes
    explore      every reachable state; scenarios: small rings to explore; witness: somebody else's specification
    oracle       the model as a judge of what some ring did
    draw         lanes and tables

It imports nothing of `disruptor`.
"""
