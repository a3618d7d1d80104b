"""A round of reporting: its questionnaires, the States invited, their dates, and how each response stands."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from palermo.base.multilingual import best
from palermo.parties.models import Party, User, append_only
from palermo.questionnaires.models import Questionnaire, Version
from palermo.responses.logic.standing import ChangeKind


class Cycle(models.Model):
    """One round of reporting; it may span several questionnaires."""

    code = models.SlugField(max_length=40, unique=True)
    texts = models.JSONField()
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # The date by which answers are asked for; they are taken afterwards too, as late.
    due_on = models.DateField()
    # The last day on which answers are taken at all, unless a State has been given an extension; none if left open.
    closes_on = models.DateField(null=True, blank=True)
    # Figures are asked for these years, both included.
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Years in order, and not too many for a table."""

        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(condition=Q(first_year__lte=F("last_year")), name="responses_cycle_years_in_order"),
            models.CheckConstraint(condition=Q(last_year__lte=F("first_year") + 9), name="responses_cycle_ten_years"),
            models.CheckConstraint(
                condition=Q(closes_on=None) | Q(closes_on__gte=F("due_on")), name="responses_cycle_closes_after_due"
            ),
        ]

    def __str__(self) -> str:
        """The title in English."""
        return str(best(self.texts, "en")[0]["title"])

    @property
    def years(self) -> tuple[int, ...]:
        """The years for which figures are asked."""
        return tuple(range(self.first_year, self.last_year + 1))


class CycleQuestionnaire(models.Model):
    """A questionnaire asked in a cycle, with the version that new responses get."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="questionnaires")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Once in a cycle."""

        constraints = [
            models.UniqueConstraint(fields=["cycle", "questionnaire"], name="responses_cyclequestionnaire_unique")
        ]

    def __str__(self) -> str:
        """Cycle and questionnaire."""
        return f"{self.cycle_id} {self.questionnaire_id}"


class ResponseState(models.TextChoices):
    """Where a response stands; *begun* shows in ``begun_at``, a clarification in its own table."""

    OPEN = "open"
    CLEARED = "cleared"
    SUBMITTED = "submitted"
    FINAL = "final"


class Response(models.Model):
    """A State's set of answers to one questionnaire in one cycle; made when the State is invited."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="responses")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="responses")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, default=ResponseState.OPEN, choices=ResponseState.choices)
    invited_at = models.DateTimeField(default=timezone.now)
    # Why the State was invited, and by its status on which day: see responses.logic.standing.BASES.
    basis = models.CharField(max_length=16, blank=True)
    basis_on = models.DateField(null=True, blank=True)
    # Set while the State has no obligation to answer; the record of it stands in StateChange.
    released_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Unique by party, questionnaire and cycle (decisions of the first day, 1)."""

        constraints = [
            models.UniqueConstraint(fields=["cycle", "questionnaire", "party"], name="responses_response_unique"),
            models.CheckConstraint(
                condition=Q(cleared_at=None) | ~Q(state="open"), name="responses_response_cleared_is_not_open"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "final"]) | Q(submitted_at__isnull=False),
                name="responses_response_submitted_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        """Cycle, questionnaire, party."""
        return f"response {self.pk}"


class StateChange(models.Model):
    """A step of a response that no other row records: reopened, final, released from answering, obliged again.

    Together with the invitation, the first answer, the submissions and the clarifications these rows say how the
    response stood on any day (``responses.logic.standing``).
    """

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in ChangeKind])
    at = models.DateTimeField(default=timezone.now)
    recorded_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        """In the order of time; never changed, never deleted."""

        ordering = ["at", "id"]
        triggers = append_only("statechange")

    def __str__(self) -> str:
        """What happened."""
        return self.kind


class Extension(models.Model):
    """A later date given to one State; the last one given counts."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="extensions")
    due_on = models.DateField()
    reason = models.TextField(blank=True)
    granted_at = models.DateTimeField(default=timezone.now)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """In the order in which they were given; never changed, never deleted."""

        ordering = ["granted_at", "id"]
        triggers = append_only("extension")

    def __str__(self) -> str:
        """The new date."""
        return self.due_on.isoformat()


class Reminder(models.Model):
    """That States which have not submitted are reminded so many days before (or, below zero, after) their due date."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="reminders")
    days_before = models.SmallIntegerField()
    set_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A day once in a cycle."""

        ordering = ["-days_before"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "days_before"], condition=Q(ended_at=None), name="responses_reminder_unique"
            )
        ]

    def __str__(self) -> str:
        """The number of days."""
        return str(self.days_before)


class ReminderSent(models.Model):
    """That a State was reminded; the row is written with the mail, so that nobody is reminded twice for one reason."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="reminders_sent")
    # None if an officer sent it by hand.
    reminder = models.ForeignKey(Reminder, null=True, blank=True, on_delete=models.PROTECT, related_name="sent")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # How many people it went to; a State without anybody is reminded by note verbale.
    people = models.PositiveIntegerField(default=0)

    class Meta:
        """Once for each reminder."""

        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["response", "reminder"], name="responses_remindersent_once"),
        ]

    def __str__(self) -> str:
        """The response."""
        return f"reminder to {self.response_id}"


class SupplementOffer(models.Model):
    """Questions added in a running cycle, offered to a State that has cleared or submitted already (para. 4).

    Whether it answers them is the State's choice; what it has submitted stays as it is until it submits again.
    """

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="supplement_offers")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(default=timezone.now)
    offered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # None while the State has not decided, or if a later offer took the place of this one.
    accepted = models.BooleanField(null=True)

    class Meta:
        """One open offer for a response; a later one takes its place."""

        ordering = ["offered_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["response"], condition=Q(decided_at=None), name="responses_supplementoffer_one_open"
            )
        ]

    def __str__(self) -> str:
        """What is offered."""
        return f"version {self.version_id} for {self.response_id}"
