"""Writes responses that are ready, a chunk in a fixed number of statements."""

import datetime
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from palermo.base.bulk import copy_rows, new_keys
from palermo.base.errors import Refusal
from palermo.parties.models import AuditEvent, Party, PartyName, User
from palermo.questionnaires.logic.spec import VersionSpec
from palermo.responses.actions.archive.items import Ready
from palermo.responses.logic import digest as digests
from palermo.responses.logic.canonical import fast_canonical_json
from palermo.responses.logic.content import ROW_KINDS, is_unanswered
from palermo.responses.logic.scopes import response_scope
from palermo.responses.logic.snapshot import SCHEMA, ProvisionTexts, Stamp, build_snapshot, sha256
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
from palermo.responses.queries.state import head_of, provision_texts, short_names


class Writing:
    """What is the same for every chunk, and the rows of each."""

    def __init__(self, *, by: User, cycle: Cycle, asked: CycleQuestionnaire) -> None:
        self.by = by
        self.cycle = cycle
        self.questionnaire = asked.questionnaire
        self.instrument = asked.questionnaire.instrument
        self._provisions: dict[int, list[ProvisionTexts]] = {}

    def write(self, ready: Sequence[Ready]) -> None:
        """All of them or none."""
        if not ready:
            return
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

    def _write(self, ready: Sequence[Ready]) -> None:
        now = timezone.now()
        by = self.by
        signed = {one.code: one.item.signed_by or str(by) for one in ready}
        with connection.cursor() as cursor:
            new = [one for one in ready if one.is_new]
            for one, key in zip(new, new_keys(cursor, Response, len(new)), strict=True):
                one.key = key
            copy_rows(cursor, Response, (self._response(one, now) for one in new))
            self._bring_forward([one for one in ready if not one.is_new])
            answers, revisions, rows = self._answers(cursor, ready, signed)
            copy_rows(cursor, Answer, answers)
            copy_rows(cursor, AnswerRevision, revisions)
            copy_rows(cursor, AnswerRow, rows)
            copy_rows(cursor, RequestRank, self._ranks(ready))
            copy_rows(cursor, Declaration, self._declarations(ready))
            sent = [one for one in ready if one.item.submitted_at is not None]
            submissions, short, audit = self._submissions(cursor, sent, ready, signed, now)
            copy_rows(cursor, Submission, submissions)
            copy_rows(cursor, Digest, short)
            copy_rows(cursor, StateChange, self._changes(sent, now))
            copy_rows(cursor, AuditEvent, audit)

    def _texts(self, version: int, spec: VersionSpec) -> list[ProvisionTexts]:
        if version not in self._provisions:
            self._provisions[version] = provision_texts(self.instrument.code, spec.rules)
        return self._provisions[version]

    def _response(self, one: Ready, now: datetime.datetime) -> dict[str, Any]:
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

    def _way(self, one: Ready) -> dict[str, Any]:
        item = one.item
        state = ResponseState.OPEN if item.submitted_at is None else ResponseState.SUBMITTED
        return {
            "state": str(ResponseState.FINAL if item.final_at is not None else state),
            "begun_at": one.answered_at if one.contents else None,
            "cleared_at": item.submitted_at,
            "cleared_by": self.by.pk if item.submitted_at else None,
            "submitted_at": item.submitted_at,
        }

    def _bring_forward(self, old: Sequence[Ready]) -> None:
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
        self, cursor: Any, ready: Sequence[Ready], signed: Mapping[str, str]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
        keys = iter(new_keys(cursor, Answer, sum(len(one.contents) for one in ready)))
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

    def _ranks(self, ready: Sequence[Ready]) -> Iterator[dict[str, Any]]:
        for one in ready:
            for rank, request in enumerate(one.item.order, start=1):
                yield {"response": one.key, "request": request, "rank": rank}

    def _declared(self, one: Ready) -> list[str]:
        """What was submitted was declared complete, as far as it was."""
        if one.item.submitted_at is None:
            return []
        return [code for code, section in one.sections.items() if section.is_complete]

    def _declarations(self, ready: Sequence[Ready]) -> Iterator[dict[str, Any]]:
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
        sent: Sequence[Ready],
        ready: Sequence[Ready],
        signed: Mapping[str, str],
        now: datetime.datetime,
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
        names = _names([one.item.party for one in sent])
        submissions: list[dict[str, Any]] = []
        short: list[dict[str, Any]] = []
        outcome: dict[str, tuple[str, dict[str, Any]]] = {}
        for one, key in zip(sent, new_keys(cursor, Submission, len(sent)), strict=True):
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

    def _audit(self, one: Ready, now: datetime.datetime, receipt: str, more: Mapping[str, Any]) -> dict[str, Any]:
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

    def _changes(self, sent: Sequence[Ready], now: datetime.datetime) -> Iterator[dict[str, Any]]:
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

    def _snapshot(self, one: Ready, names: Sequence[PartyName], signed: str) -> dict[str, Any]:
        """As ``live_snapshot`` would give it on the day of submission, without reading anything."""
        at = one.item.submitted_at
        assert at is not None
        day = timezone.localdate(at)
        spec, stamp = one.spec, Stamp(by=signed, at=one.answered_at)
        head = head_of(
            self.cycle,
            self.questionnaire,
            spec,
            party=one.code,
            names=_called(names, day),
            generated=settings.DEMONSTRATION,
        )
        return build_snapshot(
            head=head,
            spec=spec,
            contents=one.contents,
            stamps=dict.fromkeys(one.contents, stamp),
            provisions=self._texts(one.version, spec),
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
        if day in name.validity:
            return short_names(name.texts)
    return {}
