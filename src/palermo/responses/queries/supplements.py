"""Reads about questions that are added to a running cycle."""

from dataclasses import dataclass

from django.db.models import Count, Q

from palermo.questionnaires.logic.spec import QuestionSpec, VersionSpec
from palermo.questionnaires.logic.supplement import added_codes
from palermo.questionnaires.models import Version
from palermo.questionnaires.queries import version_spec
from palermo.responses.models import CycleQuestionnaire, Response, ResponseState, SupplementOffer


@dataclass(frozen=True)
class Supplement:
    """What would be added to a questionnaire of a cycle, and whom it concerns."""

    asked: CycleQuestionnaire
    current: VersionSpec
    basis: VersionSpec
    added: tuple[QuestionSpec, ...]
    open_responses: int
    done_responses: int
    offers: int
    accepted: int
    declined: int


def supplement(asked: CycleQuestionnaire) -> Supplement:
    """The draft of added questions, or the newer version that is current already. Four queries when warm."""
    current = version_spec(asked.version_id)
    later = (
        Version.objects.filter(questionnaire=asked.questionnaire_id)
        .filter(Q(state=Version.State.DRAFT) | Q(pk=asked.questionnaire.current_id))
        .order_by("-number")
        .first()
    )
    basis = version_spec(later.pk) if later else current
    counts = Response.objects.filter(
        cycle=asked.cycle_id, questionnaire=asked.questionnaire_id, released_at=None
    ).aggregate(
        open=Count("pk", filter=Q(state=ResponseState.OPEN)), done=Count("pk", filter=~Q(state=ResponseState.OPEN))
    )
    offers = SupplementOffer.objects.filter(
        response__cycle=asked.cycle_id, response__questionnaire=asked.questionnaire_id
    ).aggregate(
        waiting=Count("pk", filter=Q(decided_at=None)),
        taken=Count("pk", filter=Q(accepted=True)),
        left=Count("pk", filter=Q(accepted=False)),
    )
    return Supplement(
        asked=asked,
        current=current,
        basis=basis,
        added=tuple(basis.questions[code] for code in added_codes(current, basis)),
        open_responses=counts["open"],
        done_responses=counts["done"],
        offers=offers["waiting"],
        accepted=offers["taken"],
        declined=offers["left"],
    )


def open_offer(response: Response) -> SupplementOffer | None:
    """The added questions that wait for the State's decision. One query."""
    return SupplementOffer.objects.filter(response=response, decided_at=None).first()


def offered_questions(response: Response, offer: SupplementOffer) -> tuple[QuestionSpec, ...]:
    """The questions that an offer would add to the response."""
    later = version_spec(offer.version_id)
    return tuple(later.questions[code] for code in added_codes(version_spec(response.version_id), later))


def draft_spec(asked: CycleQuestionnaire) -> VersionSpec | None:
    """The draft of the questionnaire if there is one."""
    draft = Version.objects.filter(questionnaire=asked.questionnaire_id, state=Version.State.DRAFT).first()
    return version_spec(draft.pk) if draft else None
