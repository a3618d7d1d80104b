"""Opening cycles and inviting States; the Secretariat's side of a response."""

import datetime
from collections.abc import Iterable, Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from palermo.base import mail
from palermo.base.errors import Refusal
from palermo.base.multilingual import best
from palermo.parties import actions as parties
from palermo.parties.actions import record
from palermo.parties.logic.roles import Role
from palermo.parties.models import Grant, Party, User
from palermo.parties.queries import party_name
from palermo.questionnaires.models import Questionnaire
from palermo.responses.actions.workflow import reopen_response
from palermo.responses.logic.scopes import cycle_scope
from palermo.responses.logic.standing import BASES
from palermo.responses.models import Cycle, CycleQuestionnaire, HelpRequest, ReopeningRequest, Response
from palermo.responses.queries.state import scope_of

BY_HAND = "by_hand"


@transaction.atomic
def open_cycle(
    *,
    by: User,
    code: str,
    texts: Mapping[str, Mapping[str, str]],
    due_on: datetime.date,
    closes_on: datetime.date | None = None,
    first_year: int,
    last_year: int,
    questionnaires: Iterable[Questionnaire],
) -> Cycle:
    """Opens a cycle with the current version of each questionnaire. Refuses one that has not been published."""
    chosen = list(questionnaires)
    if not chosen:
        raise Refusal(_("Choose at least one questionnaire for the cycle."), "no_questionnaire")
    versions: dict[int, int] = {}
    for questionnaire in chosen:
        if questionnaire.current_id is None:
            raise Refusal(
                _("The questionnaire %(code)s has no published version yet.") % {"code": questionnaire.code},
                "not_published",
            )
        versions[questionnaire.pk] = questionnaire.current_id
    try:
        with transaction.atomic():
            cycle = Cycle.objects.create(
                code=code,
                texts={language: dict(parts) for language, parts in texts.items()},
                due_on=due_on,
                closes_on=closes_on,
                first_year=first_year,
                last_year=last_year,
                opened_by=by,
            )
    except IntegrityError as error:
        if "code" in str(error):
            raise Refusal(
                _("There is a cycle with the code %(code)s already; choose another.") % {"code": code}, "code_taken"
            ) from error
        if "closes_after_due" in str(error):
            raise Refusal(
                _("The last day for answers lies before the day on which they are due; exchange them."),
                "closes_before_due",
            ) from error
        raise Refusal(_("The years of figures must be in order, and ten at most."), "years") from error
    CycleQuestionnaire.objects.bulk_create(
        CycleQuestionnaire(cycle=cycle, questionnaire=questionnaire, version_id=versions[questionnaire.pk])
        for questionnaire in chosen
    )
    record(
        by=by,
        action="open_cycle",
        scope=cycle_scope(cycle=code),
        detail={
            "questionnaires": [questionnaire.code for questionnaire in chosen],
            "due_on": due_on.isoformat(),
            "closes_on": closes_on.isoformat() if closes_on else None,
        },
    )
    return cycle


@transaction.atomic
def invite_states(
    *,
    by: User,
    cycle: Cycle,
    questionnaire: Questionnaire,
    parties_invited: Iterable[Party],
    basis: str = BY_HAND,
    basis_on: datetime.date | None = None,
    chosen_besides: Iterable[Party] = (),
) -> int:
    """Invites States to answer: makes each its response with the cycle's version pinned. Gives how many are new.

    ``basis`` says by which status on which day they were chosen (``responses.logic.standing.BASES``);
    ``chosen_besides`` are those named one by one.
    """
    if basis not in BASES:
        raise Refusal(_("Choose by which status the States are invited."), "basis")
    asked = CycleQuestionnaire.objects.get(cycle=cycle, questionnaire=questionnaire)
    wanted: dict[int, tuple[Party, str, datetime.date | None]] = {
        party.pk: (party, BY_HAND, None) for party in chosen_besides
    }
    wanted |= {party.pk: (party, basis, None if basis == BY_HAND else basis_on) for party in parties_invited}
    there = set(
        Response.objects.filter(cycle=cycle, questionnaire=questionnaire, party__in=wanted).values_list(
            "party_id", flat=True
        )
    )
    new = [
        Response(
            cycle=cycle, questionnaire=questionnaire, party=party, version_id=asked.version_id,
            basis=why, basis_on=on,
        )
        for key, (party, why, on) in wanted.items()
        if key not in there
    ]  # fmt: skip
    Response.objects.bulk_create(new)
    if new:
        record(
            by=by,
            action="invite_states",
            scope=cycle_scope(cycle=cycle.code),
            detail={
                "questionnaire": questionnaire.code,
                "basis": basis,
                "on": basis_on.isoformat() if basis_on else None,
                "parties": sorted(r.party.code for r in new),
            },
        )
    return len(new)


@transaction.atomic
def nominate_focal_point(
    *,
    by: User,
    response: Response,
    email: str,
    name: str,
    institution: str = "",
    language: str = "en",
    subject: str,
    message: str = "",
) -> Grant:
    """Records a State's nomination of its focal point and invites the person; one at a time for a response."""
    return parties.invite(
        by=by,
        email=email,
        name=name,
        institution=institution,
        language=language,
        party=response.party,
        role=Role.FOCAL_POINT,
        scope=scope_of(response),
        subject=subject,
        message=message,
    )


@transaction.atomic
def end_nomination(*, by: User, response: Response, grant: Grant) -> None:
    """Ends the nomination of the focal point, so that the State can name another; the answers stay."""
    if grant.scope != scope_of(response) or grant.role != Role.FOCAL_POINT:
        raise Refusal(_("This is not the nomination of a focal point for this response."), "role")
    if grant.ended_at is not None:
        raise Refusal(_("This nomination has been ended already."), "ended")
    parties.end_grant(by=by, grant=grant)


@transaction.atomic
def ask_for_help(*, by: User, response: Response, text: str, language: str) -> HelpRequest:
    """Tells the Secretariat at once that the State needs help to answer at all; waits for no submission (13)."""
    if not text.strip():
        raise Refusal(_("Say in a sentence or two what help you need."), "empty")
    request = HelpRequest.objects.create(response=response, text=text.strip(), language=language, by=by)
    record(by=by, action="ask_for_help", scope=scope_of(response), subject=response.party.code)
    _tell_secretariat(response=response, template="help_request", context={"by": str(by)})
    return request


@transaction.atomic
def answer_help_request(*, by: User, request: HelpRequest) -> None:
    """Marks that the Secretariat has taken a request for help up; the person who asked is told once."""
    taken = HelpRequest.objects.filter(pk=request.pk, answered_at=None).update(
        answered_at=timezone.now(), answered_by=by
    )
    if not taken:
        return
    record(by=by, action="answer_help_request", scope=scope_of(request.response), subject=request.response.party.code)
    mail.send(
        template="help_taken_up",
        to=request.by,
        language=request.by.language,
        context={"name": request.by.name, "by": str(by)},
    )


def _tell_secretariat(*, response: Response, template: str, context: Mapping[str, str]) -> None:
    officers = User.objects.filter(
        grants__role=Role.SECRETARIAT, grants__ended_at=None, grants__accepted_at__isnull=False, is_active=True
    ).distinct()
    told = list(officers)
    words = {language: _words_of(response, language) for language in {officer.language for officer in told}}
    for officer in told:
        mail.send(
            template=template,
            to=officer,
            language=officer.language,
            context={"name": officer.name, **words[officer.language], **context},
        )


def _words_of(response: Response, language: str) -> dict[str, str]:
    """The State, the cycle and the questionnaire as they are called in a language."""
    return {
        "party": party_name(response.party, language),
        "cycle": str(best(response.cycle.texts, language)[0]["title"]),
        "questionnaire": str(best(response.questionnaire.texts, language)[0]["title"]),
    }


@transaction.atomic
def decide_reopening(*, by: User, request: ReopeningRequest, granted: bool, decision: str = "") -> None:
    """Grants or refuses a request to reopen; a granted one opens the response, its submissions stay as they are."""
    if not granted and not decision.strip():
        raise Refusal(_("Give the reason for which the response stays as it was submitted."), "empty")
    locked = ReopeningRequest.objects.select_for_update().get(pk=request.pk)
    if locked.decided_at:
        raise Refusal(_("This request has been decided already."), "decided")
    locked.decided_at = timezone.now()
    locked.decided_by = by
    locked.granted = granted
    locked.decision = decision.strip()
    locked.save(update_fields=["decided_at", "decided_by", "granted", "decision"])
    response = Response.objects.select_related("cycle", "questionnaire", "party").get(submissions=locked.submission_id)
    record(
        by=by,
        action="grant_reopening" if granted else "refuse_reopening",
        scope=scope_of(response),
        subject=response.party.code,
    )
    if granted:
        reopen_response(by=by, response=response)
    asked_by = locked.asked_by
    mail.send(
        template="reopening_granted" if granted else "reopening_refused",
        to=asked_by,
        language=asked_by.language,
        context={
            "name": asked_by.name,
            "decision": locked.decision,
            "party": party_name(response.party, asked_by.language),
        },
    )
