"""What was decided? Meetings, documents, recommendations and what became of each (not yet used)."""
