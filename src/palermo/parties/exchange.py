"""Loads parties, their dated names and groups from the content files (``docs/formats/parties.md``).

Loading is set-based and can be repeated: what is as the files say is not touched; a dated fact that differs is
withdrawn and recorded anew, so that what was known before can still be asked for.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from psycopg.types.range import DateRange
from pyuca import Collator

from palermo.parties.actions import record
from palermo.parties.logic.content import GroupSpec, PartiesSpec, PartySpec, Period, read_parties
from palermo.parties.models import Group, GroupMembership, Party, PartyAlias, PartyName, User


@dataclass
class Loaded:
    """How many records a loading made, changed, withdrew and found as they were."""

    created: int = 0
    changed: int = 0
    withdrawn: int = 0
    unchanged: int = 0

    @property
    def any(self) -> bool:
        """Whether anything was made, changed or withdrawn."""
        return bool(self.created or self.changed or self.withdrawn)


# Sort keys


@cache
def _collator() -> Any:
    return Collator()


def sort_key(text: str) -> str:
    """The Unicode collation key of a text, as text whose plain order is the order of the keys."""
    return "".join(f"{weight:04x}" for weight in _collator().sort_key(text))


def _with_sort(texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {
        language: {**words, "sort": words.get("sort") or sort_key(words["short"])} for language, words in texts.items()
    }


def _without_sort(texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """The texts as a file has them: sort keys are written there for Chinese only."""
    return {
        language: {key: text for key, text in words.items() if key != "sort" or language == "zh"}
        for language, words in texts.items()
    }


# Storing


def load_parties(content: Path, *, by: User | None) -> Loaded:
    """Reads the content files and makes the database say the same."""
    return store_parties(read_parties(content), by=by)


@transaction.atomic
def store_parties(spec: PartiesSpec, *, by: User | None) -> Loaded:
    """Makes the database say what the content files say; a party that is no longer in them stays."""
    loaded = Loaded()
    moment = timezone.now()
    groups = _store_groups(spec.groups.values(), loaded)
    parties = _store_rows(spec.parties.values(), loaded)
    _store_names(spec, parties, moment, loaded)
    _store_aliases(spec, parties, loaded)
    _store_memberships(spec, parties, groups, moment, loaded)
    if loaded.any:
        detail = {"created": loaded.created, "changed": loaded.changed, "withdrawn": loaded.withdrawn}
        record(by=by, action="load_parties", scope="/", detail=detail)
    return loaded


def _group_texts(spec: GroupSpec) -> dict[str, Any]:
    """The name of today by language, with the former ones and their dates."""
    ordered = sorted(spec.names, key=lambda name: name.period[0] or date.min)
    texts: dict[str, Any] = {}
    for language, words in _with_sort(ordered[-1].texts).items():
        texts[language] = {"name": words["short"], "sort": words["sort"]}
        former = [
            {
                "name": name.texts[language]["short"],
                "from": name.period[0].isoformat() if name.period[0] else "",
                "until": name.period[1].isoformat(),
            }
            for name in ordered[:-1]
            if language in name.texts and name.period[1]
        ]
        if former:
            texts[language]["former"] = former
    return texts


def _same_group(row: Group, spec: GroupSpec, parent: Group | None) -> bool:
    if (row.kind, row.order, row.parent_id) != (spec.kind.value, spec.order, parent.pk if parent else None):
        return False
    current = max(spec.names, key=lambda name: name.period[0] or date.min)
    stored = {language: words["name"] for language, words in row.texts.items()}
    former = sum(len(words.get("former", ())) for words in row.texts.values())
    return stored == {language: words["short"] for language, words in current.texts.items()} and former == sum(
        len(name.texts) for name in spec.names if name is not current
    )


def _store_groups(specs: Collection[GroupSpec], loaded: Loaded) -> dict[str, Group]:
    there = {group.code: group for group in Group.objects.all()}
    waiting = [spec for spec in specs if spec.code not in there]
    for spec in specs:
        if spec.code not in there:
            continue
        row, parent = there[spec.code], there.get(spec.parent)
        if _same_group(row, spec, parent):
            loaded.unchanged += 1
            continue
        row.kind, row.order, row.parent, row.texts = spec.kind.value, spec.order, parent, _group_texts(spec)
        row.save()
        loaded.changed += 1
    loaded.created += len(waiting)
    while waiting:
        # Larger groups stand above smaller ones in the file: one statement for each level.
        ready = [spec for spec in waiting if not spec.parent or spec.parent in there]
        rows = [
            Group(
                code=spec.code,
                kind=spec.kind.value,
                order=spec.order,
                parent=there.get(spec.parent),
                texts=_group_texts(spec),
            )
            for spec in ready
        ]
        there.update({row.code: row for row in Group.objects.bulk_create(rows)})
        waiting = [spec for spec in waiting if spec.code not in there]
    return there


_COLUMNS = ("kind", "iso2", "iso3", "m49", "un_member_since", "external_ids")


def _store_rows(specs: Iterable[PartySpec], loaded: Loaded) -> dict[str, Party]:
    there = {party.code: party for party in Party.objects.all()}
    new, changed = [], []
    for spec in specs:
        values = {name: getattr(spec, name) for name in _COLUMNS} | {"kind": spec.kind.value}
        row = there.get(spec.code)
        if row is None:
            new.append(Party(code=spec.code, **values))
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
        else:
            loaded.unchanged += 1
    Party.objects.bulk_update(changed, _COLUMNS)
    there.update({row.code: row for row in Party.objects.bulk_create(new)})
    loaded.created += len(new)
    loaded.changed += len(changed)
    return there


def _key(texts: Mapping[str, Mapping[str, str]]) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    return tuple(sorted((language, tuple(sorted(words.items()))) for language, words in texts.items()))


def _bounds(value: Any) -> Period:
    return (value.lower, value.upper)


def _correct(
    model: type[models.Model], wrong: list[int], new: list[models.Model], moment: datetime, loaded: Loaded
) -> None:
    """Withdraws what the files contradict and records what they add, at one moment."""
    model._default_manager.filter(pk__in=wrong).update(withdrawn_at=moment)
    model._default_manager.bulk_create(new)
    loaded.withdrawn += len(wrong)
    loaded.created += len(new)


def _store_names(spec: PartiesSpec, parties: Mapping[str, Party], moment: datetime, loaded: Loaded) -> None:
    wanted = {
        (parties[party.code].pk, name.period, _key(_without_sort(name.texts))): name
        for party in spec.parties.values()
        for name in party.names
    }
    mine = {parties[code].pk for code in spec.parties}
    wrong: list[int] = []
    for row in PartyName.objects.filter(withdrawn_at=None, party__in=mine):
        if wanted.pop((row.party_id, _bounds(row.validity), _key(_without_sort(row.texts))), None) is None:
            wrong.append(row.pk)
        else:
            loaded.unchanged += 1
    new: list[models.Model] = [
        PartyName(party_id=party, validity=DateRange(*period), texts=_with_sort(name.texts), recorded_at=moment)
        for (party, period, _texts), name in wanted.items()
    ]
    _correct(PartyName, wrong, new, moment, loaded)


def _store_aliases(spec: PartiesSpec, parties: Mapping[str, Party], loaded: Loaded) -> None:
    wanted = {
        (parties[party.code].pk, name, language) for party in spec.parties.values() for name, language in party.aliases
    }
    mine = {parties[code].pk for code in spec.parties}
    there = {(row.party_id, row.name, row.language): row.pk for row in PartyAlias.objects.filter(party__in=mine)}
    gone = [pk for key, pk in there.items() if key not in wanted]
    PartyAlias.objects.filter(pk__in=gone).delete()
    new = sorted(wanted - there.keys())
    PartyAlias.objects.bulk_create(
        PartyAlias(party_id=party, name=name, language=language) for party, name, language in new
    )
    loaded.created += len(new)
    loaded.withdrawn += len(gone)
    loaded.unchanged += len(there) - len(gone)


def _store_memberships(
    spec: PartiesSpec, parties: Mapping[str, Party], groups: Mapping[str, Group], moment: datetime, loaded: Loaded
) -> None:
    wanted = {
        (parties[one.party].pk, groups[one.group].pk, one.period, one.note): groups[one.group].kind
        for one in spec.memberships
    }
    mine = {parties[code].pk for code in spec.parties}
    wrong: list[int] = []
    for row in GroupMembership.objects.filter(withdrawn_at=None, party__in=mine):
        if wanted.pop((row.party_id, row.group_id, _bounds(row.validity), row.note), None) is None:
            wrong.append(row.pk)
        else:
            loaded.unchanged += 1
    new: list[models.Model] = [
        GroupMembership(
            party_id=party, group_id=group, kind=kind, validity=DateRange(*period), note=note, recorded_at=moment
        )
        for (party, group, period, note), kind in wanted.items()
    ]
    _correct(GroupMembership, wrong, new, moment, loaded)
