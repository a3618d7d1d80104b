"""Reads parties, their dated names and groups from the content files (``docs/formats/parties.md``)."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from palermo.base.multilingual import LANGUAGES
from palermo.base.yaml_source import Problems, Reader, read_items
from palermo.parties.logic.kinds import GroupKind, PartyKind

PARTY_KINDS = {
    "state": PartyKind.STATE,
    "observer_state": PartyKind.OBSERVER_STATE,
    "regional_organisation": PartyKind.REGIONAL_ORGANISATION,
    "un_body": PartyKind.UN_BODY,
    "un_related_organization": PartyKind.UN_BODY,
    "intergovernmental": PartyKind.ORGANISATION,
    "entity": PartyKind.ENTITY,
    "donor": PartyKind.DONOR,
}
GROUP_KINDS = {
    "regional_group": GroupKind.UN_GROUP,
    "world": GroupKind.SUBREGION,
    "region": GroupKind.SUBREGION,
    "subregion": GroupKind.SUBREGION,
    "intermediate": GroupKind.SUBREGION,
}
DEVELOPMENT = {kind.value: kind for kind in (GroupKind.LDC, GroupKind.LLDC, GroupKind.SIDS)}

Period = tuple[date | None, date | None]


@dataclass
class NamePeriod:
    """How a party or a group is called during a time."""

    period: Period
    texts: dict[str, dict[str, str]]


@dataclass
class PartySpec:
    """A party as a content file has it."""

    code: str
    kind: PartyKind
    iso2: str = ""
    iso3: str = ""
    m49: str = ""
    un_member_since: date | None = None
    external_ids: dict[str, str] = field(default_factory=dict)
    names: list[NamePeriod] = field(default_factory=list)
    aliases: list[tuple[str, str]] = field(default_factory=list)

    @property
    def exists_since(self) -> date | None:
        """When its first name begins; nothing if it has existed for longer than anybody asks."""
        starts = [name.period[0] for name in self.names]
        return None if None in starts else min((start for start in starts if start), default=None)


@dataclass
class GroupSpec:
    """A group as a content file has it."""

    code: str
    kind: GroupKind
    parent: str
    order: int
    names: list[NamePeriod]


@dataclass(frozen=True)
class MembershipSpec:
    """That a party is in a group during a time."""

    party: str
    group: str
    period: Period
    note: str = ""


@dataclass
class PartiesSpec:
    """Everything that the content files say about parties."""

    parties: dict[str, PartySpec] = field(default_factory=dict)
    groups: dict[str, GroupSpec] = field(default_factory=dict)
    memberships: list[MembershipSpec] = field(default_factory=list)


def read_parties(content: Path) -> PartiesSpec:
    """Reads the content files; raises ``BadContent`` with everything that is wrong with them."""
    problems = Problems()
    spec = PartiesSpec()
    for order, item in enumerate(read_items(content / "regions.yaml", problems)):
        _read_group(item, order, spec)
    for file in ("states.yaml", "organisations.yaml"):
        for item in read_items(content / file, problems):
            _read_party(item, spec)
    for item in read_items(content / "development.yaml", problems):
        _read_listing(item, spec)
    _check_aliases(spec, problems)
    problems.raise_any()
    return spec


def _period(item: Reader) -> Period:
    start, until = item.day("from", required=False), item.day("until", required=False)
    if start and until and until <= start:
        item.problem("until", f"The period ends on {until}, before it begins on {start}.", "Correct one of the dates.")
        return (None, None)
    return (start, until)


def _overlap(first: Period, second: Period) -> bool:
    return (first[1] is None or second[0] is None or second[0] < first[1]) and (
        second[1] is None or first[0] is None or first[0] < second[1]
    )


def _read_names(item: Reader) -> list[NamePeriod]:
    found: list[NamePeriod] = []
    for entry in item.items("names"):
        entry.only("from", "until", *LANGUAGES)
        period = _period(entry)
        texts: dict[str, dict[str, str]] = {}
        for language in LANGUAGES:
            if language == "en" or language in entry.data:
                words = entry.mapping(language)
                words.only("short", "formal", "sort")
                words.text("short", limit=200)
                if language == "zh":
                    words.text("sort")
                texts[language] = dict(words.texts())
        if any(_overlap(period, other.period) for other in found):
            entry.problem("from", "This name overlaps another one in time.", "A name ends on the day the next begins.")
        found.append(NamePeriod(period, texts))
    if not found and "names" in item.data:
        item.problem("names", "There is no name.", "Write at least one.")
    return found


def _read_party(item: Reader, spec: PartiesSpec) -> None:
    item.only(
        "code",
        "kind",
        "kinds",
        "iso2",
        "iso3",
        "m49",
        "groups",
        "subregion",
        "un_member_since",
        "external_ids",
        "names",
        "aliases",
    )
    code = item.text("code", limit=32)
    kind = item.one_of("kind", list(PARTY_KINDS), default="entity")
    party = PartySpec(
        code=code,
        kind=PARTY_KINDS[kind],
        iso2=item.text("iso2", required=False, limit=2),
        iso3=item.text("iso3", required=False, limit=3),
        m49=item.text("m49", required=False, limit=3),
        un_member_since=item.day("un_member_since", required=False),
        external_ids=dict(item.mapping("external_ids", required=False).texts()),
        names=_read_names(item),
        aliases=[
            (alias.text("name", limit=200), alias.one_of("language", LANGUAGES))
            for alias in item.items("aliases", required=False)
        ],
    )
    if code != code.upper():
        item.problem("code", f"'{code}' is not in capitals.", "Write codes in capitals; addresses show them small.")
    if code in spec.parties:
        item.problem("code", f"'{code}' is here twice.", "Codes are unique: remove or change it.")
    for name in ("iso2", "iso3", "m49"):
        value = getattr(party, name)
        if value and any(getattr(other, name) == value for other in spec.parties.values()):
            item.problem(name, f"The {name} '{value}' belongs to another party already.", "Correct it.")
    spec.parties[code] = party
    periods: list[Period] = []
    for entry in item.items("groups", required=False):
        entry.only("group", "from", "until", "note")
        period = _period(entry)
        if any(_overlap(period, other) for other in periods):
            entry.problem("group", "Two regional groups overlap in time.", "A party is in one at a time.")
        periods.append(period)
        _join(entry, "group", code, period, spec, note=entry.text("note", required=False, limit=300))
    if item.data.get("subregion") is not None:
        _join(item, "subregion", code, (party.exists_since, None), spec)


def _join(item: Reader, key: str, party: str, period: Period, spec: PartiesSpec, note: str = "") -> None:
    group = item.text(key)
    if group and group not in spec.groups:
        item.problem(key, f"The group '{group}' is not known.", "Add it to regions.yaml, or use one from there.")
        return
    known = spec.parties.get(party)
    since = known.exists_since if known else None
    if since is not None and (period[0] is None or period[0] < since):
        item.problem(
            key, f"'{party}' is in '{group}' before its first name begins on {since}.", "Begin on that day or later."
        )
    else:
        spec.memberships.append(MembershipSpec(party, group, period, note))


def _read_group(item: Reader, order: int, spec: PartiesSpec) -> None:
    item.only("code", "kind", "parent", "names")
    code = item.text("code", limit=32)
    kind = item.one_of("kind", [*GROUP_KINDS, "development_list"])
    parent = item.text("parent", required=False)
    if kind == "development_list" and code not in DEVELOPMENT:
        item.problem("code", f"The list '{code}' is not known.", f"Known lists: {', '.join(DEVELOPMENT)}.")
    if parent and parent not in spec.groups:
        item.problem("parent", f"The group '{parent}' does not stand above.", "Put larger groups before smaller ones.")
    if code in spec.groups:
        item.problem("code", f"'{code}' is here twice.", "Codes are unique: remove or change it.")
    names = _read_names(item)
    spec.groups[code] = GroupSpec(
        code, GROUP_KINDS.get(kind) or DEVELOPMENT.get(code, GroupKind.LDC), parent, order, names
    )


def _read_listing(item: Reader, spec: PartiesSpec) -> None:
    item.only("list", "party", "from", "until", "note")
    party = item.text("party")
    if party and party not in spec.parties:
        item.problem("party", f"The party '{party}' is not known.", "Add it to states.yaml, or use a code from there.")
        return
    period = _period(item)
    group = item.data.get("list")
    if any(
        (other.party, other.group) == (party, group) and _overlap(other.period, period) for other in spec.memberships
    ):
        item.problem("party", f"'{party}' is on this list at the same time already.", "Remove one of the two.")
    _join(item, "list", party, period, spec, note=item.text("note", required=False, limit=300))


def _check_aliases(spec: PartiesSpec, problems: Problems) -> None:
    seen: dict[tuple[str, str], str] = {}
    for party in spec.parties.values():
        for name, language in party.aliases:
            other = seen.setdefault((name.lower(), language), party.code)
            if other != party.code:
                problems.add(
                    "content/states.yaml",
                    1,
                    f"The alias '{name}' ({language}) is given to {other} and to {party.code}.",
                    "An alias names one party.",
                )
