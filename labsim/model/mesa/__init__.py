"""The same rules as Mesa agents: the reference that the kernels are held against."""
