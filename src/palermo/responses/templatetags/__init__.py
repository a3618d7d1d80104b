"""Template tags of the pages of answering."""
