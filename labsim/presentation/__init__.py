"""Floor 8: how it is shown."""
