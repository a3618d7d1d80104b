"""Everything that changes treaties and their status. Each action is atomic, says by whom, and writes its audit row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from palermo.base.errors import Refusal
from palermo.parties.actions import record
from palermo.parties.models import Party, User
from palermo.treaties.logic.content import ProvisionSpec, TopicSpec, TreatySpec, as_row
from palermo.treaties.logic.generated import GeneratedAct, Roll, generate
from palermo.treaties.logic.kinds import CLASS_OF, ActKind
from palermo.treaties.models import Instrument, Provision, StatusAct, Topic
from palermo.treaties.queries import GENERATED


@dataclass
class Loaded:
    """How many records a loading made, changed, removed and found as they were."""

    created: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Loaded") -> "Loaded":
        """Both together."""
        return Loaded(
            self.created + other.created,
            self.changed + other.changed,
            self.removed + other.removed,
            self.unchanged + other.unchanged,
        )

    @property
    def any(self) -> bool:
        """Whether anything was made, changed or removed."""
        return bool(self.created or self.changed or self.removed)


@transaction.atomic
def store_topics(*, by: User | None, topics: Sequence[TopicSpec]) -> Loaded:
    """Makes the topics as the content file has them; a topic that is no longer in it stays, as it may be in use."""
    loaded = Loaded()
    there = {topic.code: topic for topic in Topic.objects.all()}
    new = []
    for spec in topics:
        topic = there.get(spec.code)
        if topic is None:
            new.append(Topic(code=spec.code, order=spec.order, texts=spec.texts))
        elif (topic.order, topic.texts) != (spec.order, spec.texts):
            topic.order, topic.texts = spec.order, spec.texts
            topic.save()
            loaded.changed += 1
        else:
            loaded.unchanged += 1
    Topic.objects.bulk_create(new)
    loaded.created = len(new)
    if loaded.any:
        record(by=by, action="store_topics", scope="/", detail={"created": loaded.created, "changed": loaded.changed})
    return loaded


HEAD = (
    "kind",
    "order",
    "symbol",
    "adopted_on",
    "opened_on",
    "in_force_on",
    "deposits_for_entry",
    "days_to_entry",
    "binds_after_days",
    "denunciation_after_months",
    "complete",
    "texts",
)


@transaction.atomic
def store_treaty(*, by: User | None, spec: TreatySpec) -> Loaded:
    """Makes the treaty and its provisions as the folder has them; what is as it was is not touched.

    Refuses to remove a provision that is in use.
    """
    loaded = Loaded()
    instrument = _store_head(spec, loaded)
    there = {provision.code: provision for provision in Provision.objects.filter(instrument=instrument)}
    wanted = {provision.code for provision in spec.provisions}
    _remove([provision for code, provision in there.items() if code not in wanted], loaded)
    new = [provision for provision in spec.provisions if provision.code not in there]
    changed = [
        provision
        for provision in spec.provisions
        if provision.code in there and _differs(provision, there[provision.code], there)
    ]
    _create(instrument, new, there)
    loaded.created += len(new)
    for provision in changed:
        row = there[provision.code]
        for name, value in as_row(provision).items():
            setattr(row, name, value)
        row.article, row.parent = there.get(provision.article), there.get(provision.parent)
    Provision.objects.bulk_update(
        [there[provision.code] for provision in changed], [*_COLUMNS, "article", "parent"], batch_size=500
    )
    loaded.changed += len(changed) + _link_topics(instrument, spec.provisions, there)
    loaded.unchanged += len(spec.provisions) - len(new) - len(changed)
    if loaded.any:
        record(
            by=by,
            action="store_treaty",
            scope="/",
            subject=spec.code,
            detail={"created": loaded.created, "changed": loaded.changed, "removed": loaded.removed},
        )
    return loaded


def _store_head(spec: TreatySpec, loaded: Loaded) -> Instrument:
    parent = Instrument.objects.filter(code=spec.parent).first() if spec.parent else None
    if spec.parent and parent is None:
        raise Refusal(
            _("The convention %(parent)s of %(code)s is not loaded; load it first.")
            % {"parent": spec.parent, "code": spec.code},
            code="no_parent",
        )
    values = {name: getattr(spec, name) for name in HEAD} | {"parent": parent}
    instrument = Instrument.objects.filter(code=spec.code).select_related("parent").first()
    if instrument is None:
        loaded.created += 1
        return Instrument.objects.create(code=spec.code, **values)
    if any(getattr(instrument, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(instrument, name, value)
        instrument.save()
        loaded.changed += 1
    else:
        loaded.unchanged += 1
    return instrument


_COLUMNS = ("order", "is_article", "kind", "obligation", "verb", "bearer", "notify", "part", "texts")


def _differs(spec: ProvisionSpec, row: Provision, there: Mapping[str, Provision]) -> bool:
    article, parent = there.get(spec.article), there.get(spec.parent)
    return (
        any(getattr(row, name) != value for name, value in as_row(spec).items())
        or row.article_id != (article.pk if article else None)
        or row.parent_id != (parent.pk if parent else None)
    )


def _remove(gone: Sequence[Provision], loaded: Loaded) -> None:
    try:
        Provision.objects.filter(pk__in=[provision.pk for provision in gone]).delete()
    except ProtectedError as error:
        codes = ", ".join(sorted(provision.code for provision in gone))
        raise Refusal(
            _("These provisions are no longer in the file but are in use: %(codes)s. Put them back.")
            % {"codes": codes},
            code="provision_in_use",
        ) from error
    loaded.removed += len(gone)


def _create(instrument: Instrument, new: Sequence[ProvisionSpec], there: dict[str, Provision]) -> None:
    """Makes new provisions, those above before those below: one statement for each level."""
    waiting = list(new)
    while waiting:
        ready = [
            spec
            for spec in waiting
            if (not spec.parent or spec.parent in there) and (not spec.article or spec.article in there)
        ]
        assert ready, "the reader has found a place for every provision"
        rows = [
            Provision(
                code=spec.code,
                instrument=instrument,
                article=there.get(spec.article),
                parent=there.get(spec.parent),
                **as_row(spec),
            )
            for spec in ready
        ]
        there.update({row.code: row for row in Provision.objects.bulk_create(rows)})
        waiting = [spec for spec in waiting if spec.code not in there]


def _link_topics(instrument: Instrument, specs: Iterable[ProvisionSpec], there: Mapping[str, Provision]) -> int:
    """Makes the links to topics as the file has them; says how many links were made or removed."""
    topics = dict(Topic.objects.values_list("code", "pk"))
    through = Provision.topics.through
    wanted = {(there[spec.code].pk, topics[code]) for spec in specs for code in spec.topics}
    links = through.objects.filter(provision__instrument=instrument).values_list("pk", "provision_id", "topic_id")
    present = {(provision, topic): pk for pk, provision, topic in links}
    through.objects.filter(pk__in=[pk for pair, pk in present.items() if pair not in wanted]).delete()
    new = wanted - present.keys()
    through.objects.bulk_create([through(provision_id=provision, topic_id=topic) for provision, topic in sorted(new)])
    return len(new) + len(present.keys() - wanted)


@dataclass(frozen=True)
class NewAct:
    """An act to be recorded."""

    instrument: Instrument
    party: Party
    kind: ActKind
    on: date
    effective_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Recorded:
    """What a recording did."""

    added: int
    corrected: int
    unchanged: int
    withdrawn: int = 0


@transaction.atomic
def record_status(*, by: User | None, acts: Sequence[NewAct], source: str, replace_generated: bool = False) -> Recorded:
    """Records acts. One that is known is left; one that differs from what is known withdraws it and is added.

    A real status and a generated one never stand side by side: the generated one must be given up for it.
    """
    instruments = {act.instrument.pk for act in acts}
    moment = timezone.now()
    withdrawn = 0
    if source != GENERATED:
        generated = StatusAct.objects.filter(instrument__in=instruments, source=GENERATED, withdrawn_at=None)
        if replace_generated:
            withdrawn = generated.update(withdrawn_at=moment)
        elif generated.exists():
            raise Refusal(
                _("The status recorded so far is generated; ask for it to be replaced before recording a real one."),
                code="generated_status",
            )
    known = {
        (act.instrument_id, act.party_id, act.act_class): act
        for act in StatusAct.objects.filter(instrument__in=instruments, withdrawn_at=None)
    }
    new: dict[tuple[int, int, str], StatusAct] = {}
    wrong: list[int] = []
    unchanged = 0
    for act in acts:
        key = (act.instrument.pk, act.party.pk, CLASS_OF[act.kind].value)
        there = known.get(key)
        if there and (there.kind, there.on, there.effective_on, there.note) == (
            act.kind.value,
            act.on,
            act.effective_on,
            act.note,
        ):
            unchanged += 1
            continue
        if there:
            wrong.append(there.pk)
        new[key] = StatusAct(
            instrument=act.instrument,
            party=act.party,
            kind=act.kind.value,
            act_class=CLASS_OF[act.kind].value,
            on=act.on,
            effective_on=act.effective_on,
            note=act.note,
            source=source,
            recorded_at=moment,
        )
    StatusAct.objects.filter(pk__in=wrong).update(withdrawn_at=moment)
    StatusAct.objects.bulk_create(new.values())
    result = Recorded(len(new) - len(wrong), len(wrong), unchanged, withdrawn)
    if new or withdrawn:
        detail: dict[str, Any] = {"added": result.added, "corrected": result.corrected, "withdrawn": withdrawn}
        record(by=by, action="record_status", scope="/", subject=source, detail=detail)
    return result


@transaction.atomic
def withdraw_status(*, by: User | None, act: StatusAct, reason: str) -> None:
    """Withdraws an act that was recorded in error; it stays visible in what was known before."""
    if not StatusAct.objects.filter(pk=act.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
        raise Refusal(_("This act has been withdrawn or corrected already."), code="already_withdrawn")
    record(
        by=by,
        action="withdraw_status",
        scope="/",
        subject=f"{act.instrument_id} {act.party_id}",
        detail={"act": act.pk, "kind": act.kind, "on": act.on.isoformat(), "reason": reason},
    )


@transaction.atomic
def generate_status(*, by: User | None, seed: int) -> Recorded:
    """Invents a status for every State and every instrument, for a demonstration; it says *generated* on every act.

    The same seed gives the same status. Refuses where a real status is recorded.
    """
    instruments = list(Instrument.objects.select_related("parent"))
    real = StatusAct.objects.filter(withdrawn_at=None).exclude(source=GENERATED).select_related("instrument").first()
    if real is not None:
        raise Refusal(
            _("A real status of %(code)s is recorded; none is generated beside it.") % {"code": real.instrument.code},
            code="real_status",
        )
    parties = {party.code: party for party in Party.objects.filter(kind__in=Roll.KINDS)}
    rolls = [
        Roll(code=party.code, iso3=party.iso3, kind=party.kind, member_since=party.un_member_since)
        for party in parties.values()
    ]
    by_code = {instrument.code: instrument for instrument in instruments}
    invented: list[GeneratedAct] = generate(rolls, seed=seed, instruments=by_code.keys())
    acts = [
        NewAct(
            instrument=by_code[act.instrument],
            party=parties[act.party],
            kind=act.kind,
            on=act.on,
            effective_on=act.effective_on,
            note="Generated for demonstration; says nothing about any State.",
        )
        for act in invented
    ]
    return record_status(by=by, acts=acts, source=GENERATED)
