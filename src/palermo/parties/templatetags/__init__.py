"""Template tags of parties."""
