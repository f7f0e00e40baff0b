"""The pictures and tables of the documentation, made from the code; `python -m docs.pictures` writes them all.

Rule 1: nothing is drawn by hand: a picture is made from a live ring, from the model, or from a schedule that is replayed.
Rule 2: the same bytes each time: no addresses, no clocks, no order of a set.
"""
