"""Proofs by z3: the protocol for any number of producers, subscribers and sequences, and any graph of subscribers.

    system       a state of the ring, and what a step is
    actions      what producers and subscribers do, as steps
    invariant    what holds in every state that the steps can reach
    promises     what follows from it: safety, and that somebody can always go on
    prove        the obligations, one by one, and their verdicts
    runs         steps one after another in a small ring
    scenes       runs of the right steps: everything that is spoken of happens
    bugs         wrong steps, each of which has to be found out (bug, wrong, bugs_of_producers, bugs_of_readers)

`python -m tests.proofs` prints the obligations.

What is proved is proved for this transition system. `test_tied.py` ties its steps to the ring's own.
"""
