"""What has been made for a conference: frozen copies of figures, and the documents that say them."""

from django.db import models
from django.utils import timezone

from palermo.base.multilingual import LANGUAGES
from palermo.parties.models import User, append_only

FORMS = ("docx", "pdf", "html")
# Beside the files: the copy for the public, which an app above makes and notes in the same way.
PUBLIC = "public"


class Snapshot(models.Model):
    """Every figure of a document as at a day and as known at a moment, with the sources that were to say it."""

    kind = models.CharField(max_length=60)
    cycle = models.CharField(max_length=40)
    questionnaire = models.CharField(max_length=40)
    # The code of the State that the document is about, in lower case; empty for all.
    party = models.CharField(max_length=40, blank=True)
    as_at = models.DateField()
    known_at = models.DateTimeField()
    # Canonical JSON (RFC 8785) as text, so that the hash can be checked byte for byte.
    data = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Never changed, never deleted."""

        triggers = append_only("snapshot")

    def __str__(self) -> str:
        """Kind and day."""
        return f"{self.kind} {self.as_at}"


class Document(models.Model):
    """A snapshot said in one language, with its masthead."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="documents")
    language = models.CharField(max_length=8, choices=[(code, code) for code in LANGUAGES])
    symbol = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=400)
    # distribution, original, dated, body, meeting, session, agenda: reports.documents.frame.masthead.
    masthead = models.JSONField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Newest first; never changed, never deleted."""

        ordering = ["-made_at", "-pk"]
        triggers = append_only("document")

    def __str__(self) -> str:
        """Symbol and language."""
        return f"{self.symbol} {self.language}"

    @property
    def file_stem(self) -> str:
        """The name of its files without the ending: the symbol with hyphens, or the kind; then the language."""
        base = "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in self.symbol) or self.snapshot.kind
        return f"{base.strip('-') or 'document'}-{self.language}"


class Making(models.Model):
    """How far the file of a document in a format is; the worker writes it, and the file can be made again."""

    class State(models.TextChoices):
        """Waiting, made, or failed with a reason."""

        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="makings")
    form = models.CharField(max_length=8, choices=[(form, form) for form in (*FORMS, PUBLIC)])
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    # The reason for a failure, as the log has it.
    problem = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """One for each format."""

        constraints = [models.UniqueConstraint(fields=["document", "form"], name="reports_making_unique")]

    def __str__(self) -> str:
        """Format and state."""
        return f"{self.form} {self.state}"
