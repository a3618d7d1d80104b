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


class Reporting(models.Model):
    """That a State was asked in a cycle, and when it reported first; nothing of any draft."""

    cycle = models.CharField(max_length=40)
    questionnaire = models.CharField(max_length=40)
    # In lower case, as addresses have it.
    party = models.CharField(max_length=32)
    asked_at = models.DateTimeField()
    reported_at = models.DateTimeField(null=True)

    class Meta:
        """In the schema of the public."""

        managed = False
        db_table = '"published"."reporting"'

    def __str__(self) -> str:
        """Cycle, questionnaire, party."""
        return f"{self.cycle} {self.questionnaire} {self.party}"


class Entry(models.Model):
    """One thing that can be found, in one language; the database makes the vector of ``words``."""

    kind = models.CharField(max_length=16)
    # What the entry is about, so that it can be written anew: a question, a State, a receipt.
    source = models.CharField(max_length=160)
    language = models.CharField(max_length=8)
    title = models.TextField()
    body = models.TextField()
    words = models.TextField()
    # The name of the address and its arguments, with a fragment perhaps.
    place = models.JSONField()

    class Meta:
        """Each kind of index has a table of its own."""

        abstract = True

    def __str__(self) -> str:
        """Kind and title."""
        return f"{self.kind}: {self.title[:60]}"


class PublicEntry(Entry):
    """What everybody can find: questions, States, treaties, published answers and laws, documents."""

    class Meta:
        """In the schema of the public."""

        managed = False
        db_table = '"published"."entry"'


class SubmittedEntry(Entry):
    """What was submitted, for those who may read the submission; ``scope`` is that of the response."""

    scope = models.CharField(max_length=200)

    class Meta:
        """Beside the submissions."""

        managed = False
        db_table = "site_submittedentry"


class Indexed(models.Model):
    """That a submission stands in the index; written with its entries."""

    receipt = models.CharField(primary_key=True, max_length=64)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        """By receipt."""

        ordering = ["receipt"]

    def __str__(self) -> str:
        """The receipt."""
        return self.receipt
