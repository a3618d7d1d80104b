"""Many responses at once: taking over an older archive, and filling a demonstration.

What happened is dated by when it happened, and says besides when it came into this record. The validation is that of
``save_answer``; the number of statements does not grow with the number of answers.
"""

import datetime
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from palermo.base.errors import Refusal
from palermo.parties.actions import record
from palermo.parties.models import AuditEvent, Party, PartyName, User
from palermo.questionnaires.logic.fulfilment import fits, relevant_codes
from palermo.questionnaires.logic.spec import VersionSpec
from palermo.questionnaires.models import Questionnaire
from palermo.questionnaires.queries import version_spec
from palermo.responses.actions.answers import question_of
from palermo.responses.logic import digest as digests
from palermo.responses.logic.canonical import fast_canonical_json
from palermo.responses.logic.completeness import Progress, progress, sketch
from palermo.responses.logic.content import (
    ROW_KINDS,
    Content,
    Given,
    Remark,
    condition_values,
    is_unanswered,
    settle,
)
from palermo.responses.logic.scopes import cycle_scope, response_scope
from palermo.responses.logic.snapshot import SCHEMA, Head, ProvisionTexts, Stamp, build_snapshot, sha256
from palermo.responses.logic.standing import ChangeKind
from palermo.responses.models import (
    Answer,
    AnswerRevision,
    AnswerRow,
    Channel,
    Cycle,
    CycleQuestionnaire,
    Declaration,
    Digest,
    RequestRank,
    Response,
    ResponseState,
    StateChange,
    Submission,
)
from palermo.responses.queries.state import provision_texts

CHUNK = 20
"""How many responses one transaction takes: what a kill can cost, and what is kept in memory at once."""


@dataclass(frozen=True)
class Item:
    """One State's response. Without ``submitted_at`` it was begun and not sent; without answers it was only invited."""

    party: Party
    invited_at: datetime.datetime
    given: Sequence[Given] = ()
    answered_at: datetime.datetime | None = None
    """When the answers were given; by default when they were submitted."""
    submitted_at: datetime.datetime | None = None
    final_at: datetime.datetime | None = None
    """When the Secretariat closed what was submitted, if it did."""
    order: Sequence[str] = ()
    """The requests for assistance by their uuid, in the State's own order; empty if it gave none."""
    signed_by: str = ""
    """Who is on record as having answered and submitted; by default whoever carries it over."""
    basis: str = ""
    basis_on: datetime.date | None = None


@dataclass(frozen=True)
class Looked:
    """What the validation found in one response; nothing of it keeps a response out, as on the pages."""

    remarks: Mapping[str, tuple[Remark, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    parked: tuple[str, ...] = ()
    """Answered, although the question does not apply: kept, and no part of the submission."""
    unfit: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to look at."""
        return bool(self.remarks or self.missing or self.parked or self.unfit)


@dataclass
class Archived:
    """How an import went, by the codes of the parties."""

    imported: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    looked: dict[str, Looked] = field(default_factory=dict)


@transaction.atomic
def import_cycle(
    *,
    by: User,
    code: str,
    texts: Mapping[str, Mapping[str, str]],
    opened_at: datetime.datetime,
    due_on: datetime.date,
    first_year: int,
    last_year: int,
    questionnaires: Iterable[Questionnaire],
    closes_on: datetime.date | None = None,
    closed_at: datetime.datetime | None = None,
) -> Cycle:
    """A cycle that was opened earlier, perhaps in an older archive, with the current version of each questionnaire.

    It can be repeated: questionnaires that the cycle does not ask yet are added to it. Refuses a cycle of the same
    code that differs.
    """
    asked = list(questionnaires)
    versions = {one.pk: one.current_id for one in asked if one.current_id is not None}
    unpublished = sorted(questionnaire.code for questionnaire in asked if questionnaire.pk not in versions)
    if unpublished:
        raise Refusal(
            _("The questionnaire %(code)s has no published version yet.") % {"code": ", ".join(unpublished)},
            "not_published",
        )
    facts: dict[str, Any] = {
        "texts": {language: dict(parts) for language, parts in texts.items()},
        "opened_at": opened_at,
        "due_on": due_on,
        "closes_on": closes_on,
        "first_year": first_year,
        "last_year": last_year,
        "closed_at": closed_at,
    }
    cycle, created = Cycle.objects.select_for_update().get_or_create(code=code, defaults={**facts, "opened_by": by})
    different = sorted(name for name, value in facts.items() if getattr(cycle, name) != value)
    if different:
        raise Refusal(
            _("There is a cycle %(code)s already, and it differs: %(fields)s. Give this one another code.")
            % {"code": code, "fields": ", ".join(different)},
            "cycle_differs",
        )
    there = set(CycleQuestionnaire.objects.filter(cycle=cycle).values_list("questionnaire_id", flat=True))
    new = [questionnaire for questionnaire in asked if questionnaire.pk not in there]
    CycleQuestionnaire.objects.bulk_create(
        CycleQuestionnaire(cycle=cycle, questionnaire=questionnaire, version_id=versions[questionnaire.pk])
        for questionnaire in new
    )
    if created or new:
        record(
            by=by,
            action="import_cycle",
            scope=cycle_scope(cycle=code),
            detail={"questionnaires": [questionnaire.code for questionnaire in new], "due_on": due_on.isoformat()},
        )
    return cycle


def import_submissions(
    *,
    by: User,
    cycle: Cycle,
    questionnaire: Questionnaire,
    items: Iterable[Item],
    progress: Callable[[int], object] | None = None,
    chunk: int = CHUNK,
) -> Archived:
    """Takes many responses over, with answers, history, rows, ranks, submissions, digests and audit rows.

    Each chunk is one transaction with a fixed number of statements, so that an import that was cut off can be run
    again: what is there with equal content is left as it is. Where something else is there, the chunk is refused with
    the names of these States; chunks before it stay. ``progress`` is told how many responses are done.
    """
    asked = CycleQuestionnaire.objects.select_related("questionnaire__instrument").get(
        cycle=cycle, questionnaire=questionnaire
    )
    work = _Work(by=by, cycle=cycle, asked=asked)
    done = Archived()
    for some in _chunks(items, chunk):
        with transaction.atomic():
            work.take(some, done)
        if progress is not None:
            progress(len(done.imported) + len(done.unchanged))
    return done


def _chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


# ── One chunk ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _There:
    """A response that is in the database already."""

    key: int
    version: int
    begun: bool
    submitted_at: datetime.datetime | None
    final: bool
    contents: Mapping[str, Any]
    order: tuple[str, ...]


@dataclass
class _Ready:
    """A response that has been validated."""

    item: Item
    spec: VersionSpec
    version: int
    contents: dict[str, Content]
    forms: dict[str, dict[str, Any]]
    key: int = 0
    is_new: bool = True
    sections: dict[str, Progress] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return str(self.item.party.code)

    @property
    def answered_at(self) -> datetime.datetime:
        at = self.item.answered_at or self.item.submitted_at
        assert at is not None
        return at

    def is_equal(self, there: _There) -> bool:
        return (
            there.contents == self.forms
            and there.order == tuple(self.item.order)
            and there.submitted_at == self.item.submitted_at
            and there.final == (self.item.final_at is not None)
        )


class _Work:
    """What is the same for every chunk."""

    def __init__(self, *, by: User, cycle: Cycle, asked: CycleQuestionnaire) -> None:
        self.by = by
        self.cycle = cycle
        self.questionnaire = asked.questionnaire
        self.instrument = asked.questionnaire.instrument
        self.version = asked.version_id
        self.seen: set[int] = set()
        self._provisions: dict[int, list[ProvisionTexts]] = {}

    def provisions(self, version: int, spec: VersionSpec) -> list[ProvisionTexts]:
        if version not in self._provisions:
            self._provisions[version] = provision_texts(self.instrument.code, spec.rules)
        return self._provisions[version]

    def take(self, items: Sequence[Item], done: Archived) -> None:
        self._refuse_twice(items)
        there = self._there(items)
        ready: list[_Ready] = []
        unequal: list[str] = []
        for item in items:
            found = there.get(item.party.pk)
            one = self._validated(item, found.version if found else self.version, done)
            if found is not None:
                if one.is_equal(found):
                    done.unchanged.append(one.code)
                    continue
                if found.begun or found.submitted_at is not None:
                    unequal.append(one.code)
                    continue
                one.key, one.is_new = found.key, False
            ready.append(one)
        if unequal:
            raise Refusal(
                _(
                    "These States have another response on record already: %(parties)s. Nothing of theirs was "
                    "changed; take them out, or reopen what is on record."
                )
                % {"parties": ", ".join(sorted(unequal))},
                "response_differs",
            )
        if ready:
            try:
                with transaction.atomic():
                    self._write(ready)
            except IntegrityError as error:
                if "answerrow" in str(error):
                    raise Refusal(
                        _("A row of these answers belongs to another answer already; give each row an identity."),
                        "foreign_row",
                    ) from error
                raise
            done.imported += [one.code for one in ready]

    def _refuse_twice(self, items: Sequence[Item]) -> None:
        twice = []
        for item in items:
            if item.party.pk in self.seen:
                twice.append(item.party.code)
            self.seen.add(item.party.pk)
        if twice:
            raise Refusal(
                _("These States are named twice: %(parties)s. Leave one response of each.")
                % {"parties": ", ".join(sorted(twice))},
                "twice",
            )

    def _there(self, items: Sequence[Item]) -> dict[int, _There]:
        """What is on record of these States; four queries, the first of which holds everybody else off."""
        rows = list(
            Response.objects.select_for_update()
            .filter(cycle=self.cycle, questionnaire=self.questionnaire, party__in=[item.party.pk for item in items])
            .order_by("pk")
        )
        keys = [row.pk for row in rows]
        contents: dict[int, dict[str, Any]] = {}
        orders: dict[int, list[str]] = {}
        submitted: dict[int, datetime.datetime] = {}
        for key, code, form in Answer.objects.filter(response__in=keys).values_list(
            "response_id", "question_id", "content"
        ):
            contents.setdefault(key, {})[str(code)] = form
        for key, request in (
            RequestRank.objects.filter(response__in=keys).order_by("rank").values_list("response_id", "request")
        ):
            orders.setdefault(key, []).append(str(request))
        for key, at in Submission.objects.filter(response__in=keys).order_by("number").values_list("response_id", "at"):
            submitted[key] = at
        return {
            row.party_id: _There(
                key=row.pk,
                version=row.version_id,
                begun=row.begun_at is not None or row.pk in contents,
                submitted_at=submitted.get(row.pk),
                final=row.state == ResponseState.FINAL,
                contents=contents.get(row.pk, {}),
                order=tuple(orders.get(row.pk, ())),
            )
            for row in rows
        }

    def _validated(self, item: Item, version: int, done: Archived) -> _Ready:
        """The response as it will be stored: the same settling as on the pages, and what follows from conditions."""
        spec = version_spec(version)
        contents: dict[str, Content] = {}
        remarks: dict[str, tuple[Remark, ...]] = {}
        code = str(item.party.code)
        for given in item.given:
            question = question_of(spec, given.code)
            if given.code in contents:
                raise Refusal(
                    _("%(party)s answers the question “%(code)s” twice.") % {"party": code, "code": given.code}, "twice"
                )
            content, found = settle(question, self._identified(code, given), values=given.values)
            if found:
                remarks[given.code] = tuple(found)
            if content.canonical():
                contents[given.code] = content
        forms = {name: content.canonical() for name, content in contents.items()}
        one = _Ready(item=item, spec=spec, version=version, contents=contents, forms=forms)
        self._check_times(one)
        if not contents:
            return one
        day = timezone.localdate(one.answered_at)
        values = condition_values(spec.questions, contents)
        relevant = relevant_codes(spec, values, today=day)
        one.sections = progress(
            spec,
            {name: sketch(content, str(spec.questions[name].kind)) for name, content in contents.items()},
            today=day,
            relevant=relevant,
        )
        self._check_order(one, relevant)
        looked = Looked(
            remarks=remarks,
            missing=tuple(name for section in one.sections.values() for name in section.missing),
            parked=tuple(name for section in one.sections.values() for name in section.parked),
            unfit=tuple(
                name
                for name in contents
                if name in relevant
                and spec.questions[name].constraint is not None
                and not fits(spec.questions[name], values.get(name), values, today=day)
            ),
        )
        if looked and item.submitted_at is not None:
            done.looked[code] = looked
        return one

    def _identified(self, party: str, given: Given) -> Content:
        """A row that comes without an identity gets one that is the same when the import is repeated."""
        if all(row.uuid for row in given.content.rows):
            return given.content
        name = f"palermo:{self.cycle.code}:{self.questionnaire.code}:{party}:{given.code}"
        return replace(
            given.content,
            rows=tuple(
                row if row.uuid else replace(row, uuid=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{name}:{place}")))
                for place, row in enumerate(given.content.rows)
            ),
        )

    def _check_times(self, one: _Ready) -> None:
        item = one.item
        times = [item.invited_at, item.answered_at, item.submitted_at, item.final_at]
        given = [at for at in times if at is not None]
        if given != sorted(given) or (item.final_at is not None and item.submitted_at is None):
            raise Refusal(
                _("The dates of %(party)s are not in order: invited, answered, submitted, final.")
                % {"party": one.code},
                "times",
            )
        if (one.contents and item.answered_at is None and item.submitted_at is None) or (
            item.submitted_at is not None and not one.contents
        ):
            raise Refusal(
                _("The response of %(party)s needs both answers and the date on which they were given.")
                % {"party": one.code},
                "times",
            )

    def _check_order(self, one: _Ready, relevant: set[str]) -> None:
        order = list(one.item.order)
        if not order:
            return
        requests = {
            row.uuid
            for name, content in one.contents.items()
            if str(one.spec.questions[name].kind) == "assistance"
            for row in content.rows
        }
        if len(set(order)) != len(order) or set(order) != requests:
            raise Refusal(
                _("The order of requests of %(party)s does not name every request once.") % {"party": one.code},
                "order",
            )

    # ── Writing ──

    def _write(self, ready: Sequence[_Ready]) -> None:
        now = timezone.now()
        by = self.by
        signed = {one.code: one.item.signed_by or str(by) for one in ready}
        with connection.cursor() as cursor:
            new = [one for one in ready if one.is_new]
            for one, key in zip(new, _keys(cursor, Response, len(new)), strict=True):
                one.key = key
            _copy(cursor, Response, (self._response(one, now) for one in new))
            self._bring_forward([one for one in ready if not one.is_new])
            answers, revisions, rows = self._answers(cursor, ready, signed)
            _copy(cursor, Answer, answers)
            _copy(cursor, AnswerRevision, revisions)
            _copy(cursor, AnswerRow, rows)
            _copy(cursor, RequestRank, self._ranks(ready))
            _copy(cursor, Declaration, self._declarations(ready))
            sent = [one for one in ready if one.item.submitted_at is not None]
            submissions, short, audit = self._submissions(cursor, sent, ready, signed, now)
            _copy(cursor, Submission, submissions)
            _copy(cursor, Digest, short)
            _copy(cursor, StateChange, self._changes(sent, now))
            _copy(cursor, AuditEvent, audit)

    def _response(self, one: _Ready, now: datetime.datetime) -> dict[str, Any]:
        return {
            "id": one.key,
            "cycle": self.cycle.pk,
            "questionnaire": self.questionnaire.pk,
            "party": one.item.party.pk,
            "version": one.version,
            "invited_at": one.item.invited_at,
            "basis": one.item.basis,
            "basis_on": one.item.basis_on,
            "recorded_at": now,
            **self._way(one),
        }

    def _way(self, one: _Ready) -> dict[str, Any]:
        item = one.item
        state = ResponseState.OPEN if item.submitted_at is None else ResponseState.SUBMITTED
        return {
            "state": str(ResponseState.FINAL if item.final_at is not None else state),
            "begun_at": one.answered_at if one.contents else None,
            "cleared_at": item.submitted_at,
            "cleared_by": self.by.pk if item.submitted_at else None,
            "submitted_at": item.submitted_at,
        }

    def _bring_forward(self, old: Sequence[_Ready]) -> None:
        """States that had been invited and had not begun."""
        Response.objects.bulk_update(
            [
                Response(
                    pk=one.key,
                    **{("cleared_by_id" if name == "cleared_by" else name): to for name, to in self._way(one).items()},
                )
                for one in old
            ],
            ["state", "begun_at", "cleared_at", "cleared_by", "submitted_at"],
        )

    def _answers(
        self, cursor: Any, ready: Sequence[_Ready], signed: Mapping[str, str]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
        keys = iter(_keys(cursor, Answer, sum(len(one.contents) for one in ready)))
        answers: list[dict[str, Any]] = []
        revisions: list[dict[str, Any]] = []
        rows: list[dict[str, Any]] = []
        for one in ready:
            for code, content in one.contents.items():
                kind = str(one.spec.questions[code].kind)
                key = next(keys)
                form = json.dumps(one.forms[code], ensure_ascii=False)
                by_name = signed[one.code]
                answers.append(
                    {
                        "id": key,
                        "response": one.key,
                        "question": code,
                        "revision": 1,
                        "content": form,
                        "answered": not is_unanswered(content, kind),
                        "flagged": False,
                        "updated_at": one.answered_at,
                        "updated_by": self.by.pk,
                        "updated_by_name": by_name,
                    }
                )
                revisions.append(
                    {
                        "response": one.key,
                        "code": code,
                        "number": 1,
                        "base": 0,
                        "content": form,
                        "at": one.answered_at,
                        "by": self.by.pk,
                        "by_name": by_name,
                        "on_behalf_of": one.code.lower(),
                        "channel": str(Channel.IMPORT),
                        "version": one.version,
                        "set_aside": False,
                    }
                )
                if kind in ROW_KINDS:
                    rows += [
                        {
                            "uuid": row.uuid,
                            "response": one.key,
                            "answer": key,
                            "code": code,
                            "kind": kind,
                            "order": order,
                            "fields": json.dumps(dict(row.fields), ensure_ascii=False),
                        }
                        for order, row in enumerate(content.rows)
                    ]
        return answers, revisions, rows

    def _ranks(self, ready: Sequence[_Ready]) -> Iterator[dict[str, Any]]:
        for one in ready:
            for rank, request in enumerate(one.item.order, start=1):
                yield {"response": one.key, "request": request, "rank": rank}

    def _declared(self, one: _Ready) -> list[str]:
        """What was submitted was declared complete, as far as it was."""
        if one.item.submitted_at is None:
            return []
        return [code for code, section in one.sections.items() if section.is_complete]

    def _declarations(self, ready: Sequence[_Ready]) -> Iterator[dict[str, Any]]:
        for one in ready:
            for section in self._declared(one):
                yield {
                    "response": one.key,
                    "section": section,
                    "declared_at": one.item.submitted_at,
                    "declared_by": self.by.pk,
                    "undone_by_code": "",
                }

    def _submissions(
        self,
        cursor: Any,
        sent: Sequence[_Ready],
        ready: Sequence[_Ready],
        signed: Mapping[str, str],
        now: datetime.datetime,
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
        names = _names([one.item.party for one in sent])
        submissions: list[dict[str, Any]] = []
        short: list[dict[str, Any]] = []
        outcome: dict[str, tuple[str, dict[str, Any]]] = {}
        for one, key in zip(sent, _keys(cursor, Submission, len(sent)), strict=True):
            at = one.item.submitted_at
            assert at is not None
            receipt = "-".join((self.questionnaire.code.upper(), self.cycle.code.upper(), one.code.upper(), "01"))
            snapshot = self._snapshot(one, names.get(one.item.party.pk, ()), signed[one.code])
            snapshot["submission"] = {
                "receipt": receipt,
                "number": "1",
                "at": at.isoformat(timespec="seconds"),
                "by": signed[one.code],
            }
            text = fast_canonical_json(snapshot)
            hashed = sha256(text)
            submissions.append(
                {
                    "id": key,
                    "response": one.key,
                    "number": 1,
                    "receipt": receipt,
                    "at": at,
                    "recorded_at": now,
                    "by": self.by.pk,
                    "by_name": signed[one.code],
                    "schema": SCHEMA,
                    "snapshot": text,
                    "sha256": hashed,
                }
            )
            data = json.dumps(digests.digest(snapshot), ensure_ascii=False)
            short.append({"submission": key, "schema": digests.SCHEMA, "data": data})
            outcome[one.code] = (receipt, {"sha256": hashed, "number": 1})
        return submissions, short, [self._audit(one, now, *outcome.get(one.code, ("", {}))) for one in ready]

    def _audit(self, one: _Ready, now: datetime.datetime, receipt: str, more: Mapping[str, Any]) -> dict[str, Any]:
        at = one.item.submitted_at
        scope = response_scope(cycle=self.cycle.code, questionnaire=self.questionnaire.code, party=one.code)
        detail = {"saved": len(one.contents), "at": at.isoformat(timespec="seconds") if at else "", **more}
        return {
            "uuid": str(uuid.uuid4()),
            "at": now,
            "by_id": self.by.pk,
            "by_name": f"{self.by.name} <{self.by.email}>",
            "action": "import_submission",
            "scope": scope,
            "subject": receipt or one.code,
            "detail": json.dumps(detail),
        }

    def _changes(self, sent: Sequence[_Ready], now: datetime.datetime) -> Iterator[dict[str, Any]]:
        for one in sent:
            if one.item.final_at is not None:
                yield {
                    "response": one.key,
                    "kind": ChangeKind.FINALISED.value,
                    "at": one.item.final_at,
                    "recorded_at": now,
                    "by": self.by.pk,
                    "reason": "",
                }

    def _snapshot(self, one: _Ready, names: Sequence[PartyName], signed: str) -> dict[str, Any]:
        """As ``live_snapshot`` would give it on the day of submission, without reading anything."""
        at = one.item.submitted_at
        assert at is not None
        day = timezone.localdate(at)
        spec, stamp = one.spec, Stamp(by=signed, at=one.answered_at)
        head = Head(
            cycle=self.cycle.code,
            cycle_texts=self.cycle.texts,
            first_year=self.cycle.first_year,
            last_year=self.cycle.last_year,
            due_on=self.cycle.due_on,
            questionnaire=self.questionnaire.code,
            questionnaire_texts={language: {"title": heading.title} for language, heading in spec.texts.items()},
            treaty=self.instrument.code,
            treaty_texts=self.instrument.texts,
            version=spec.number,
            version_sha256=spec.sha256,
            party=one.code,
            party_names=_called(names, day) or {"en": one.code},
            generated=settings.DEMONSTRATION,
        )
        return build_snapshot(
            head=head,
            spec=spec,
            contents=one.contents,
            stamps=dict.fromkeys(one.contents, stamp),
            provisions=self.provisions(one.version, spec),
            declarations=dict.fromkeys(self._declared(one), Stamp(by=str(self.by), at=at)),
            files=(),
            ranks={request: rank for rank, request in enumerate(one.item.order, start=1)},
            today=day,
        )


def _names(parties: Iterable[Party]) -> dict[int, list[PartyName]]:
    """Every name that these parties have or had; one query."""
    found: dict[int, list[PartyName]] = {}
    for name in PartyName.objects.filter(party__in=[party.pk for party in parties], withdrawn_at=None):
        found.setdefault(name.party_id, []).append(name)
    return found


def _called(names: Sequence[PartyName], day: datetime.date) -> dict[str, str]:
    """How a party was called on the day, in every language."""
    for name in names:
        if (name.validity.lower is None or name.validity.lower <= day) and (
            name.validity.upper is None or day < name.validity.upper
        ):
            return {language: parts["short"] for language, parts in name.texts.items() if parts.get("short")}
    return {}


def _keys(cursor: Any, model: type[models.Model], count: int) -> list[int]:
    """So many new keys for a table, taken from its sequence."""
    if not count:
        return []
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [model._meta.db_table, count]
    )
    return [key for (key,) in cursor.fetchall()]


def _copy(cursor: Any, model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Writes rows in one statement; each names the same fields."""
    rest = iter(rows)
    first = next(rest, None)
    if first is None:
        return
    names = list(first)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(_column(model, name)) for name in names)
    with (
        connection.wrap_database_errors,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN") as out,
    ):
        out.write_row([first[name] for name in names])
        for row in rest:
            out.write_row([row[name] for name in names])


def _column(model: type[models.Model], name: str) -> str:
    found = model._meta.get_field(name)
    assert isinstance(found, models.Field)
    assert found.column is not None
    return found.column
