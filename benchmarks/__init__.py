"""Measures what Palermo costs, on the real checklist over HTTP; ``./palermo benchmark`` runs it. See README.md."""
