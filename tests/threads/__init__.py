"""Tests on real threads."""
