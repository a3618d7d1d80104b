"""The same as JSON: one file per resource, no rules (not yet used)."""
