"""Reads about treaties: who is a party on a day, as known on a day, and what the articles demand."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from palermo.base.multilingual import best
from palermo.parties.models import Party
from palermo.treaties.logic.kinds import ActClass, ActKind, Bearer, Obligation
from palermo.treaties.logic.status import Act, Standing, standing
from palermo.treaties.models import Instrument, Provision, StatusAct, Topic

GENERATED = "generated"


def as_known(known_at: datetime | None = None) -> Q:
    """The acts that were held for true at a moment, by default now."""
    if known_at is None:
        return Q(withdrawn_at=None)
    return Q(recorded_at__lte=known_at) & (Q(withdrawn_at=None) | Q(withdrawn_at__gt=known_at))


def standings(instrument: Instrument, known_at: datetime | None = None) -> dict[Party, Standing]:
    """How every party that has acted stands towards the instrument; one query."""
    acts = (
        StatusAct.objects.filter(as_known(known_at))
        .filter(Q(instrument=instrument) | Q(instrument=instrument.parent_id, act_class=ActClass.DENUNCIATION.value))
        .select_related("party")
    )
    own: dict[Party, list[Act]] = {}
    above: dict[Party, list[date]] = {}
    for act in acts:
        if act.instrument_id == instrument.pk:
            own.setdefault(act.party, []).append(_plain(act))
        else:
            above.setdefault(act.party, []).append(act.on)
    return {party: standing(acts, instrument.rules, above.get(party, ())) for party, acts in own.items()}


def _plain(act: StatusAct) -> Act:
    return Act(ActKind(act.kind), act.on, act.effective_on)


def deposited_as_at(instrument: Instrument, on: date, known_at: datetime | None = None) -> frozenset[Party]:
    """Who had deposited an instrument of consent by the day and not left: what published lists of parties count."""
    return frozenset(party for party, found in standings(instrument, known_at).items() if found.has_deposited(on))


def bound_as_at(instrument: Instrument, on: date, known_at: datetime | None = None) -> frozenset[Party]:
    """For whom the treaty was in force on the day."""
    return frozenset(party for party, found in standings(instrument, known_at).items() if found.is_bound(on))


def all_standings(known_at: datetime | None = None) -> dict[Instrument, dict[int, Standing]]:
    """How every party stands towards every instrument, by the party's key; two queries."""
    instruments = {instrument.pk: instrument for instrument in Instrument.objects.all()}
    own: dict[tuple[int, int], list[Act]] = {}
    denounced: dict[tuple[int, int], list[date]] = {}
    for act in StatusAct.objects.filter(as_known(known_at)):
        own.setdefault((act.instrument_id, act.party_id), []).append(_plain(act))
        if act.act_class == ActClass.DENUNCIATION.value:
            denounced.setdefault((act.instrument_id, act.party_id), []).append(act.on)
    found: dict[Instrument, dict[int, Standing]] = {instrument: {} for instrument in instruments.values()}
    for (key, party), acts in own.items():
        instrument = instruments[key]
        above = denounced.get((instrument.parent_id or 0, party), ())
        found[instrument][party] = standing(acts, instrument.rules, above)
    return found


def party_counts(on: date, known_at: datetime | None = None) -> dict[Instrument, int]:
    """How many parties (by deposit) every instrument had on the day; two queries."""
    return {
        instrument: sum(one.has_deposited(on) for one in found.values())
        for instrument, found in all_standings(known_at).items()
    }


def signatories_as_at(instrument: Instrument, on: date, known_at: datetime | None = None) -> frozenset[Party]:
    """Who had signed by the day and not deposited."""
    return frozenset(party for party, found in standings(instrument, known_at).items() if found.is_signatory(on))


@dataclass(frozen=True)
class InstrumentStatus:
    """How one party stands towards one instrument on a day."""

    instrument: Instrument
    standing: Standing
    on: date
    generated: bool

    @property
    def signed(self) -> date | None:
        """When the party signed, if by the day."""
        return _if_by(self.standing.signed_on, self.on)

    @property
    def deposited(self) -> date | None:
        """When the party deposited, if by the day."""
        return _if_by(self.standing.deposited_on, self.on)

    @property
    def word(self) -> str:
        """``party``, ``deposited`` (not yet in force for it), ``left``, ``signatory`` or ``none``."""
        return self.standing.word(self.on)


def _if_by(day: date | None, on: date) -> date | None:
    return day if day is not None and day <= on else None


def status_of(party: Party, on: date, known_at: datetime | None = None) -> list[InstrumentStatus]:
    """How the party stands towards every instrument on the day, in the order of the instruments; two queries."""
    acts: dict[int, list[StatusAct]] = {}
    for act in StatusAct.objects.filter(as_known(known_at), party=party):
        acts.setdefault(act.instrument_id, []).append(act)
    found = []
    for instrument in Instrument.objects.all():
        own = acts.get(instrument.pk, [])
        above = [
            act.on for act in acts.get(instrument.parent_id or 0, []) if act.act_class == ActClass.DENUNCIATION.value
        ]
        found.append(
            InstrumentStatus(
                instrument=instrument,
                standing=standing(map(_plain, own), instrument.rules, above if own else ()),
                on=on,
                generated=any(act.source == GENERATED for act in own),
            )
        )
    return found


@dataclass(frozen=True)
class Count:
    """How many parties there were at the end of a day."""

    on: date
    parties: int


def count_over_time(found: Iterable[Standing]) -> list[Count]:
    """The number of parties (by deposit) after each day on which it changed."""
    changes: Counter[date] = Counter()
    for one in found:
        if one.deposited_on:
            changes[one.deposited_on] += 1
            if one.left_on:
                changes[one.left_on] -= 1
    counts, total = [], 0
    for day in sorted(changes):
        total += changes[day]
        counts.append(Count(day, total))
    return counts


def generated_instruments() -> set[int]:
    """The instruments whose status, or a part of it, is generated; one query."""
    return set(
        StatusAct.objects.filter(source=GENERATED, withdrawn_at=None).values_list("instrument_id", flat=True).distinct()
    )


STRENGTH = {Obligation.MANDATORY: 3, Obligation.CONSIDERED: 2, Obligation.OPTIONAL: 1, Obligation.NONE: 0}


@dataclass(frozen=True)
class ArticleSummary:
    """An article, and what its limbs demand of States."""

    article: Provision
    demands: Mapping[str, int]
    notifications: int
    topics: tuple[Topic, ...]

    @property
    def obligation(self) -> str:
        """The strongest force among the demands on States."""
        return max(self.demands, key=lambda word: STRENGTH[Obligation(word)], default=Obligation.NONE.value)


def limbs(instrument: Instrument) -> QuerySet[Provision]:
    """What the treaty demands, permits or has notified: every provision that bears a verb, in the treaty's order."""
    return instrument.provisions.exclude(obligation=Obligation.NONE.value)


def _topics(instrument: Instrument) -> dict[int, list[Topic]]:
    """The topics of each provision, by its key; two queries."""
    topics = {topic.pk: topic for topic in Topic.objects.all()}
    links = Provision.topics.through.objects.filter(provision__instrument=instrument)
    found: dict[int, list[Topic]] = {}
    for provision, topic in links.order_by("topic__order").values_list("provision_id", "topic_id"):
        found.setdefault(provision, []).append(topics[topic])
    return found


def topic_titles(language: str) -> dict[str, str]:
    """What each topic is called in a language or the nearest there is, by its code and in their order; one query."""
    return {topic.code: str(best(topic.texts, language)[0]["name"]) for topic in Topic.objects.all()}


def instrument_titles(codes: Iterable[str], language: str) -> list[str]:
    """How treaties are called in short, in a language or the nearest there is, in their order; one query."""
    found = [best(treaty.texts, language)[0] for treaty in Instrument.objects.filter(code__in=list(codes))]
    return [str(texts.get("short") or texts["title"]) for texts in found]


@dataclass(frozen=True)
class Limb:
    """What one provision demands, with its topics and the depth at which it stands below the article."""

    provision: Provision
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class ArticlePage:
    """An article with its limbs, and all articles of the treaty around it."""

    article: Provision
    limbs: tuple[Limb, ...]
    articles: tuple[Provision, ...]


def article_page(instrument: Instrument, number: str) -> ArticlePage | None:
    """An article by its number, with what it demands; three queries."""
    provisions = list(instrument.provisions.all())
    article = next((one for one in provisions if one.is_article and one.number == number), None)
    if article is None:
        return None
    topics = _topics(instrument)
    inside = [one for one in provisions if one.article_id == article.pk or (one is article and one.texts_demand)]
    return ArticlePage(
        article=article,
        limbs=tuple(Limb(one, tuple(topics.get(one.pk, ()))) for one in inside),
        articles=tuple(one for one in provisions if one.is_article),
    )


def articles(instrument: Instrument) -> list[ArticleSummary]:
    """The articles with the number of demands on States by force, their notifications and topics; four queries."""
    topics = _topics(instrument)
    demands: dict[int, Counter[str]] = {}
    notifications: Counter[int] = Counter()
    themes: dict[int, dict[int, Topic]] = {}
    # The wording of hundreds of limbs is not needed here, and costs more than all the rest.
    for limb, above, bearer, obligation, notify in instrument.provisions.values_list(
        "pk", "article_id", "bearer", "obligation", "notify"
    ):
        article = above or limb
        if bearer == Bearer.STATE.value and obligation != Obligation.NONE.value:
            demands.setdefault(article, Counter())[obligation] += 1
        notifications[article] += notify
        themes.setdefault(article, {}).update((topic.pk, topic) for topic in topics.get(limb, ()))
    return [
        ArticleSummary(
            article=article,
            demands={
                kind.value: count for kind in Obligation if (count := demands.get(article.pk, Counter())[kind.value])
            },
            notifications=notifications[article.pk],
            topics=tuple(themes.get(article.pk, {}).values()),
        )
        for article in instrument.provisions.filter(is_article=True)
    ]
