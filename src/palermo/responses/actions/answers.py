"""Saving answers: the one way in, for pages, imports and paper, with the version check that keeps every text."""

import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from palermo.base import mail
from palermo.base.errors import Refusal
from palermo.parties.actions import record
from palermo.parties.models import User
from palermo.questionnaires.logic.fulfilment import affected_by, asked_for, fits, relevant_codes
from palermo.questionnaires.logic.spec import QuestionSpec, VersionSpec
from palermo.responses.actions.deadlines import refuse_after_deadline
from palermo.responses.logic.content import (
    ROW_KINDS,
    Content,
    Given,
    Remark,
    condition_values,
    from_canonical,
    is_unanswered,
    settle,
)
from palermo.responses.models import (
    Answer,
    AnswerRevision,
    AnswerRow,
    Channel,
    Conflict,
    Declaration,
    Response,
    ResponseState,
)
from palermo.responses.queries.state import scope_of


@dataclass(frozen=True)
class Saved:
    """What a save did: the new revision, or the conflict, and what changed on the page because of it."""

    code: str
    revision: int
    conflict: bool
    content: Content
    remarks: tuple[Remark, ...]
    at: datetime.datetime
    by_name: str
    appeared: tuple[str, ...] = ()
    disappeared: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()
    answered: int = 0
    total: int = 0
    undone: bool = False


def refuse_unless_open(state: str) -> None:
    """Raises a ``Refusal`` that says why nothing can be changed in this state, and the way out."""
    if state == ResponseState.CLEARED:
        raise Refusal(
            _("The response has been cleared and waits to be submitted. The focal point can take the clearance back."),
            "cleared",
        )
    if state == ResponseState.SUBMITTED:
        raise Refusal(
            _("The response has been submitted. The focal point can ask the Secretariat to reopen it."), "submitted"
        )
    if state == ResponseState.FINAL:
        raise Refusal(_("The response is final. The focal point can ask the Secretariat to reopen it."), "final")


def question_of(spec: VersionSpec, code: str) -> QuestionSpec:
    """The question with this code in the version; a ``Refusal`` if it asks no such thing."""
    question = spec.questions.get(code)
    if question is None or str(question.kind) == "note":
        raise Refusal(_("The questionnaire has no question “%(code)s”.") % {"code": code}, "unknown_question")
    return question


# The share lock holds submission off until this save is in, and lets other saves pass.
READ_FOR_SAVING = """
    SELECT r.state, a.code, a.id, a.revision, a.content, a.updated_at, a.updated_by_name
    FROM responses_response r
    LEFT JOIN responses_answer a ON a.response_id = r.id AND a.code = ANY(%s)
    WHERE r.id = %s
    FOR SHARE OF r
"""


# Of two who answer first at once, one gets the row; the other gets nothing back.
INSERT_UNLESS_THERE = """
    INSERT INTO responses_answer
        (response_id, code, revision, content, answered, flagged, updated_at, updated_by_id, updated_by_name)
    VALUES (%s, %s, 1, %s::jsonb, %s, false, %s, %s, %s)
    ON CONFLICT (response_id, code) DO NOTHING
    RETURNING id
"""
# A row keeps its identity, and never takes that of another answer.
UPSERT_ROWS = """
    INSERT INTO responses_answerrow (uuid, response_id, answer_id, code, kind, "order", fields)
    SELECT given.uuid, %s, %s, %s, %s, given."order", given.fields
    FROM jsonb_to_recordset(%s::jsonb) AS given(uuid uuid, "order" integer, fields jsonb)
    ON CONFLICT (uuid) DO UPDATE SET "order" = EXCLUDED."order", fields = EXCLUDED.fields
    WHERE responses_answerrow.answer_id = EXCLUDED.answer_id
"""


@dataclass(frozen=True)
class _Stored:
    key: int
    revision: int
    content: Content
    at: datetime.datetime
    by_name: str


def _read_for_saving(response: Response, codes: Iterable[str]) -> dict[str, _Stored]:
    with connection.cursor() as cursor:
        cursor.execute(READ_FOR_SAVING, [sorted(codes), response.pk])
        rows = cursor.fetchall()
    refuse_unless_open(rows[0][0])
    return {
        code: _Stored(
            key=key,
            revision=revision,
            content=from_canonical(_as_dict(content)),
            at=at,
            by_name=by_name,
        )
        for _state, code, key, revision, content, at, by_name in rows
        if code is not None
    }


def _as_dict(value: object) -> Mapping[str, object]:
    if isinstance(value, str | bytes):
        # psycopg hands jsonb out as text under Django.
        loaded: Mapping[str, object] = json.loads(value)
        return loaded
    assert isinstance(value, Mapping)
    return value


@transaction.atomic
def save_answer(
    *,
    by: User,
    response: Response,
    spec: VersionSpec,
    given: Given,
    channel: Channel = Channel.PAGE,
    on_behalf_of: str = "",
    today: datetime.date | None = None,
    declared: bool = True,
) -> Saved:
    """Saves one answer if the editor saw its latest revision; otherwise keeps the text as a conflict.

    Validation never blocks: what does not fit is kept as raw text, with a remark. The reply says which questions of
    the section appeared, disappeared or became invalid. ``declared`` says whether the section may be declared
    complete, so that the declaration is undone visibly. Raises ``Refusal`` if the response is not open or the code
    is unknown.
    """
    question = question_of(spec, given.code)
    today = today or timezone.localdate()
    now = timezone.now()
    if channel != Channel.PAPER:
        refuse_after_deadline(response)
    if response.begun_at is None:
        # Before the share lock, so that two first savers do not wait for each other.
        Response.objects.filter(pk=response.pk, begun_at=None).update(begun_at=now)
    section = spec.section(question.section)
    affected = affected_by(spec, given.code)
    judged = {*(asked.code for asked in section.questions), given.code, *affected}
    needed = asked_for(spec, judged)
    stored = _read_for_saving(response, needed)
    before = {code: item.content for code, item in stored.items()}
    content, remarks = settle(question, given.content, values=given.values)
    current = stored.get(given.code)
    # Nobody can have seen a revision of an answer that does not exist.
    base = given.base if current is not None else 0
    by_name = str(by)
    conflict = False
    undone = False
    if current is not None and current.content.canonical() == content.canonical():
        # Nothing new, or somebody else wrote the same: both mean saved.
        revision, at, by_name = current.revision, current.at, current.by_name
        _settle_conflict(by=by, response=response, code=given.code) if current.revision != given.base else None
    elif current is None and not content.canonical():
        revision, at = 0, now
    else:
        saved = _write(
            by=by, response=response, spec=spec, question=question, content=content, base=base, now=now,
            current=current, channel=channel, on_behalf_of=on_behalf_of,
        )  # fmt: skip
        if saved is None:
            standing = Answer.objects.get(response=response, question_id=question.code)
            revision, at, by_name = standing.revision, standing.updated_at, standing.updated_by_name
            # Whoever was faster may have written the very same: then it is saved.
            conflict = from_canonical(standing.content).canonical() != content.canonical()
            if conflict:
                _keep_conflict(
                    by=by, response=response, question=question, content=content, base=base, channel=channel,
                    on_behalf_of=on_behalf_of, now=now,
                )  # fmt: skip
        else:
            revision, at = saved, now
            if declared:
                undone = undo_declaration(by=by, response=response, section=question.section, code=given.code)
    after = dict(before)
    if not conflict:
        after[given.code] = content
    was = relevant_codes(spec, condition_values(spec.questions, before), today=today, among=judged)
    values = condition_values(spec.questions, after)
    now_relevant = relevant_codes(spec, values, today=today, among=judged)
    in_section = [asked for asked in section.questions if asked.code in now_relevant and str(asked.kind) != "note"]
    invalid = tuple(
        code
        for code in sorted({given.code, *affected})
        if code in now_relevant and not fits(spec.questions[code], values.get(code), values, today=today)
    )
    return Saved(
        code=given.code,
        revision=revision,
        conflict=conflict,
        content=content,
        remarks=tuple(remarks),
        at=at,
        by_name=by_name,
        appeared=tuple(sorted(now_relevant - was)),
        disappeared=tuple(sorted(was - now_relevant)),
        invalid=invalid,
        answered=sum(
            not is_unanswered(after[asked.code], str(asked.kind)) for asked in in_section if asked.code in after
        ),
        total=len(in_section),
        undone=undone,
    )


def _write(
    *,
    by: User,
    response: Response,
    spec: VersionSpec,
    question: QuestionSpec,
    content: Content,
    base: int,
    now: datetime.datetime,
    current: _Stored | None,
    channel: Channel,
    on_behalf_of: str,
) -> int | None:
    """Writes the answer, its rows and its revision; ``None`` if somebody else was faster."""
    form = content.canonical()
    answered = not is_unanswered(content, str(question.kind))
    if base == 0 and current is None:
        with connection.cursor() as cursor:
            cursor.execute(
                INSERT_UNLESS_THERE, [response.pk, question.code, json.dumps(form), answered, now, by.pk, str(by)]
            )
            row = cursor.fetchone()
        if row is None:
            return None
        key: int = row[0]
    else:
        changed = Answer.objects.filter(response=response, question_id=question.code, revision=base).update(
            revision=base + 1,
            content=form,
            answered=answered,
            updated_at=now,
            updated_by=by,
            updated_by_name=str(by),
        )
        if not changed:
            return None
        key = current.key if current else Answer.objects.only("pk").get(response=response, question_id=question.code).pk
    _revision(
        by=by, response=response, code=question.code, base=base, content=content, at=now, channel=channel,
        on_behalf_of=on_behalf_of,
    ).save(force_insert=True)  # fmt: skip
    if str(question.kind) in ROW_KINDS:
        _write_rows(
            response=response, key=key, question=question, old=current.content if current else Content(), new=content
        )
    return base + 1


def _revision(
    *,
    by: User,
    response: Response,
    code: str,
    base: int,
    content: Content,
    at: datetime.datetime,
    channel: Channel,
    on_behalf_of: str,
) -> AnswerRevision:
    """A row of the history that follows on ``base``, not yet written."""
    return AnswerRevision(
        response=response,
        code=code,
        number=base + 1,
        base=base,
        content=content.canonical(),
        at=at,
        by=by,
        by_name=str(by),
        on_behalf_of=on_behalf_of,
        channel=channel,
        version_id=response.version_id,
    )


def _write_rows(*, response: Response, key: int, question: QuestionSpec, old: Content, new: Content) -> None:
    """Brings the child rows to what the answer says: only what changed is written."""
    kept = {row.uuid for row in new.rows}
    gone = [row.uuid for row in old.rows if row.uuid not in kept]
    if gone:
        AnswerRow.objects.filter(response=response, uuid__in=gone).delete()
    places = {row.uuid: (order, dict(row.fields)) for order, row in enumerate(old.rows)}
    changed = [
        {"uuid": row.uuid, "order": order, "fields": dict(row.fields)}
        for order, row in enumerate(new.rows)
        if places.get(row.uuid) != (order, dict(row.fields))
    ]
    if not changed:
        return
    with connection.cursor() as cursor:
        cursor.execute(UPSERT_ROWS, [response.pk, key, question.code, str(question.kind), json.dumps(changed)])
        if cursor.rowcount != len(changed):
            raise Refusal(_("A row belongs to another answer; reload the page and enter it anew."), "foreign_row")


def _keep_conflict(
    *,
    by: User,
    response: Response,
    question: QuestionSpec,
    content: Content,
    base: int,
    channel: Channel,
    on_behalf_of: str,
    now: datetime.datetime,
) -> None:
    """Keeps the text that came second beside the one that stands."""
    open_one = (
        Conflict.objects.filter(response=response, code=question.code, user=by, settled_at=None)
        .select_related("mine")
        .first()
    )
    if open_one is None or open_one.mine.content != content.canonical():
        mine = _revision(
            by=by, response=response, code=question.code, base=base, content=content, at=now, channel=channel,
            on_behalf_of=on_behalf_of,
        )  # fmt: skip
        mine.set_aside = True
        mine.save(force_insert=True)
        Conflict.objects.filter(response=response, code=question.code, user=by, settled_at=None).update(settled_at=now)
        Conflict.objects.create(response=response, code=question.code, user=by, mine=mine, at=now)


def _settle_conflict(*, by: User, response: Response, code: str) -> None:
    Conflict.objects.filter(response=response, code=code, user=by, settled_at=None).update(settled_at=Now())


@transaction.atomic
def settle_conflict(
    *,
    by: User,
    response: Response,
    spec: VersionSpec,
    given: Given | None,
    code: str,
    channel: Channel = Channel.PAGE,
    on_behalf_of: str = "",
    today: datetime.date | None = None,
    writer: User | None = None,
) -> Saved | None:
    """Ends an open conflict on an answer: with ``given`` as the new answer, or leaving the one that stands.

    It is that of ``writer``, by default the person's own. Both texts stay in the history. If the answer has changed
    once more meanwhile, the conflict stays open. A writer for whom somebody else decides is told by mail.
    """
    saved = None
    writer = writer or by
    if writer != by:
        # Of two who decide for the writer at once, the second is told that it is done.
        waiting = Conflict.objects.select_for_update().filter(
            response=response, code=code, user=writer, settled_at=None
        )
        if not waiting:
            raise Refusal(_("The two texts have been settled meanwhile; both are in the history."), "settled")
    if given is not None:
        saved = save_answer(
            by=by, response=response, spec=spec, given=given, channel=channel, on_behalf_of=on_behalf_of, today=today
        )
        if saved.conflict:
            return saved
    _settle_conflict(by=writer, response=response, code=code)
    record(
        by=by,
        action="settle_conflict",
        scope=scope_of(response),
        subject=code,
        detail={"writer": writer.pk, "kept": "given" if given is not None else "standing"},
    )
    if writer != by:
        _tell_writer(by=by, writer=writer, response=response, question=question_of(spec, code))
    return saved


def _tell_writer(*, by: User, writer: User, response: Response, question: QuestionSpec) -> None:
    """Tells whose text was set aside that somebody else has decided, and where both texts are."""
    language = writer.language
    wording = question.wording(language)[0].text
    mail.send(
        template="conflict_settled",
        to=writer,
        language=language,
        context={
            "name": writer.name,
            "by": str(by),
            "question": wording,
            "path": f"{language}{scope_of(response)}/{question.section}/answers/{question.code}/history/",
        },
    )


def undo_declaration(*, by: User, response: Response, section: str, code: str = "") -> bool:
    """Undoes the section's declaration because an answer changed; says whether there was one."""
    undone = Declaration.objects.filter(response=response, section=section, undone_at=None).update(
        undone_at=Now(), undone_by=by, undone_by_code=code
    )
    return bool(undone)


@transaction.atomic
def flag_answer(*, by: User, response: Response, code: str, flagged: bool) -> None:
    """Marks an answer for a second look, or takes the mark away; allowed only once there is an answer."""
    changed = Answer.objects.filter(response=response, question_id=code).update(flagged=flagged)
    if not changed:
        raise Refusal(_("There is no answer to flag yet."), "no_answer")
    record(by=by, action="flag_answer", scope=scope_of(response), subject=code, detail={"flagged": flagged})


@dataclass(frozen=True)
class Imported:
    """How an import went, answer by answer."""

    saved: tuple[str, ...]
    unchanged: tuple[str, ...]
    remarks: Mapping[str, tuple[Remark, ...]]


@transaction.atomic
def import_answers(
    *,
    by: User,
    response: Response,
    spec: VersionSpec,
    given: Sequence[Given],
    channel: Channel = Channel.IMPORT,
    on_behalf_of: str = "",
    at: datetime.datetime | None = None,
) -> Imported:
    """Saves many answers at once with the validation of ``save_answer``, in a fixed number of queries (decisions, 25).

    Every base must be the stored revision (0 where there is no answer yet); otherwise nothing is applied and a
    ``Refusal`` names the answers that have changed meanwhile.
    """
    now = at or timezone.now()
    if channel != Channel.PAPER:
        refuse_after_deadline(response, now)
    Response.objects.select_for_update().only("pk").get(pk=response.pk)
    stored = _read_for_saving(response, {item.code for item in given})
    changed_meanwhile = sorted(
        item.code for item in given if (stored[item.code].revision if item.code in stored else 0) != item.base
    )
    if changed_meanwhile:
        raise Refusal(
            _("These answers have changed meanwhile; nothing was imported: %(codes)s.")
            % {"codes": ", ".join(changed_meanwhile)},
            "changed_meanwhile",
        )
    new: list[Answer] = []
    changed: list[Answer] = []
    revisions, unchanged = [], []
    remarks: dict[str, tuple[Remark, ...]] = {}
    contents: dict[str, Content] = {}
    for item in given:
        question = question_of(spec, item.code)
        content, found = settle(question, item.content, values=item.values)
        form = content.canonical()
        if found:
            remarks[item.code] = tuple(found)
        current = stored.get(item.code)
        if (current is None and not form) or (current is not None and current.content.canonical() == form):
            unchanged.append(item.code)
            continue
        contents[item.code] = content
        answer = Answer(
            pk=current.key if current else None,
            response=response,
            question_id=question.code,
            revision=item.base + 1,
            content=form,
            answered=not is_unanswered(content, str(question.kind)),
            updated_at=now,
            updated_by=by,
            updated_by_name=str(by),
        )
        (changed if current else new).append(answer)
        revisions.append(
            _revision(
                by=by,
                response=response,
                code=item.code,
                base=item.base,
                content=content,
                at=now,
                channel=channel,
                on_behalf_of=on_behalf_of,
            )  # fmt: skip
        )
    Answer.objects.bulk_create(new)
    Answer.objects.bulk_update(
        changed, ["revision", "content", "answered", "updated_at", "updated_by", "updated_by_name"], batch_size=500
    )
    AnswerRevision.objects.bulk_create(revisions)
    written = [answer for answer in (*new, *changed) if str(spec.questions[answer.code].kind) in ROW_KINDS]
    AnswerRow.objects.filter(answer__in=[answer.pk for answer in written]).delete()
    AnswerRow.objects.bulk_create(
        [
            AnswerRow(
                uuid=row.uuid,
                response=response,
                answer=answer,
                code=answer.code,
                kind=str(spec.questions[answer.code].kind),
                order=order,
                fields=dict(row.fields),
            )
            for answer in written
            for order, row in enumerate(contents[answer.code].rows)
        ]
    )
    if contents:
        Response.objects.filter(pk=response.pk, begun_at=None).update(begun_at=now)
        Declaration.objects.filter(
            response=response, undone_at=None, section__in={spec.questions[code].section for code in contents}
        ).update(undone_at=now, undone_by=by)
        record(
            by=by,
            action="import_answers",
            scope=scope_of(response),
            detail={"saved": len(contents), "channel": str(channel)},
        )
    return Imported(saved=tuple(contents), unchanged=tuple(unchanged), remarks=remarks)


def contents_now(response: Response, codes: Iterable[str]) -> dict[str, tuple[int, Content]]:
    """The revision and content of these answers, for somebody who is about to change them. One query."""
    found = Answer.objects.filter(response=response, question_id__in=list(codes))
    return {
        code: (revision, from_canonical(content))
        for code, revision, content in found.values_list("question_id", "revision", "content")
    }
