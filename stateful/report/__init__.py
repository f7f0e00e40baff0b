"""The evidence for the promises on one page: `python -m stateful report` runs every check and writes down what came out.

Rule 1: a number on the page is what a check of this run returned, or of an earlier run with the same sources. None is
        copied from anywhere.
Rule 2: nothing is shown as passed that was not run: its cell says "not run in this report".
Rule 3: each piece of evidence says how far it goes (`Reach`), and what it has left out.

    _evidence       what a piece of evidence is
    _extent         how much of each check a report runs
    _checks         the checks, in the order of the columns: _model, _proofs, _code, _samples
    _gather         runs them, and keeps what came out until the sources change
    _graph, _heat   pictures as SVG
    _page, _words   the page as blocks; _html and _markdown write the same blocks
    _command        the command line
"""
