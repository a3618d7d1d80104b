"""Palermo: self-assessment of treaties, and the assistance that follows from it."""
