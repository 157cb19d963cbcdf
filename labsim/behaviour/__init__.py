"""Floor 3: what one person or department does; scalar rules, no loops, no randomness of their own."""
