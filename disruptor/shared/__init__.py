"""Rings between processes: the same sequencer, barrier and subscriber over shared memory (`multiproc=True`).

Rule 1: nothing here is imported before a ring between processes is made or opened, but for the words that public names need.
Rule 2: what the operating system gives is behind one seam, `Kernel` (`_kernel.py`), which a test replaces.
"""
