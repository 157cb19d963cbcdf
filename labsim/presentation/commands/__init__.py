"""The commands of ``labsim``, a module for each family."""
