"""Who takes part, and who may do what: parties with their dated names and groups, users, grants, the audit log."""

import uuid
from datetime import datetime, timedelta

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Lower
from django.utils import timezone

from palermo.base.multilingual import LANGUAGES
from palermo.parties.logic.kinds import EXCLUSIVE_GROUPS, GroupKind, PartyKind
from palermo.parties.logic.roles import Role


def append_only(name: str, *, may_close: str = "", closes: tuple[str, ...] = ()) -> list[pgtrigger.Trigger]:
    """Triggers that refuse deletion and every update, but for the closing fields ``closes`` if given."""
    triggers: list[pgtrigger.Trigger] = [pgtrigger.Protect(name=f"{name}_no_delete", operation=pgtrigger.Delete)]
    if closes:
        # Everything but the closing fields must stay as it was; and what is closed stays closed.
        triggers.append(
            pgtrigger.Protect(
                name=f"{name}_no_update",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=list(closes)),
            )
        )
        triggers.append(
            pgtrigger.Protect(
                name=f"{name}_stays_closed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(**{f"old__{may_close}__isnull": False}),
            )
        )
    else:
        triggers.append(pgtrigger.Protect(name=f"{name}_no_update", operation=pgtrigger.Update))
    return triggers


def one_key(field: str) -> Func:
    """A key as a range of one number: without contrib a scalar cannot stand in a GiST index (decisions, 21)."""
    return Func(F(field), F(field), models.Value("[]"), function="int8range")


def known_range() -> Func:
    """From when to when a row was taken for true."""
    return Func(F("recorded_at"), F("withdrawn_at"), function="tstzrange")


class Party(models.Model):
    """A State, an observer State, a regional organisation, a body or organisation that takes part."""

    code = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=32, choices=[(kind.value, kind.value) for kind in PartyKind])
    iso2 = models.CharField(max_length=2, blank=True)
    iso3 = models.CharField(max_length=3, blank=True)
    m49 = models.CharField(max_length=3, blank=True)
    un_member_since = models.DateField(null=True, blank=True)
    # What others call it: {"website": …, "ror": …} (decisions, 10).
    external_ids = models.JSONField(default=dict, blank=True)

    class Meta:
        """Codes are unique where there are any."""

        constraints = [
            models.UniqueConstraint(fields=[name], condition=~Q(**{name: ""}), name=f"parties_party_{name}_unique")
            for name in ("iso2", "iso3", "m49")
        ]

    def __str__(self) -> str:
        """The code; names depend on the date and the language."""
        return self.code


class PartyName(models.Model):
    """How a party was called during a time, in each language; append-only, corrections withdraw and add."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="names")
    validity = DateRangeField()
    # {"en": {"short": …, "formal": …, "sort": …}, …}; the sort key is computed at loading (decisions, 17).
    texts = models.JSONField()
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One name at a time, as known at a time."""

        constraints = [
            ExclusionConstraint(
                name="parties_partyname_one_at_a_time",
                expressions=[
                    (one_key("party"), RangeOperators.OVERLAPS),
                    ("validity", RangeOperators.OVERLAPS),
                    (known_range(), RangeOperators.OVERLAPS),
                ],
            )
        ]
        triggers = append_only("partyname", may_close="withdrawn_at", closes=("withdrawn_at",))

    def __str__(self) -> str:
        """The English short name."""
        return str(self.texts.get("en", {}).get("short", self.party_id))


class PartyAlias(models.Model):
    """Another name under which a party is found, in documents of any time."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=8, choices=[(code, code) for code in LANGUAGES])

    class Meta:
        """An alias names one party."""

        constraints = [models.UniqueConstraint(Lower("name"), "language", name="parties_partyalias_unique")]

    def __str__(self) -> str:
        """The alias."""
        return self.name


class Group(models.Model):
    """A regional group of the United Nations, an M49 region, or a development list."""

    code = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in GroupKind])
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    order = models.PositiveIntegerField(default=0)
    texts = models.JSONField()

    class Meta:
        """In the order of the content file."""

        ordering = ["kind", "order"]

    def __str__(self) -> str:
        """The code."""
        return self.code


class GroupMembership(models.Model):
    """That a party was in a group during a time; append-only, corrections withdraw and add."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="memberships")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="memberships")
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in GroupKind])
    validity = DateRangeField()
    note = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """At most one regional group and one sub-region at a time."""

        constraints = [
            ExclusionConstraint(
                name=f"parties_groupmembership_one_{kind.name.lower()}",
                expressions=[
                    (one_key("party"), RangeOperators.OVERLAPS),
                    ("validity", RangeOperators.OVERLAPS),
                    (known_range(), RangeOperators.OVERLAPS),
                ],
                condition=Q(kind=kind.value),
            )
            for kind in EXCLUSIVE_GROUPS
        ]
        triggers = append_only("groupmembership", may_close="withdrawn_at", closes=("withdrawn_at",))

    def __str__(self) -> str:
        """Party and group."""
        return f"{self.party_id} in {self.group_id}"


class UserManager(BaseUserManager["User"]):
    """Finds users by e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this e-mail address."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person with an account; the e-mail address is the name."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200)
    institution = models.CharField(max_length=200, blank=True)
    party = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    language = models.CharField(max_length=8, default="en", choices=[(code, code) for code in LANGUAGES])
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        """E-mail addresses are unique whatever their case."""

        constraints = [models.UniqueConstraint(Lower("email"), name="parties_user_email_unique")]

    def __str__(self) -> str:
        """The name, and the institution if known."""
        return f"{self.name}, {self.institution}" if self.institution else self.name

    def get_full_name(self) -> str:
        """The person's name."""
        return self.name

    def get_short_name(self) -> str:
        """The person's name."""
        return self.name


class Grant(models.Model):
    """That a person has a role on a scope. It counts once the person has accepted and until it is ended."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=32, choices=[(role.value, role.value) for role in Role])
    scope = models.CharField(max_length=200)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """One open grant of a kind, and at most one open nomination of a focal point on a scope."""

        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "scope"], condition=Q(ended_at=None), name="parties_grant_open_unique"
            ),
            models.UniqueConstraint(
                fields=["scope"],
                condition=Q(role=Role.FOCAL_POINT.value, ended_at=None),
                name="parties_grant_one_focal_point",
            ),
            models.CheckConstraint(condition=Q(scope__startswith="/"), name="parties_grant_scope_is_a_path"),
        ]
        indexes = [models.Index(fields=["scope"], condition=Q(ended_at=None), name="parties_grant_open_scope")]

    def __str__(self) -> str:
        """Role and scope."""
        return f"{self.role} on {self.scope}"


INVITATION_DAYS = 10


def invitation_end() -> datetime:
    """When an invitation sent now expires."""
    return timezone.now() + timedelta(days=INVITATION_DAYS)


class Invitation(models.Model):
    """A link that lets the invited person accept a grant; expires after ten days, can be sent again."""

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="invitations")
    # Only the SHA-256 of the secret in the link is kept.
    token_hash = models.CharField(max_length=64, unique=True)
    # To what, in the invited person's language, as the message said it.
    subject = models.CharField(max_length=300, blank=True)
    sent_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=invitation_end)
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """At most one invitation is open for a grant; sending again withdraws the one before."""

        constraints = [
            models.UniqueConstraint(
                fields=["grant"], condition=Q(used_at=None, withdrawn_at=None), name="parties_invitation_one_open"
            )
        ]

    def __str__(self) -> str:
        """The grant it is for."""
        return f"invitation to {self.grant_id}"


class AuditEvent(models.Model):
    """One thing that somebody did; without foreign keys, so that it outlives what it speaks of; append-only."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=400, blank=True)
    action = models.CharField(max_length=64)
    scope = models.CharField(max_length=200, db_index=True)
    subject = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        """Newest last; never changed, never deleted."""

        ordering = ["at", "id"]
        triggers = append_only("auditevent")

    def __str__(self) -> str:
        """What was done, where."""
        return f"{self.action} {self.scope}"
