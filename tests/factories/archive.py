"""States that have been asked and have submitted, made by the project's own actions."""

import datetime
from collections.abc import Mapping, Sequence

from tests.factories.parties import make_user

from palermo.parties.models import Party, User
from palermo.questionnaires.models import Version
from palermo.questionnaires.queries import version_spec
from palermo.responses.actions.answers import import_answers
from palermo.responses.actions.workflow import submit_response
from palermo.responses.logic.content import Content, Given
from palermo.responses.models import Cycle, CycleQuestionnaire, Response, ResponseState, Submission


def make_cycle(
    version: Version, code: str = "2026", *, due_on: datetime.date = datetime.date(2027, 6, 30), year: int = 2025
) -> Cycle:
    """A cycle that asks one version, for three years of figures up to ``year``."""
    cycle = Cycle.objects.create(
        code=code,
        texts={"en": {"title": f"Reporting cycle {code}"}},
        due_on=due_on,
        first_year=year - 2,
        last_year=year,
    )
    CycleQuestionnaire.objects.create(cycle=cycle, questionnaire=version.questionnaire, version=version)
    return cycle


def invite(cycle: Cycle, version: Version, party: Party, at: datetime.datetime | None = None) -> Response:
    """A State that has been asked, and has not begun."""
    moment = {"invited_at": at, "recorded_at": at} if at else {}
    return Response.objects.create(
        cycle=cycle, questionnaire=version.questionnaire, party=party, version=version, **moment
    )


def submit(
    response: Response,
    answers: Mapping[str, Content | str | Sequence[str]],
    *,
    at: datetime.datetime | None = None,
    by: User | None = None,
) -> Submission:
    """Answers and submits as the State would, without declaring the sections; a str or list is a choice."""
    person = by or make_user(party=response.party)
    spec = version_spec(response.version_id)
    given = []
    for code, said in answers.items():
        if isinstance(said, Content):
            values = (said.value,) if isinstance(said.value, str) else tuple(said.value or ())
            given.append(Given(code=code, values=values, content=said, base=0))
        else:
            values = (said,) if isinstance(said, str) else tuple(said)
            given.append(Given(code=code, values=values, content=Content(), base=0))
    import_answers(by=person, response=response, spec=spec, given=given, at=at)
    Response.objects.filter(pk=response.pk).update(state=ResponseState.CLEARED)
    response.refresh_from_db()
    return submit_response(by=person, response=response, spec=spec, at=at)
