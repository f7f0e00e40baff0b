"""Contracts on the arithmetic of sequences, and the lemmas that follow."""
