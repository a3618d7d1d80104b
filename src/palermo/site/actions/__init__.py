"""What this app changes: what is published, and the index of the search."""
