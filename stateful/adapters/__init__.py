"""Rings under test: ours, and yours (`_protocol.py`)."""
