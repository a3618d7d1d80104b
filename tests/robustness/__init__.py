"""What happens when people, browsers and files send something that nobody meant."""
