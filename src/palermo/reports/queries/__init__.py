"""Reads of this app: one national response, and all States together."""
