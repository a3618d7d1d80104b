"""From answers to a submission: declaring sections complete, clearing, submitting, reopening."""

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palermo.base import mail
from palermo.base.errors import Refusal
from palermo.parties.actions import record
from palermo.parties.models import User
from palermo.parties.queries import party_name
from palermo.questionnaires.logic.spec import VersionSpec
from palermo.responses.actions.answers import refuse_unless_open, undo_declaration
from palermo.responses.actions.deadlines import refuse_after_deadline
from palermo.responses.actions.paper import end_entry
from palermo.responses.actions.telling import tell_heads
from palermo.responses.logic import digest as digests
from palermo.responses.logic.snapshot import SCHEMA, canonical_json, sha256
from palermo.responses.logic.standing import ChangeKind
from palermo.responses.models import (
    Assignment,
    Clarification,
    Conflict,
    Declaration,
    Digest,
    PaperEntry,
    ReopeningRequest,
    RequestRank,
    Response,
    ResponseState,
    StateChange,
    Submission,
)
from palermo.responses.queries.state import findings_of, live_snapshot, progress_of, scope_of


def _locked(response: Response) -> Response:
    return (
        Response.objects.select_for_update(of=("self",))
        .select_related("cycle", "questionnaire__instrument", "party")
        .get(pk=response.pk)
    )


@transaction.atomic
def declare_section(*, by: User, response: Response, spec: VersionSpec, section: str) -> None:
    """Declares a section complete. Refuses while a required question is open or a conflict is unsettled (12)."""
    locked = _locked(response)
    refuse_unless_open(locked.state)
    progress = progress_of(locked, spec, declared=()).get(section)
    if progress is None:
        raise Refusal(_("The questionnaire has no such section."), "unknown_section")
    if progress.missing:
        raise Refusal(
            ngettext(
                "One required question is still unanswered: answer it, or say why it cannot be answered.",
                "%(count)s required questions are still unanswered: answer them, or say why they cannot be answered.",
                len(progress.missing),
            )
            % {"count": len(progress.missing)},
            "missing",
        )
    codes = [question.code for question in spec.section(section).questions]
    if Conflict.objects.filter(response=locked, code__in=codes, settled_at=None).exists():
        raise Refusal(_("An answer of this section has two texts; decide which one stands."), "conflict")
    _declaration, created = Declaration.objects.get_or_create(
        response=locked, section=section, undone_at=None, defaults={"declared_by": by}
    )
    if created:
        record(by=by, action="declare_section", scope=f"{scope_of(locked)}/{section}")


@transaction.atomic
def take_back_declaration(*, by: User, response: Response, section: str) -> None:
    """Takes the declaration of a section back, so that work on it goes on."""
    locked = _locked(response)
    refuse_unless_open(locked.state)
    if undo_declaration(by=by, response=locked, section=section):
        record(by=by, action="take_back_declaration", scope=f"{scope_of(locked)}/{section}")


@transaction.atomic
def mark_part_done(*, by: User, response: Response, section: str, done: bool = True) -> None:
    """A contributor says that the own part of a section is done, or that it is not after all."""
    locked = _locked(response)
    refuse_unless_open(locked.state)
    changed = Assignment.objects.filter(response=locked, section=section, user=by, ended_at=None).update(
        done_at=timezone.now() if done else None
    )
    if not changed:
        raise Refusal(_("This section has not been handed to you."), "not_assigned")
    record(by=by, action="mark_part_done" if done else "mark_part_open", scope=f"{scope_of(locked)}/{section}")


@transaction.atomic
def rank_requests(*, by: User, response: Response, order: list[str]) -> None:
    """Puts the State's requests for assistance in its own order; ``order`` names every request once, first first."""
    locked = _locked(response)
    refuse_unless_open(locked.state)
    there = {str(uuid) for uuid in locked.rows.filter(kind="assistance").values_list("uuid", flat=True)}
    if len(set(order)) != len(order) or set(order) != there:
        raise Refusal(
            _("The list of requests has changed meanwhile. Look at it again and put it in order."), "changed_meanwhile"
        )
    RequestRank.objects.filter(response=locked).delete()
    RequestRank.objects.bulk_create(
        RequestRank(response=locked, request=uuid, rank=place) for place, uuid in enumerate(order, start=1)
    )
    record(by=by, action="rank_requests", scope=scope_of(locked), detail={"order": order})


@transaction.atomic
def clear_response(*, by: User, response: Response, spec: VersionSpec, paper: PaperEntry | None = None) -> None:
    """The focal point clears the response: from now on nothing changes until it is submitted or taken back.

    ``paper`` is the open entry if the Secretariat does it on behalf of the State.
    """
    locked = _locked(response)
    refuse_unless_open(locked.state)
    if paper is None:
        refuse_after_deadline(locked)
    blocking = [finding for finding in findings_of(locked, spec) if finding.blocks]
    if blocking:
        raise Refusal(
            ngettext(
                "One thing still stands in the way of clearing; it is listed on the page “Check answers”.",
                "%(count)s things still stand in the way of clearing; they are listed on the page “Check answers”.",
                len(blocking),
            )
            % {"count": len(blocking)},
            "blocked",
        )
    locked.state = ResponseState.CLEARED
    locked.cleared_at = timezone.now()
    locked.cleared_by = by
    locked.save(update_fields=["state", "cleared_at", "cleared_by"])
    record(by=by, action="clear_response", scope=scope_of(locked), detail=_on_paper(locked, paper))


def _on_paper(response: Response, paper: PaperEntry | None) -> dict[str, str]:
    """On whose behalf and on which note verbale the Secretariat enters; nothing if the State acts by itself."""
    if paper is None:
        return {}
    return {
        "on_behalf_of": response.party.code,
        "note": paper.note.reference,
        "dated_on": paper.note.dated_on.isoformat(),
    }


def _moment_of_paper(response: Response, paper: PaperEntry, now: datetime.datetime) -> datetime.datetime:
    """When a State submitted by paper: on the day of its note, but after whatever the response went through before."""
    noted = datetime.datetime.combine(paper.note.dated_on, datetime.time(12), ZoneInfo(settings.DEADLINE_TIME_ZONE))
    before = [response.invited_at]
    before += StateChange.objects.filter(response=response).order_by("-at").values_list("at", flat=True)[:1]
    before += Submission.objects.filter(response=response).order_by("-at").values_list("at", flat=True)[:1]
    return min(now, max(noted, max(before) + datetime.timedelta(microseconds=1)))


@transaction.atomic
def take_back_clearance(*, by: User, response: Response) -> None:
    """Opens a cleared response again before it is submitted."""
    locked = _locked(response)
    if locked.state != ResponseState.CLEARED:
        raise Refusal(_("Only a response that is cleared and not yet submitted can be taken back."), "not_cleared")
    _open(locked)
    record(by=by, action="take_back_clearance", scope=scope_of(locked))


@transaction.atomic
def submit_response(
    *,
    by: User,
    response: Response,
    spec: VersionSpec,
    at: datetime.datetime | None = None,
    paper: PaperEntry | None = None,
) -> Submission:
    """Submits a cleared response: an immutable snapshot with receipt number, SHA-256 and date.

    ``at`` is given for what a State submitted earlier, on paper or to an older archive; the moment at which it came
    into this record is kept besides. With ``paper``, the open entry, the Secretariat submits on behalf of the State:
    it counts from the day of the note verbale, the deadline is no hindrance, and the entry ends with it.
    """
    locked = _locked(response)
    if locked.state in (ResponseState.SUBMITTED, ResponseState.FINAL):
        raise Refusal(_("The response has been submitted already."), "submitted")
    if locked.state != ResponseState.CLEARED:
        raise Refusal(_("Clear the response before you submit it."), "not_cleared")
    if paper is None:
        refuse_after_deadline(locked, at)
    now = at or timezone.now()
    if paper is not None and at is None:
        now = _moment_of_paper(locked, paper, now)
    entered = _on_paper(locked, paper)
    number = Submission.objects.filter(response=locked).count() + 1
    receipt = "-".join(
        (locked.questionnaire.code.upper(), locked.cycle.code.upper(), locked.party.code.upper(), f"{number:02d}")
    )
    snapshot = live_snapshot(locked, spec, generated=settings.DEMONSTRATION)
    snapshot["submission"] = {
        "receipt": receipt,
        "number": str(number),
        "at": now.isoformat(timespec="seconds"),
        "by": str(by),
        **({"entered": entered} if entered else {}),
    }
    text = canonical_json(snapshot)
    submission = Submission.objects.create(
        response=locked,
        number=number,
        receipt=receipt,
        at=now,
        by=by,
        by_name=str(by),
        schema=SCHEMA,
        snapshot=text,
        sha256=sha256(text),
    )
    Digest.objects.create(submission=submission, schema=digests.SCHEMA, data=digests.digest(snapshot))
    locked.state = ResponseState.SUBMITTED
    locked.submitted_at = now
    locked.save(update_fields=["state", "submitted_at"])
    record(
        by=by,
        action="submit_response",
        scope=scope_of(locked),
        subject=receipt,
        detail={"sha256": submission.sha256, "number": number, **entered},
    )
    mail.send(
        template="receipt",
        to=by,
        language=by.language,
        context={
            "name": by.name,
            "receipt": receipt,
            "sha256": submission.sha256,
            "at": now.isoformat(timespec="minutes"),
        },
    )
    if paper is not None:
        end_entry(by=by, response=locked)
        tell_heads(
            response=locked,
            template="entered_on_behalf",
            context=lambda language: {
                "party": party_name(locked.party, language),
                "note": paper.note.reference,
                "receipt": receipt,
                "sha256": submission.sha256,
                "path": f"{language}{scope_of(locked)}/receipts/{number}/",
            },
        )
    return submission


@transaction.atomic
def request_reopening(*, by: User, submission: Submission, reason: str) -> ReopeningRequest:
    """Asks the Secretariat to reopen the submitted response."""
    response = _locked(submission.response)
    if response.state not in (ResponseState.SUBMITTED, ResponseState.FINAL):
        raise Refusal(_("The response is open already."), "open")
    if not reason.strip():
        raise Refusal(_("Give the reason for which the response should be reopened."), "empty")
    if ReopeningRequest.objects.filter(submission__response=response, decided_at=None).exists():
        raise Refusal(_("The Secretariat has been asked already and has not yet decided."), "asked_already")
    latest = Submission.objects.filter(response=response).latest("number")
    request = ReopeningRequest.objects.create(submission=latest, reason=reason.strip(), asked_by=by)
    record(by=by, action="request_reopening", scope=scope_of(response), subject=submission.receipt)
    return request


@transaction.atomic
def reopen_response(*, by: User, response: Response) -> None:
    """Opens a submitted or final response; the submissions made so far are kept."""
    locked = _locked(response)
    if locked.state not in (ResponseState.SUBMITTED, ResponseState.FINAL):
        raise Refusal(_("Only a submitted response can be reopened."), "not_submitted")
    _open(locked)
    StateChange.objects.create(response=locked, kind=ChangeKind.REOPENED, by=by)
    record(by=by, action="reopen_response", scope=scope_of(locked))


@transaction.atomic
def finalise_response(*, by: User, response: Response, reason: str = "") -> None:
    """The Secretariat is done with a submitted response; reopening stays possible.

    Refuses while a clarification is open, or a request to reopen waits.
    """
    locked = _locked(response)
    if locked.state == ResponseState.FINAL:
        raise Refusal(_("The response is final already."), "final")
    if locked.state != ResponseState.SUBMITTED:
        raise Refusal(_("Only a submitted response can be made final."), "not_submitted")
    if Clarification.objects.filter(submission__response=locked, settled_at=None).exists():
        raise Refusal(
            _("A clarification is open. Settle or withdraw it before the response is made final."), "clarification"
        )
    if ReopeningRequest.objects.filter(submission__response=locked, decided_at=None).exists():
        raise Refusal(
            _("The State has asked to reopen the response. Decide this before it is made final."), "reopening"
        )
    locked.state = ResponseState.FINAL
    locked.save(update_fields=["state"])
    StateChange.objects.create(response=locked, kind=ChangeKind.FINALISED, by=by, reason=reason.strip())
    record(by=by, action="finalise_response", scope=scope_of(locked), subject=locked.party.code)


@transaction.atomic
def release_response(*, by: User, response: Response, reason: str) -> None:
    """Records that the State has no obligation to answer. What it has entered stays, and it may still submit."""
    locked = _locked(response)
    if locked.released_at is not None:
        raise Refusal(_("The State has been released from answering already."), "released")
    if locked.submitted_at is not None:
        raise Refusal(_("The State has submitted; there is nothing to release it from."), "submitted")
    if not reason.strip():
        raise Refusal(_("Give the reason for which the State need not answer."), "empty")
    change = StateChange.objects.create(response=locked, kind=ChangeKind.RELEASED, by=by, reason=reason.strip())
    locked.released_at = change.at
    locked.save(update_fields=["released_at"])
    record(
        by=by,
        action="release_response",
        scope=scope_of(locked),
        subject=locked.party.code,
        detail={"reason": change.reason},
    )


@transaction.atomic
def oblige_response(*, by: User, response: Response, reason: str) -> None:
    """Takes a release back: the State is asked to answer as it was before."""
    locked = _locked(response)
    if locked.released_at is None:
        raise Refusal(_("The State has not been released from answering."), "not_released")
    if not reason.strip():
        raise Refusal(_("Give the reason for which the State is asked again."), "empty")
    change = StateChange.objects.create(response=locked, kind=ChangeKind.OBLIGED, by=by, reason=reason.strip())
    locked.released_at = None
    locked.save(update_fields=["released_at"])
    record(
        by=by,
        action="oblige_response",
        scope=scope_of(locked),
        subject=locked.party.code,
        detail={"reason": change.reason},
    )


def _open(response: Response) -> None:
    response.state = ResponseState.OPEN
    response.cleared_at = None
    response.cleared_by = None
    response.save(update_fields=["state", "cleared_at", "cleared_by"])
