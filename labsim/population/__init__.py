"""Floor 2: who lives and works there."""
