"""Whom can one call? Competent authorities and the roster of experts (not yet used)."""
