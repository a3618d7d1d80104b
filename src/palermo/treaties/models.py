"""What was agreed, and by whom: topics, instruments, their provisions, and the acts of parties towards them."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from palermo.parties.models import Party, append_only, known_range, one_key
from palermo.treaties.logic.kinds import (
    CLASS_OF,
    ActClass,
    ActKind,
    ArticleKind,
    Bearer,
    InstrumentKind,
    Obligation,
    Verb,
)
from palermo.treaties.logic.status import EntryRules


def _choices(kinds: type) -> list[tuple[str, str]]:
    return [(kind.value, kind.value) for kind in kinds]  # type: ignore[attr-defined]


class Topic(models.Model):
    """A theme such as cybercrime, shared by provisions, questions, needs and experts."""

    code = models.CharField(max_length=64, unique=True)
    order = models.PositiveIntegerField(default=0)
    texts = models.JSONField(default=dict)

    class Meta:
        """In the order of the content file."""

        ordering = ["order"]

    def __str__(self) -> str:
        """The code."""
        return self.code


class Instrument(models.Model):
    """A treaty: a convention, or a protocol to one."""

    code = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=16, choices=_choices(InstrumentKind))
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="protocols")
    order = models.PositiveIntegerField(default=0)
    symbol = models.CharField(max_length=100)
    adopted_on = models.DateField()
    opened_on = models.DateField(null=True, blank=True)
    in_force_on = models.DateField(null=True, blank=True)
    # The numbers of the final clauses: how many deposits bring it into force, after how many days; after how many days
    # a later State is bound; after how many months a denunciation takes effect.
    deposits_for_entry = models.PositiveIntegerField()
    days_to_entry = models.PositiveIntegerField()
    binds_after_days = models.PositiveIntegerField()
    denunciation_after_months = models.PositiveIntegerField()
    # False while only the head of the treaty has been entered: its articles are then not shown as if they were all.
    complete = models.BooleanField(default=False)
    # {"en": {"title": …, "short": …, "adopted_at": …, "opened_at": …}, …}
    texts = models.JSONField(default=dict)

    class Meta:
        """Conventions before their protocols; a protocol has a convention."""

        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=InstrumentKind.CONVENTION.value, parent=None)
                | Q(kind=InstrumentKind.PROTOCOL.value, parent__isnull=False),
                name="treaties_instrument_protocol_has_convention",
            ),
            models.CheckConstraint(
                condition=Q(opened_on=None) | Q(opened_on__gte=F("adopted_on")), name="treaties_instrument_opened_after"
            ),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code

    @property
    def rules(self) -> EntryRules:
        """The numbers of the final clauses, for the rules."""
        return EntryRules(
            deposits_for_entry=self.deposits_for_entry,
            days_to_entry=self.days_to_entry,
            binds_after_days=self.binds_after_days,
            denunciation_after_months=self.denunciation_after_months,
            in_force_on=self.in_force_on,
        )


class Provision(models.Model):
    """An article, or a paragraph or limb of one in which an obligation, an option or a notification sits."""

    code = models.CharField(max_length=64, unique=True)
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="provisions")
    # The nearest provision above that is recorded; and the article. Both empty for an article.
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    article = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="limbs")
    order = models.PositiveIntegerField()
    is_article = models.BooleanField(default=False)
    # Of articles only.
    kind = models.CharField(max_length=32, blank=True, choices=_choices(ArticleKind))
    # Of an article: the strongest obligation on States below it.
    obligation = models.CharField(max_length=16, choices=_choices(Obligation))
    verb = models.CharField(max_length=16, choices=_choices(Verb))
    bearer = models.CharField(max_length=16, choices=_choices(Bearer))
    # Something is owed to the Secretary-General.
    notify = models.BooleanField(default=False)
    # Where one paragraph holds two duties of different force, the name of the second.
    part = models.CharField(max_length=32, blank=True)
    topics = models.ManyToManyField(Topic, related_name="provisions", blank=True)
    # {"en": {"title": …, "short": …, "demand": …}, …}: titles for articles, what is demanded for the others.
    texts = models.JSONField(default=dict)

    class Meta:
        """In the order of the treaty."""

        ordering = ["instrument", "order"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_article=True, article=None, parent=None)
                | Q(is_article=False, article__isnull=False, parent__isnull=False),
                name="treaties_provision_below_its_article",
            ),
            models.UniqueConstraint(
                fields=["instrument", "order"],
                name="treaties_provision_order_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code

    @property
    def number(self) -> str:
        """The path below the treaty: ``5`` or ``5.1.a.i``."""
        return self.code.partition(".")[2]

    @property
    def texts_demand(self) -> bool:
        """Whether there is a sentence that says what it demands: an article of one paragraph is its own limb."""
        return any("demand" in words for words in self.texts.values())


class StatusAct(models.Model):
    """A signature, a deposit or a denunciation; append-only, corrections withdraw and add."""

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="acts")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(max_length=32, choices=_choices(ActKind))
    act_class = models.CharField(max_length=16, choices=_choices(ActClass))
    on = models.DateField()
    # Where the act itself names another day, as a succession does.
    effective_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    # Where it is known from; "generated" is invented for a demonstration and says so wherever it is shown.
    source = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One signature, one consent and one denunciation of a party to an instrument, as known at any moment."""

        indexes = [models.Index(fields=["party", "instrument"], name="treaties_act_party")]
        constraints = [
            ExclusionConstraint(
                name=f"treaties_statusact_one_{act_class.value}",
                expressions=[
                    (one_key("instrument"), RangeOperators.OVERLAPS),
                    (one_key("party"), RangeOperators.OVERLAPS),
                    (known_range(), RangeOperators.OVERLAPS),
                ],
                condition=Q(act_class=act_class.value),
            )
            for act_class in ActClass
        ] + [
            models.CheckConstraint(
                condition=Q(
                    *[Q(act_class=act_class.value, kind=kind.value) for kind, act_class in CLASS_OF.items()],
                    _connector=Q.OR,
                ),
                name="treaties_statusact_class_of_kind",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="treaties_statusact_has_source"),
        ]
        triggers = append_only("statusact", may_close="withdrawn_at", closes=("withdrawn_at",))

    def __str__(self) -> str:
        """What and when."""
        return f"{self.kind} on {self.on}"
