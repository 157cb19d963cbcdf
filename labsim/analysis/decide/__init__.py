"""Choosing when much is not known: robustness, search, ranking, targets and the worth of information."""
