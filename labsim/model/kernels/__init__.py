"""Compiled loops: gather, draw the addressed uniform, call the rule, write."""
