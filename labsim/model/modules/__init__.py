"""Extension mechanisms, each switched on by a scenario; switched off, the core runs bit for bit as without them."""
