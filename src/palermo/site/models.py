"""What the public reads: a copy in a schema of its own, which is all that the role of the public can see.

The tables are made by hand in the migration (Django knows one schema); nothing here points at the tables of the
responses, so that nobody gets from the copy to what was not published.
"""

from django.db import models
from django.db.models import F

from palermo.parties.models import User, append_only

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


class PublishedDocument(models.Model):
    """A document of the Secretariat in one language that everybody may read, with the files as they were that day."""

    # In addresses: the symbol or the kind, and the language.
    code = models.CharField(primary_key=True, max_length=120)
    # The SHA-256 of the frozen figures; the same document in other languages has the same.
    figures = models.CharField(max_length=64)
    kind = models.CharField(max_length=60)
    cycle = models.CharField(max_length=40)
    questionnaire = models.CharField(max_length=40)
    treaty = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    symbol = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=400)
    # What a list and the feed say of it.
    summary = models.TextField(blank=True)
    dated = models.DateField()
    as_at = models.DateField()
    published_at = models.DateTimeField()
    # The text as a fragment of a page, without links to what only the Secretariat may see.
    html = models.TextField()
    docx = models.BinaryField()
    pdf = models.BinaryField()

    class Meta:
        """In the schema of the public."""

        managed = False
        db_table = '"published"."document"'
        ordering = [F("published_at").desc(), "code"]

    def __str__(self) -> str:
        """Code."""
        return self.code


class PublishedFigures(models.Model):
    """What all who reported have answered, counted, with small numbers hidden: the edition that the public reads."""

    cycle = models.CharField(max_length=40)
    questionnaire = models.CharField(max_length=40)
    treaty = models.CharField(max_length=40)
    edition = models.PositiveIntegerField()
    as_at = models.DateField()
    known_at = models.DateTimeField()
    published_at = models.DateTimeField()
    # Numbers below it, and what would give them away, are hidden.
    threshold = models.PositiveIntegerField()
    reported = models.PositiveIntegerField()
    generated = models.BooleanField()
    # No State is named in it.
    data = models.JSONField()

    class Meta:
        """In the schema of the public; the newest edition of each cycle and questionnaire only."""

        managed = False
        db_table = '"published"."figures"'
        ordering = [F("as_at").desc(), "cycle", "questionnaire"]

    def __str__(self) -> str:
        """Cycle, questionnaire, edition."""
        return f"{self.cycle} {self.questionnaire} {self.edition}"


class FiguresEdition(models.Model):
    """That figures were published, and from which submissions: two editions are compared before the newer is shown."""

    cycle = models.CharField(max_length=40)
    questionnaire = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    as_at = models.DateField()
    known_at = models.DateTimeField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # The receipts by the code of the State, in lower case (``states``), and what was hidden (``hidden``, as packed by
    # site.logic.figures): what the next edition is compared with.
    receipts = models.JSONField()

    class Meta:
        """Never changed, never deleted; the public does not see it."""

        constraints = [
            models.UniqueConstraint(fields=["cycle", "questionnaire", "number"], name="site_figuresedition_unique")
        ]
        triggers = append_only("figuresedition")

    def __str__(self) -> str:
        """Cycle, questionnaire, number."""
        return f"{self.cycle} {self.questionnaire} {self.number}"
