"""Floor 1: what is asked."""
