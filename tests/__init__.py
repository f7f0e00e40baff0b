"""Tests of the library, the model, and the house."""
