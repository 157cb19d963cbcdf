"""Floor 7: what many runs mean."""
