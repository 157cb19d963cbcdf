"""Survey data and logs of the real community, and how they meet the model's quantities."""
