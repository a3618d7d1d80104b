"""The history of an answer: its texts, two of them in conflict, and what stood at a revision."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, When
from django.db.models import Value as V

from palermo.parties.models import User
from palermo.responses.logic.content import Content, from_canonical
from palermo.responses.models import (
    Answer,
    AnswerRevision,
    Conflict,
    Response,
)


def revisions_of(response: Response, code: str) -> list[AnswerRevision]:
    """Every text that an answer has had, oldest first, with those set aside. One query."""
    return list(AnswerRevision.objects.filter(response=response, code=code))


@dataclass(frozen=True)
class TwoTexts:
    """An open conflict: the text that stands and the one that its writer has not yet given up."""

    conflict: Conflict
    mine: Content
    theirs: Content
    revision: int
    at: datetime.datetime
    by_name: str


def open_conflict(
    response: Response, user: User, code: str, *, of_others: bool = False, key: int | None = None
) -> TwoTexts | None:
    """The person's open conflict on an answer, else (``of_others``) the oldest of somebody else. Two queries.

    ``key`` names one: that which the person saw when choosing.
    """
    found = Conflict.objects.filter(response=response, code=code, settled_at=None).select_related("mine", "user")
    if key is not None:
        found = found.filter(pk=key)
    if not of_others:
        found = found.filter(user=user)
    own_first = Case(When(user=user, then=V(0)), default=V(1), output_field=IntegerField())
    conflict = found.order_by(own_first, "at", "pk").first()
    answer = Answer.objects.filter(response=response, question_id=code).first()
    if conflict is None or answer is None:
        return None
    return TwoTexts(
        conflict=conflict,
        mine=from_canonical(conflict.mine.content),
        theirs=from_canonical(answer.content),
        revision=answer.revision,
        at=answer.updated_at,
        by_name=answer.updated_by_name,
    )


def base_contents(response: Response, bases: Mapping[str, int]) -> dict[str, Content]:
    """What the answers said at the revisions that an editor has seen. One query, none if nothing is asked."""
    if not bases:
        return {}
    wanted = Q()
    for code, number in bases.items():
        wanted |= Q(code=code, number=number)
    return {
        code: from_canonical(content)
        for code, content in AnswerRevision.objects.filter(wanted, response=response, set_aside=False).values_list(
            "code", "content"
        )
    }
