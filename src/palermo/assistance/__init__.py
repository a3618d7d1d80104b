"""What is needed, what is given, did it help? Needs, offers, programmes, evaluations (not yet used)."""
