"""Floor 4: how a day passes for everybody."""
