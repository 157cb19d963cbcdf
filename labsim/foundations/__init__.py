"""Floor 0: knows nothing about communities."""
