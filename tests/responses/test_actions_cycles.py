"""Opening cycles, inviting States, asking for help: each action with its refusal and its line in the audit log."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.factories.parties import make_grant, make_party, make_user
from tests.factories.questionnaires import make_spec, make_version, question
from tests.factories.responses import World, make_world

from palermo.base.errors import Refusal
from palermo.base.models import Mail
from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent, Grant
from palermo.questionnaires.models import Questionnaire
from palermo.responses.actions.cycles import (
    answer_help_request,
    ask_for_help,
    end_nomination,
    invite_states,
    nominate_focal_point,
    open_cycle,
)
from palermo.responses.models import Cycle, HelpRequest, Response

pytestmark = pytest.mark.django_db
TITLE = {"en": {"title": "Cycle"}}


@pytest.fixture
def world() -> World:
    return make_world(make_spec({"art-1": [question("quiz.1.1.implementation", "implementation")]}))


def refused(action: Callable[[], object]) -> str:
    """The code of the refusal."""
    with pytest.raises(Refusal) as caught:
        action()
    return caught.value.code


def opened(world: World, **change: Any) -> Cycle:
    """A second cycle."""
    said = {
        "code": "2030",
        "texts": TITLE,
        "due_on": datetime.date(2031, 6, 30),
        "first_year": 2027,
        "last_year": 2029,
        "questionnaires": [world.response.questionnaire],
        **change,
    }
    return open_cycle(by=world.focal_point, **said)


def test_cycle_pins_the_current_version(world: World) -> None:
    cycle = opened(world)
    assert cycle.questionnaires.get().version_id == world.response.questionnaire.current_id
    later, _spec = make_version(
        make_spec({"art-1": [question("quiz.1.1.implementation", "implementation", text="New?")]})
    )
    assert (
        opened(world, code="2031", questionnaires=[Questionnaire.objects.get()]).questionnaires.get().version == later
    )
    assert cycle.questionnaires.get().version_id != later.pk


def test_cycle_refusals(world: World) -> None:
    empty = Questionnaire.objects.create(code="empty", instrument=world.response.questionnaire.instrument)
    assert refused(lambda: opened(world, questionnaires=[])) == "no_questionnaire"
    assert refused(lambda: opened(world, questionnaires=[empty])) == "not_published"
    assert refused(lambda: opened(world, code="2026")) == "code_taken"
    assert refused(lambda: opened(world, first_year=2030, last_year=2029)) == "years"
    assert refused(lambda: opened(world, first_year=2010, last_year=2029)) == "years"
    assert list(Cycle.objects.values_list("code", flat=True)) == ["2026"]


def test_states_are_invited_once_in_a_fixed_number_of_queries(world: World) -> None:
    states = [make_party(f"X{place:02d}", f"Land {place}") for place in range(30)]
    cycle, questionnaire = world.response.cycle, world.response.questionnaire
    with CaptureQueriesContext(connection) as queries:
        count = invite_states(by=world.focal_point, cycle=cycle, questionnaire=questionnaire, parties_invited=states)
    # savepoint and its end; what is asked; who is there; the responses; the audit row
    assert (count, len(queries)) == (30, 6)
    again = invite_states(
        by=world.focal_point, cycle=cycle, questionnaire=questionnaire, parties_invited=[*states, world.response.party]
    )
    assert (again, Response.objects.count()) == (0, 31)
    assert AuditEvent.objects.filter(action="invite_states").count() == 1


def test_response_is_unique_for_a_state(world: World) -> None:
    same = world.response
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.create(
            cycle=same.cycle, questionnaire=same.questionnaire, party=same.party, version=same.version
        )


def test_nomination_ends_and_another_follows(world: World) -> None:
    officer = make_user()
    old = Grant.objects.get(user=world.focal_point)
    end_nomination(by=officer, response=world.response, grant=old)
    old.refresh_from_db()
    assert old.ended_by == officer
    assert refused(lambda: end_nomination(by=officer, response=world.response, grant=old)) == "ended"
    new = nominate_focal_point(
        by=officer, response=world.response, email="new@example.org", name="New", subject="focal point"
    )
    reader = make_grant(make_user(), Role.READER, world.scope)
    assert refused(lambda: end_nomination(by=officer, response=world.response, grant=reader)) == "role"
    assert (new.accepted_at, new.user.party) == (None, world.response.party)
    assert list(AuditEvent.objects.filter(scope=world.scope).values_list("action", flat=True)) == [
        "end_grant",
        "invite",
    ]


def test_help_reaches_every_officer_and_nobody_else(world: World) -> None:
    officers = [make_user("First", language="fr"), make_user("Second")]
    for officer in officers:
        make_grant(officer, Role.SECRETARIAT, "/cycles")
    gone = make_user("Gone")
    make_grant(gone, Role.SECRETARIAT, "/cycles")
    gone.is_active = False
    gone.save()
    assert (
        refused(lambda: ask_for_help(by=world.focal_point, response=world.response, text=" ", language="en")) == "empty"
    )
    asked = ask_for_help(by=world.focal_point, response=world.response, text=" A workshop ", language="en")
    assert asked.text == "A workshop"
    assert sorted(Mail.objects.values_list("to_user_id", "language")) == sorted(
        [(officers[0].pk, "fr"), (officers[1].pk, "en")]
    )
    # Asking for help is not answering.
    world.response.refresh_from_db()
    assert world.response.begun_at is None


def test_help_is_taken_up_once(world: World) -> None:
    asked = ask_for_help(by=world.focal_point, response=world.response, text="Help", language="en")
    first, second = make_user("First"), make_user("Second")
    answer_help_request(by=first, request=asked)
    answer_help_request(by=second, request=HelpRequest.objects.get())
    assert HelpRequest.objects.get().answered_by == first
    assert Mail.objects.filter(template="help_taken_up").count() == 1
    assert AuditEvent.objects.filter(action="answer_help_request", scope=world.scope).count() == 1
