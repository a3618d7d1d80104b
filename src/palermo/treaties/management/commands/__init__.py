"""Commands of this app: each parses its arguments, calls one action and prints."""
