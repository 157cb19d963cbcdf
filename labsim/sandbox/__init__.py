"""Exercises for teams: rounds under the same luck, fog of war, and a debrief that teaches."""
