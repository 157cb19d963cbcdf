"""What outcomes depend on, and where policies fail."""
