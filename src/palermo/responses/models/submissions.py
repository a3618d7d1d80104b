"""What a State has submitted, who may read it, and its request to reopen it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from palermo.parties.models import User, append_only
from palermo.responses.logic.consent import Level
from palermo.responses.models.cycles import Response


class Submission(models.Model):
    """An immutable snapshot of a response with its receipt."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveIntegerField()
    receipt = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    # When it came into this database; later than ``at`` for what was carried over from an older archive.
    recorded_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=400)
    schema = models.PositiveIntegerField()
    # Canonical JSON (RFC 8785) as text, so that the hash can be checked byte for byte.
    snapshot = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        """Numbered within a response; never changed, never deleted."""

        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["response", "number"], name="responses_submission_number_unique")
        ]
        triggers = append_only("submission")

    def __str__(self) -> str:
        """The receipt number."""
        return self.receipt


class Digest(models.Model):
    """What a submission says, in the short form that analysis reads (``responses.logic.digest``).

    Derived from the snapshot, written with it, and made anew when the form changes; the snapshot is the record.
    """

    submission = models.OneToOneField(Submission, primary_key=True, on_delete=models.PROTECT, related_name="digest")
    schema = models.PositiveIntegerField()
    data = models.JSONField()

    def __str__(self) -> str:
        """The receipt's key."""
        return f"digest of {self.submission_id}"


class Consent(models.Model):
    """Who may read a section of a submission, as the State decided; the last row counts (14)."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="consents")
    section = models.CharField(max_length=40)
    level = models.CharField(max_length=8, choices=[(level.value, level.value) for level in Level])
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=400)

    class Meta:
        """In the order in which they were given; never changed, never deleted."""

        ordering = ["at", "id"]
        indexes = [models.Index(fields=["submission", "section"], name="responses_consent_section")]
        triggers = append_only("consent")

    def __str__(self) -> str:
        """Section and level."""
        return f"{self.section}: {self.level}"


class ReopeningRequest(models.Model):
    """A State asks that its submitted response be reopened; the Secretariat grants or refuses, on record."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="reopening_requests")
    reason = models.TextField()
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    granted = models.BooleanField(null=True)
    decision = models.TextField(blank=True)

    class Meta:
        """One open request for a submission."""

        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission"], condition=Q(decided_at=None), name="responses_reopeningrequest_one_open"
            )
        ]

    def __str__(self) -> str:
        """The reason."""
        return self.reason[:60]
