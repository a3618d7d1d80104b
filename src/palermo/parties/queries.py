"""Reads about parties: how they are called on a day, who they are, who belongs to which group."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet
from django.utils import timezone

from palermo.base.multilingual import LANGUAGES, best
from palermo.parties.logic.kinds import PartyKind
from palermo.parties.logic.tokens import token_hash
from palermo.parties.models import (
    Grant,
    Group,
    GroupMembership,
    Invitation,
    Party,
    PartyAlias,
    PartyName,
    User,
)


def as_known(known_at: datetime | None = None) -> Q:
    """The rows that were held for true at a moment, by default now."""
    if known_at is None:
        return Q(withdrawn_at=None)
    return Q(recorded_at__lte=known_at) & (Q(withdrawn_at=None) | Q(withdrawn_at__gt=known_at))


@dataclass(frozen=True)
class Name:
    """How a party is called in a language on a day."""

    party_id: int
    short: str
    formal: str
    sort: str
    language: str
    start: date | None = None
    until: date | None = None


def _name(row: PartyName, language: str) -> Name:
    record, found = best(row.texts, language)
    return Name(
        party_id=row.party_id,
        short=record["short"],
        formal=record.get("formal", ""),
        sort=record["sort"],
        language=found,
        start=row.validity.lower,
        until=row.validity.upper,
    )


def names(
    parties: Iterable[Party | int] | None, language: str, on: date | None = None, known_at: datetime | None = None
) -> dict[int, Name]:
    """The names of parties on a day (today by default), by the party's key; ``None`` means all parties. One query."""
    rows = PartyName.objects.filter(as_known(known_at), validity__contains=on or timezone.localdate())
    if parties is not None:
        rows = rows.filter(party__in=[party if isinstance(party, int) else party.pk for party in parties])
    return {row.party_id: _name(row, language) for row in rows}


def party_name(party: Party | int, language: str, on: date | None = None, known_at: datetime | None = None) -> str:
    """The short name of one party on a day. Where there are several parties, use ``names``: it needs one query."""
    key = party if isinstance(party, int) else party.pk
    found = names([key], language, on, known_at).get(key)
    return found.short if found else str(party)


@dataclass(frozen=True)
class NameHistory:
    """How a party is called on a day, in one language and in all, and how it was called before (newest first)."""

    name: Name
    now: dict[str, dict[str, str]]
    former: list[Name]


def name_history(party: Party, language: str, on: date | None = None) -> NameHistory | None:
    """Names now and before; none if the party had no name on the day. One query.

    Periods in which this language's name did not change are one.
    """
    day = on or timezone.localdate()
    rows = sorted(PartyName.objects.filter(as_known(), party=party), key=lambda row: row.validity.lower or date.min)
    rows = [row for row in rows if row.validity.lower is None or row.validity.lower <= day]
    if not rows or (rows[-1].validity.upper is not None and rows[-1].validity.upper <= day):
        return None
    found: list[Name] = []
    for name in (_name(row, language) for row in rows):
        if found and found[-1].short == name.short:
            last = found.pop()
            name = replace(name, formal=name.formal or last.formal, start=last.start)
        found.append(name)
    now = {code: rows[-1].texts[code] for code in LANGUAGES if code in rows[-1].texts}
    return NameHistory(name=found[-1], now=now, former=found[-2::-1])


def fold(text: str) -> str:
    """A name as it is compared: without case, accents, apostrophes' shapes and superfluous space."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("\u2019", "'")
    plain = plain.replace("saint ", "st. ") if plain.startswith("saint ") else plain
    return " ".join(plain.removeprefix("the ").split())


class Index:
    """Finds parties by code, name or alias, for many texts at once: three queries when made, none afterwards."""

    def __init__(self, on: date | None = None, language: str | None = None) -> None:
        self._codes: dict[str, Party] = {}
        self._now: dict[str, set[int]] = {}
        self._ever: dict[str, set[int]] = {}
        self._parties = {party.pk: party for party in Party.objects.all()}
        for party in self._parties.values():
            for code in (party.code, party.iso2, party.iso3, party.m49):
                if code:
                    self._codes.setdefault(code.casefold(), party)
        day = on or timezone.localdate()
        for row in PartyName.objects.filter(as_known()):
            valid = day in row.validity
            for code, record in row.texts.items():
                if language in (None, code):
                    for text in (record["short"], record.get("formal", "")):
                        if text:
                            self._add(self._ever, text, row.party_id)
                            if valid:
                                self._add(self._now, text, row.party_id)
        aliases = PartyAlias.objects.all() if language is None else PartyAlias.objects.filter(language=language)
        for alias in aliases:
            self._add(self._ever, alias.name, alias.party_id)

    @staticmethod
    def _add(index: dict[str, set[int]], text: str, party: int) -> None:
        index.setdefault(fold(text), set()).add(party)

    def find(self, text: str) -> Party | None:
        """The one party that bears this code, this name on the day, or else this alias or name of another time."""
        text = text.strip()
        if not text:
            return None
        if text.casefold() in self._codes:
            return self._codes[text.casefold()]
        for index in (self._now, self._ever):
            found = index.get(fold(text), set())
            if len(found) == 1:
                return self._parties[next(iter(found))]
            if found:
                return None
        return None


def find_party(text: str, on: date | None = None, language: str | None = None) -> Party | None:
    """The party of a code, name or alias as it was called on a day; ``None`` if there is none or more than one."""
    return Index(on, language).find(text)


def parties(*kinds: PartyKind) -> QuerySet[Party]:
    """The parties of some kinds; all without any."""
    return Party.objects.filter(kind__in=[kind.value for kind in kinds]) if kinds else Party.objects.all()


def parties_sorted(
    language: str, chosen: Sequence[Party] | QuerySet[Party] | None = None, on: date | None = None
) -> list[tuple[Party, Name]]:
    """Parties with their names, in the order of the language; one query beside that of the parties."""
    everyone = list(Party.objects.all() if chosen is None else chosen)
    called = names(None if chosen is None else everyone, language, on)
    pairs = [(party, called[party.pk]) for party in everyone if party.pk in called]
    # Names that fall back to another language stand at the end, in their own order.
    return sorted(pairs, key=lambda pair: (pair[1].language != language, pair[1].sort, pair[1].short))


def below(group: Group) -> set[int]:
    """The group and the groups in it."""
    children: dict[int | None, list[int]] = {}
    for key, parent in Group.objects.filter(kind=group.kind).values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(key)
    found, waiting = set(), [group.pk]
    while waiting:
        key = waiting.pop()
        found.add(key)
        waiting.extend(children.get(key, ()))
    return found


def members(group: Group, on: date | None = None, known_at: datetime | None = None) -> QuerySet[Party]:
    """The parties in a group, or in a group within it, on a day."""
    memberships = GroupMembership.objects.filter(
        as_known(known_at), group__in=below(group), validity__contains=on or timezone.localdate()
    )
    return Party.objects.filter(pk__in=memberships.values("party"))


def groups_of(
    parties: Iterable[Party | int] | None,
    on: date | None = None,
    kind: str | None = None,
    known_at: datetime | None = None,
) -> dict[int, list[Group]]:
    """The groups of each party on a day, by the party's key; one query."""
    rows = GroupMembership.objects.filter(as_known(known_at), validity__contains=on or timezone.localdate())
    if parties is not None:
        rows = rows.filter(party__in=[party if isinstance(party, int) else party.pk for party in parties])
    if kind is not None:
        rows = rows.filter(kind=kind)
    found: dict[int, list[Group]] = {}
    for row in rows.select_related("group").order_by("group__kind", "group__order"):
        found.setdefault(row.party_id, []).append(row.group)
    return found


def group_name(group: Group, language: str, on: date | None = None) -> str:
    """How a group is called, or was called on a day."""
    record, _language = best(group.texts, language)
    day = on or timezone.localdate()
    for former in record.get("former", ()):
        if (not former["from"] or date.fromisoformat(former["from"]) <= day) and day < date.fromisoformat(
            former["until"]
        ):
            return str(former["name"])
    return str(record["name"])


def invitation(token: str) -> Invitation | None:
    """The invitation with this secret in its link, with its grant and person; ``None`` if there is none."""
    return Invitation.objects.select_related("grant__user", "sent_by").filter(token_hash=token_hash(token)).first()


def accepted_with(invitation: Invitation) -> QuerySet[Grant]:
    """The grants that count once this invitation is accepted: its own, and what the same person has offered besides.

    Of several sections handed over together only one carries the link. All of them were given to the same person by
    the same person, none has been taken back, and the page lists them before they are accepted. What nobody in
    particular has given (from the command line) is accepted one by one.
    """
    own = invitation.grant
    same = Q(pk=own.pk)
    if own.granted_by_id is not None:
        same |= Q(granted_by=own.granted_by_id, user=own.user_id)
    return Grant.objects.filter(same, accepted_at=None, ended_at=None).order_by("granted_at", "pk")


def second_factors(user: User) -> QuerySet[Authenticator]:
    """The passkeys and the authenticator app of a person; recovery codes are no factor of their own."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=user.pk, type__in=kinds)
    return found
