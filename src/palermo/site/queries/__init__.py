"""Reads of this app: front page and desk, what is published, the search."""
