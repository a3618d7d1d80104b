"""Pages that read all apps: the front page, the desk, the States, health, the demonstration."""
