"""What is asked: questionnaires, the bank of stable codes, versions with their sections, questions and rules.

The rows of a published version never change: triggers refuse it, whoever asks.
"""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from palermo.parties.models import User
from palermo.questionnaires.logic.spec import Aspect, Change, Kind
from palermo.treaties.logic.kinds import Obligation
from palermo.treaties.models import Instrument, Provision


def _choices(words: type) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]  # type: ignore[attr-defined]


def frozen_with_version() -> list[pgtrigger.Trigger]:
    """The trigger of every row that belongs to a version: nothing is added, changed or removed once it is published."""
    return [
        pgtrigger.Trigger(
            name="frozen_with_version",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            declare=[("published", "boolean")],
            func="""
                SELECT bool_or(state = 'published') INTO published FROM questionnaires_version
                WHERE (TG_OP <> 'INSERT' AND id = OLD.version_id) OR (TG_OP <> 'DELETE' AND id = NEW.version_id);
                IF published THEN
                    RAISE EXCEPTION 'a published version of a questionnaire never changes (table %)', TG_TABLE_NAME;
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;
            """,
        )
    ]


class Questionnaire(models.Model):
    """A questionnaire about an instrument; ``current`` points at its latest published version."""

    code = models.CharField(max_length=40, unique=True)
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="questionnaires")
    # {"en": {"title": …, "introduction": …}, …}, as in the current version (or in the draft before the first).
    texts = models.JSONField(default=dict)
    current = models.ForeignKey(
        "questionnaires.Version", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """By code."""

        ordering = ["code"]

    def __str__(self) -> str:
        """The code."""
        return self.code


class BankQuestion(models.Model):
    """A stable code, never used again for another question: what answers hang on, across versions."""

    code = models.CharField(max_length=120, primary_key=True)
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="bank")

    class Meta:
        """By code."""

        ordering = ["code"]

    def __str__(self) -> str:
        """The code."""
        return self.code


class Version(models.Model):
    """One state of a questionnaire: a draft, or published and frozen."""

    class State(models.TextChoices):
        """Whether the version may still change."""

        DRAFT = "draft"
        PUBLISHED = "published"

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    # Over the canonical JSON of everything that is asked; the same content has the same hash.
    sha256 = models.CharField(max_length=64)
    # The number of the shape in which the content is written for the hash.
    schema = models.PositiveIntegerField()
    texts = models.JSONField(default=dict)
    loaded_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Numbers count up; one draft at a time; published means dated."""

        ordering = ["questionnaire", "number"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="questionnaires_version_number_unique"),
            models.UniqueConstraint(
                fields=["questionnaire"], condition=Q(state="draft"), name="questionnaires_version_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None) | Q(state="published", published_at__isnull=False),
                name="questionnaires_version_published_dated",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="published"),
            )
        ]

    def __str__(self) -> str:
        """Code and number."""
        return f"{self.questionnaire} {self.number}"


class Section(models.Model):
    """An article, or the general section, of a version."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="sections")
    code = models.CharField(max_length=40)
    order = models.PositiveIntegerField()
    article = models.ForeignKey(
        Provision, to_field="code", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    texts = models.JSONField(default=dict)

    class Meta:
        """In the order of the version."""

        ordering = ["version", "order"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="questionnaires_section_code_unique"),
            models.UniqueConstraint(fields=["version", "order"], name="questionnaires_section_order_unique"),
        ]
        triggers = frozen_with_version()

    def __str__(self) -> str:
        """The code."""
        return self.code


class Question(models.Model):
    """A question as one version asks it."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="questions")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="questions")
    # The stable question in the bank; the column holds the code itself.
    bank = models.ForeignKey(BankQuestion, db_column="code", on_delete=models.PROTECT, related_name="wordings")
    order = models.PositiveIntegerField()
    provision = models.ForeignKey(
        Provision, to_field="code", null=True, blank=True, on_delete=models.PROTECT, related_name="questions"
    )
    also = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    asks = models.CharField(max_length=16, choices=_choices(Aspect))
    kind = models.CharField(max_length=16, choices=_choices(Kind))
    obligation = models.CharField(max_length=16, choices=_choices(Obligation))
    required = models.BooleanField()
    relevant = models.TextField(blank=True)
    constraint = models.TextField(blank=True)
    choices = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    # [{"code": …, "unit": …}, …] of a table of figures.
    rows = models.JSONField(default=list, blank=True)
    types = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    topics = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    # {"en": {"text": …, "guidance": …, "choices": {…}, "rows": {…}, "stale": false}, …}
    texts = models.JSONField(default=dict)
    # What the file says of an earlier question that this one replaces.
    supersedes = models.CharField(max_length=120, blank=True)
    supersedes_change = models.CharField(max_length=16, blank=True, choices=_choices(Change))

    class Meta:
        """In the order of the section; a code once in a version."""

        ordering = ["section", "order"]
        constraints = [
            models.UniqueConstraint(fields=["version", "bank"], name="questionnaires_question_code_unique"),
            models.UniqueConstraint(fields=["section", "order"], name="questionnaires_question_order_unique"),
        ]
        triggers = frozen_with_version()

    def __str__(self) -> str:
        """The code."""
        return self.bank_id


class Rule(models.Model):
    """When a version counts a provision as fulfilled, or why it does not ask."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="rules")
    provision = models.ForeignKey(Provision, to_field="code", on_delete=models.PROTECT, related_name="+")
    met_when = models.TextField(blank=True)
    not_asked = models.TextField(blank=True)

    class Meta:
        """One rule for a provision, and one kind of rule."""

        constraints = [
            models.UniqueConstraint(fields=["version", "provision"], name="questionnaires_rule_provision_unique"),
            models.CheckConstraint(
                condition=(Q(met_when="") & ~Q(not_asked="")) | (~Q(met_when="") & Q(not_asked="")),
                name="questionnaires_rule_one_kind",
            ),
        ]
        triggers = frozen_with_version()

    def __str__(self) -> str:
        """The provision."""
        return self.provision_id


class Supersession(models.Model):
    """How a question of a published version differs from the one it replaces in the version before."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="supersessions")
    question = models.ForeignKey(BankQuestion, on_delete=models.PROTECT, related_name="+")
    replaces = models.ForeignKey(BankQuestion, on_delete=models.PROTECT, related_name="+")
    change = models.CharField(max_length=16, choices=_choices(Change))

    class Meta:
        """A question replaces another once."""

        constraints = [
            models.UniqueConstraint(
                fields=["version", "question", "replaces"], name="questionnaires_supersession_unique"
            )
        ]
        triggers = frozen_with_version()

    def __str__(self) -> str:
        """Both codes and the change."""
        return f"{self.question_id} ← {self.replaces_id}: {self.change}"
