"""What does my desk look like? Home pages, health, the demonstration."""
