"""One module per command; each parses, calls one action and prints."""
