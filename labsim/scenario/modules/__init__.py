"""Levers and parameters of the extension modules, one file each."""
