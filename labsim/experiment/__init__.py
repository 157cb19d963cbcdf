"""Floor 6: many runs, paired on common random numbers."""
