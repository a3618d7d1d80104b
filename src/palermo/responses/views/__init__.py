"""Pages of responses: answering, the national team, clearing and submitting, and the Secretariat's cycles."""
