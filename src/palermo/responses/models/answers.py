"""What a State says to each question, with its history, and the work of its team on it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from palermo.base.attachments import Attachment
from palermo.base.multilingual import LANGUAGES
from palermo.parties.models import User, append_only
from palermo.questionnaires.models import BankQuestion, Version
from palermo.responses.models.cycles import Response


class Channel(models.TextChoices):
    """How an answer came in."""

    PAGE = "page"
    IMPORT = "import"
    PAPER = "paper"


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


class Evidence(Attachment):
    """A file that supports an answer: a law, a judgment, a report."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="evidence")
    section = models.CharField(max_length=40)
    code = models.CharField(max_length=120)

    def __str__(self) -> str:
        """The file's name."""
        return self.name


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
