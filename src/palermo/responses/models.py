"""What each State answered: cycles, responses, answers with their history, contributors, evidence, submissions."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from palermo.base.attachments import Attachment
from palermo.base.multilingual import LANGUAGES, best
from palermo.base.threads import BaseMessage, BaseThread
from palermo.parties.models import Party, User, append_only
from palermo.questionnaires.models import BankQuestion, Questionnaire, Version
from palermo.responses.logic.consent import Level
from palermo.responses.logic.standing import ChangeKind


class Channel(models.TextChoices):
    """How an answer came in."""

    PAGE = "page"
    IMPORT = "import"
    PAPER = "paper"


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


class Answer(models.Model):
    """What a State says to one question now; ``revision`` is the version that an editor must have seen to change it."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="answers")
    # By its stable code, not by its wording in one version; the column holds the code itself.
    question = models.ForeignKey(BankQuestion, db_column="code", on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    # The canonical form of responses.logic.content.Content, rows included.
    content = models.JSONField()
    answered = models.BooleanField()
    flagged = models.BooleanField(default=False)
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    updated_by_name = models.CharField(max_length=400, blank=True)

    class Meta:
        """One answer to a question in a response."""

        constraints = [
            models.UniqueConstraint(fields=["response", "question"], name="responses_answer_unique"),
            models.CheckConstraint(condition=Q(revision__gte=1), name="responses_answer_revision_positive"),
        ]

    def __str__(self) -> str:
        """The question's code."""
        return self.code

    @property
    def code(self) -> str:
        """The question's stable code."""
        return str(self.question_id)


class AnswerRevision(models.Model):
    """The history of an answer and the audit row of its save; append-only (decisions of the first day, 6)."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="revisions")
    code = models.CharField(max_length=120)
    number = models.PositiveIntegerField()
    base = models.PositiveIntegerField()
    content = models.JSONField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=400, blank=True)
    on_behalf_of = models.CharField(max_length=64, blank=True)
    channel = models.CharField(max_length=16, choices=Channel.choices)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    # True for a text that lost a race or was set aside in a conflict: kept, but never the current answer.
    set_aside = models.BooleanField(default=False)

    class Meta:
        """Numbered without gaps within an answer; what was set aside stands beside."""

        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "code", "number"],
                condition=Q(set_aside=False),
                name="responses_answerrevision_number_unique",
            )
        ]
        indexes = [models.Index(fields=["response", "code"], name="responses_revision_answer")]
        triggers = append_only("answerrevision")

    def __str__(self) -> str:
        """Code and number."""
        return f"{self.code} no. {self.number}"


class AnswerRow(models.Model):
    """One law, case, authority, figure or request for assistance of an answer, with a uuid that stays.

    The answer is the unit of conflict and holds the rows in its content; these rows are written in the same action so
    that they can be read across answers, and so that a request can be ranked and later pointed at.
    """

    uuid = models.UUIDField(primary_key=True)
    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="rows")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="rows")
    code = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)
    order = models.PositiveIntegerField()
    fields = models.JSONField()

    class Meta:
        """In the order of the form."""

        ordering = ["answer", "order"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["legislation", "cases", "authority", "assistance", "figures"]),
                name="responses_answerrow_kind",
            )
        ]
        indexes = [models.Index(fields=["response", "kind"], name="responses_answerrow_kind")]

    def __str__(self) -> str:
        """Kind and question."""
        return f"{self.kind} {self.code}"


class RequestRank(models.Model):
    """The place of a request for assistance in the State's own order."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="ranks")
    request = models.UUIDField()
    rank = models.PositiveIntegerField()

    class Meta:
        """A request has one place; two requests may not share one once the order is saved."""

        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["response", "request"], name="responses_requestrank_request"),
            models.UniqueConstraint(
                fields=["response", "rank"], name="responses_requestrank_rank", deferrable=models.Deferrable.DEFERRED
            ),
        ]

    def __str__(self) -> str:
        """The rank."""
        return str(self.rank)


class Assignment(models.Model):
    """That a person works on a section, on all of it or on certain aspects (decisions of the first day, 12)."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="assignments")
    section = models.CharField(max_length=40)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    # Empty means the whole section; else aspects such as ["figures"].
    aspects = models.JSONField(default=list, blank=True)
    lead = models.BooleanField(default=True)
    assigned_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A person holds a section once; a section has one lead."""

        ordering = ["section", "-lead", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "section", "user"], condition=Q(ended_at=None), name="responses_assignment_open"
            ),
            models.UniqueConstraint(
                fields=["response", "section"],
                condition=Q(ended_at=None, lead=True),
                name="responses_assignment_one_lead",
            ),
        ]

    def __str__(self) -> str:
        """Section and person."""
        return f"{self.section} {self.user_id}"


class Declaration(models.Model):
    """That a section was declared complete, by whom, and what undid it."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="declarations")
    section = models.CharField(max_length=40)
    declared_at = models.DateTimeField(default=timezone.now)
    declared_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The code of the answer whose change undid it; empty if somebody took it back.
    undone_by_code = models.CharField(max_length=120, blank=True)

    class Meta:
        """A section is declared complete or not."""

        ordering = ["declared_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "section"], condition=Q(undone_at=None), name="responses_declaration_one_open"
            )
        ]

    def __str__(self) -> str:
        """The section."""
        return self.section


class Comment(models.Model):
    """A remark inside the national team on a question or a section; never seen by the Secretariat."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="comments")
    section = models.CharField(max_length=40)
    code = models.CharField(max_length=120, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    language = models.CharField(max_length=8, choices=[(code, code) for code in LANGUAGES])
    at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Oldest first."""

        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="responses_comment_says_something")]

    def __str__(self) -> str:
        """The beginning of the text."""
        return self.text[:60]


class Evidence(Attachment):
    """A file that supports an answer: a law, a judgment, a report."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="evidence")
    section = models.CharField(max_length=40)
    code = models.CharField(max_length=120)

    def __str__(self) -> str:
        """The file's name."""
        return self.name


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


class Conflict(models.Model):
    """Two people changed one answer at once: the later text is kept here until its writer has decided."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="conflicts")
    code = models.CharField(max_length=120)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # The text that lost the race, kept in the history as set aside.
    mine = models.ForeignKey(AnswerRevision, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A person has at most one open conflict on an answer."""

        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "code", "user"], condition=Q(settled_at=None), name="responses_conflict_one_open"
            )
        ]

    def __str__(self) -> str:
        """The question's code."""
        return self.code
