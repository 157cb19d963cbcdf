"""What players and trainers of an exercise see."""
