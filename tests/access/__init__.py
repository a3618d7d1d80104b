"""Who may open, read and do what."""
