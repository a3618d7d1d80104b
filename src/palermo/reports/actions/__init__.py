"""What changes data in this app."""
