"""What passes between the Secretariat and a State: messages, clarifications, notes verbales, requests for help."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from palermo.base.attachments import Attachment
from palermo.base.multilingual import LANGUAGES
from palermo.base.threads import BaseMessage, BaseThread
from palermo.parties.models import User, append_only
from palermo.responses.models.cycles import Response
from palermo.responses.models.submissions import Submission


class Thread(BaseThread):
    """An exchange between the Secretariat and a State about a response, or about one of its answers."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="threads")
    # Empty if it is about the response as a whole.
    code = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        """The subject."""
        return self.subject


class Message(BaseMessage):
    """One message of such an exchange; on the record, never changed, never deleted."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=400)
    # Which side wrote it: an officer of the Secretariat, or somebody of the State.
    side = models.CharField(max_length=16, choices=[("secretariat", "secretariat"), ("state", "state")])

    class Meta(BaseMessage.Meta):
        """Oldest first."""

        triggers = append_only("message")

    def __str__(self) -> str:
        """The beginning of the text."""
        return self.text[:60]


class ThreadReading(models.Model):
    """Up to when a person has read a thread, and up to when they have been told of it by mail."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="readings")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One for each person."""

        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="responses_threadreading_unique")]

    def __str__(self) -> str:
        """Who."""
        return f"{self.user_id} in {self.thread_id}"


class Clarification(models.Model):
    """The Secretariat asks what a submitted answer means; it has a date, a thread and an end."""

    thread = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="clarification")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="clarifications")
    due_on = models.DateField()
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # When the State answered in the thread; the Secretariat settles it, or withdraws it.
    answered_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn = models.BooleanField(default=False)

    class Meta:
        """Only what was settled can have been withdrawn."""

        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn=False) | Q(settled_at__isnull=False),
                name="responses_clarification_withdrawn_is_settled",
            )
        ]

    def __str__(self) -> str:
        """The thread."""
        return f"clarification in {self.thread_id}"


class NoteVerbale(models.Model):
    """A note verbale between the Secretariat and a State, on record with its reference and date."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="notes")
    direction = models.CharField(max_length=8, choices=[("sent", "sent"), ("received", "received")])
    reference = models.CharField(max_length=100)
    dated_on = models.DateField()
    summary = models.TextField(blank=True)
    language = models.CharField(max_length=8, choices=[(code, code) for code in LANGUAGES])
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """A reference names one note of a direction within a response; never changed, never deleted."""

        ordering = ["dated_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "direction", "reference"], name="responses_noteverbale_reference_unique"
            )
        ]
        triggers = append_only("noteverbale")

    def __str__(self) -> str:
        """The reference."""
        return self.reference


class NoteFile(Attachment):
    """The scanned note verbale, or the answers on paper that came with it."""

    note = models.ForeignKey(NoteVerbale, on_delete=models.PROTECT, related_name="files")

    def __str__(self) -> str:
        """The file's name."""
        return self.name


class PaperEntry(models.Model):
    """That the Secretariat enters what a State sent on paper; possible only while one is open (13)."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="paper_entries")
    note = models.ForeignKey(NoteVerbale, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now)
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """One at a time."""

        ordering = ["begun_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["response"], condition=Q(ended_at=None), name="responses_paperentry_one_open"
            )
        ]

    def __str__(self) -> str:
        """The note it rests on."""
        return f"paper entry on {self.note_id}"


class HelpRequest(models.Model):
    """A State asks the Secretariat for help to answer at all; sent at once, not part of any submission (13)."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="help_requests")
    text = models.TextField()
    language = models.CharField(max_length=8, choices=[(code, code) for code in LANGUAGES])
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Newest last."""

        ordering = ["at"]

    def __str__(self) -> str:
        """The beginning of the text."""
        return self.text[:60]
