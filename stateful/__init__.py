"""The suite: a scheduler that owns every interleaving, programs, mutants, and the comparison with the model."""
