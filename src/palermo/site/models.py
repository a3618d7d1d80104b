"""What the public reads: a copy in a schema of its own, which is all that the role of the public can see.

The tables are made by hand in the migration (Django knows one schema); nothing here points at the tables of the
responses, so that nobody gets from the copy to what was not published.
"""

from django.db import models
from django.db.models import F

PUBLIC_ROLE = "palermo_public"


class Published(models.Model):
    """The sections of one submission that its State has opened to the public, as an excerpt of the snapshot."""

    receipt = models.CharField(primary_key=True, max_length=64)
    cycle = models.CharField(max_length=40)
    questionnaire = models.CharField(max_length=40)
    treaty = models.CharField(max_length=40)
    # In lower case, as addresses have it.
    party = models.CharField(max_length=32)
    submitted_at = models.DateTimeField()
    published_at = models.DateTimeField()
    sections = models.PositiveIntegerField()
    generated = models.BooleanField()
    # See responses.logic.consent.excerpt.
    excerpt = models.JSONField()

    class Meta:
        """In the schema of the public; one published submission of a response at a time (the constraint is there)."""

        managed = False
        db_table = '"published"."response"'
        ordering = [F("submitted_at").desc(), "receipt"]

    def __str__(self) -> str:
        """The receipt."""
        return self.receipt
