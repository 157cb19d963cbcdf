"""Floor 5: what came out of a run, as declared indicators, one tidy table and a record."""
