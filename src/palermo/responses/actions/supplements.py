"""Questions added to a running cycle: drafted, published, offered to the States that have submitted (para. 4)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from palermo.base import mail
from palermo.base.errors import Refusal
from palermo.base.multilingual import best
from palermo.parties.actions import record
from palermo.parties.logic.roles import Role
from palermo.parties.models import Grant, User
from palermo.parties.queries import party_name
from palermo.questionnaires.actions import discard_draft, publish_version, store_draft
from palermo.questionnaires.logic.supplement import (
    NewQuestion,
    added_codes,
    disturbed,
    sections_of,
    with_added,
    without,
)
from palermo.questionnaires.models import BankQuestion, Version
from palermo.questionnaires.queries import version_spec
from palermo.responses.actions.answers import undo_declaration
from palermo.responses.logic.scopes import cycle_scope
from palermo.responses.logic.standing import ChangeKind
from palermo.responses.models import (
    Cycle,
    CycleQuestionnaire,
    Declaration,
    Response,
    ResponseState,
    StateChange,
    SupplementOffer,
)
from palermo.responses.queries.state import scope_of
from palermo.responses.queries.supplements import draft_spec
from palermo.treaties.logic.kinds import Obligation


@transaction.atomic
def add_question(*, by: User, asked: CycleQuestionnaire, new: NewQuestion) -> Version:
    """Puts a question into the draft of the questionnaire; nobody is asked before it is offered."""
    basis = draft_spec(asked) or version_spec(asked.version_id)
    if new.code in basis.questions or BankQuestion.objects.filter(code=new.code, wordings__isnull=False).exists():
        raise Refusal(
            _("There is or was a question with the code %(code)s; choose another short word.") % {"code": new.code},
            "code_taken",
        )
    obligation = next(
        (question.obligation for question in basis if question.provision == new.provision), Obligation.NONE
    )
    version = store_draft(by=by, spec=with_added(basis, new, obligation=obligation))
    record(
        by=by,
        action="add_question",
        scope=cycle_scope(cycle=asked.cycle.code),
        subject=new.code,
        detail={"questionnaire": asked.questionnaire.code},
    )
    return version


@transaction.atomic
def take_question_back(*, by: User, asked: CycleQuestionnaire, code: str) -> None:
    """Takes an added question out of the draft; the draft goes with the last of them."""
    current, draft = version_spec(asked.version_id), draft_spec(asked)
    if draft is None or code not in draft.questions or code in current.questions:
        raise Refusal(_("No such question has been added."), "unknown_question")
    discard_draft(by=by, questionnaire=asked.questionnaire)
    left = without(draft, code)
    if added_codes(current, left):
        store_draft(by=by, spec=left)
    record(by=by, action="take_question_back", scope=cycle_scope(cycle=asked.cycle.code), subject=code)


@transaction.atomic
def offer_supplement(*, by: User, cycle: Cycle, asked: CycleQuestionnaire) -> int:
    """Publishes the draft, or takes the version that is current, and asks it in the cycle; gives how many are added.

    An open response gets the new version at once and keeps its answers. One that has been cleared or submitted stays
    as it is; the State is offered the new questions.
    """
    asked = CycleQuestionnaire.objects.select_for_update(of=("self",)).select_related("questionnaire").get(pk=asked.pk)
    earlier = version_spec(asked.version_id)
    draft = Version.objects.filter(questionnaire=asked.questionnaire_id, state=Version.State.DRAFT).first()
    later_key = draft.pk if draft else asked.questionnaire.current_id
    assert later_key is not None
    later = version_spec(later_key)
    added, changed = added_codes(earlier, later), disturbed(earlier, later)
    if changed:
        raise Refusal(
            _(
                "The new version changes what has been asked (%(codes)s). In a running cycle questions can only be "
                "added; ask the changed ones in the next cycle."
            )
            % {"codes": ", ".join(changed[:5])},
            "disturbed",
        )
    if not added:
        raise Refusal(_("No question has been added."), "nothing_added")
    version = publish_version(by=by, version=draft) if draft else Version.objects.get(pk=later_key)
    asked.version = version
    asked.save(update_fields=["version"])
    responses = list(
        Response.objects.select_for_update(of=("self",))
        .filter(cycle=cycle, questionnaire=asked.questionnaire_id, released_at=None)
        .select_related("cycle", "questionnaire", "party")
        .order_by("pk")
    )
    open_ones = [response for response in responses if response.state == ResponseState.OPEN]
    done = [response for response in responses if response.state != ResponseState.OPEN]
    now = timezone.now()
    Response.objects.filter(pk__in=[response.pk for response in open_ones]).update(version=version)
    # What stood declared is not complete any more where a question must be answered.
    must = sections_of(later, [code for code in added if later.questions[code].required])
    Declaration.objects.filter(response__in=open_ones, undone_at=None, section__in=must).update(
        undone_at=now, undone_by=by
    )
    SupplementOffer.objects.filter(response__in=done, decided_at=None).update(decided_at=now, decided_by=by)
    SupplementOffer.objects.bulk_create(
        SupplementOffer(response=response, version=version, offered_by=by, offered_at=now) for response in done
    )
    record(
        by=by,
        action="offer_supplement",
        scope=cycle_scope(cycle=cycle.code),
        subject=str(version),
        detail={
            "questionnaire": asked.questionnaire.code,
            "before": {"version": earlier.number},
            "added": list(added),
            "changed_at_once": len(open_ones),
            "offered": len(done),
        },
    )
    _tell(by, responses, {response.pk for response in done}, len(added))
    return len(added)


def _tell(by: User, responses: list[Response], offered: set[int], count: int) -> None:
    """Writes to the focal points and deputies: of open responses what has come, of others what is offered."""
    scopes = {scope_of(response): response for response in responses}
    grants = Grant.objects.filter(
        role__in=[Role.FOCAL_POINT, Role.DEPUTY], ended_at=None, accepted_at__isnull=False, scope__in=scopes
    ).select_related("user")
    for grant in grants:
        response = scopes[grant.scope]
        language = grant.user.language
        mail.send(
            template="supplement_offered" if response.pk in offered else "supplement_added",
            to=grant.user,
            language=language,
            context={
                "name": grant.user.name,
                "count": count,
                "party": party_name(response.party, language),
                "questionnaire": str(best(response.questionnaire.texts, language)[0]["title"]),
                "path": f"{language}{scope_of(response)}/" + ("supplement/" if response.pk in offered else ""),
            },
        )


@transaction.atomic
def accept_supplement(*, by: User, response: Response) -> None:
    """Opens the response with the added questions; the submission made so far stands until there is a new one."""
    locked, offer = _open_offer(response)
    offer.decided_at, offer.decided_by, offer.accepted = timezone.now(), by, True
    offer.save(update_fields=["decided_at", "decided_by", "accepted"])
    before = version_spec(locked.version_id)
    had_submitted = locked.submitted_at is not None
    locked.version = offer.version
    locked.state = ResponseState.OPEN
    locked.cleared_at = locked.cleared_by = None
    locked.save(update_fields=["version", "state", "cleared_at", "cleared_by"])
    later = version_spec(offer.version_id)
    must = [code for code in added_codes(before, later) if later.questions[code].required]
    for section in sections_of(later, must):
        undo_declaration(by=by, response=locked, section=section)
    if had_submitted:
        StateChange.objects.create(response=locked, kind=ChangeKind.REOPENED, by=by, reason="supplement")
    record(by=by, action="accept_supplement", scope=scope_of(locked), subject=str(offer.version))


@transaction.atomic
def decline_supplement(*, by: User, response: Response) -> None:
    """Leaves the response as it is; the added questions stay unasked for this State."""
    locked, offer = _open_offer(response)
    offer.decided_at, offer.decided_by, offer.accepted = timezone.now(), by, False
    offer.save(update_fields=["decided_at", "decided_by", "accepted"])
    record(by=by, action="decline_supplement", scope=scope_of(locked), subject=str(offer.version))


def _open_offer(response: Response) -> tuple[Response, SupplementOffer]:
    locked = (
        Response.objects.select_for_update(of=("self",))
        .select_related("cycle", "questionnaire", "party")
        .get(pk=response.pk)
    )
    offer = SupplementOffer.objects.filter(response=locked, decided_at=None).select_related("version").first()
    if offer is None:
        raise Refusal(_("There are no added questions that wait for a decision."), "no_offer")
    return locked, offer
