"""What did peers observe? Reviews, feedback, observations, dialogue (not yet used)."""
