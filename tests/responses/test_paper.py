"""What a State sent on paper: an officer enters it on its behalf, on a note verbale, while an entry is open."""

import datetime
import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from tests.factories.parties import make_grant, make_user
from tests.factories.questionnaires import make_spec, question
from tests.factories.responses import World, make_world, signed_in

from palermo.base.errors import Refusal
from palermo.base.models import Mail
from palermo.parties.access import enters_paper
from palermo.parties.actions import end_grant
from palermo.parties.logic.roles import Role
from palermo.parties.models import Grant, User
from palermo.responses.actions.notes import record_note
from palermo.responses.actions.paper import begin_entry, end_entry, join_entry
from palermo.responses.logic.standing import Standing, standing
from palermo.responses.models import AnswerRevision, NoteVerbale, PaperEntry, Response, StateChange, Submission
from palermo.responses.queries.archive import courses, end_of, today
from palermo.responses.queries.waiting import waiting_for

pytestmark = pytest.mark.django_db
CODE = "quiz.1.1.implementation"
NOTED = datetime.date(2026, 11, 2)


@pytest.fixture
def world() -> World:
    """A State without a focal point, invited long ago."""
    made = make_world(make_spec({"art-1": [question(CODE, "implementation")]}))
    long_ago = timezone.now() - datetime.timedelta(days=400)
    Response.objects.update(invited_at=long_ago, recorded_at=long_ago)
    Grant.objects.filter(user=made.focal_point).update(ended_at=timezone.now())
    made.response.refresh_from_db()
    return made


def officer(name: str = "Elena Officer") -> User:
    user = make_user(name, institution="Secretariat")
    make_grant(user, Role.SECRETARIAT, "/cycles")
    return user


def note(world: World, direction: str = "received", reference: str = "ARG 17/2026") -> NoteVerbale:
    return record_note(
        by=make_user(),
        response=world.response,
        direction=direction,
        reference=reference,
        dated_on=NOTED,
        language="es",
    )


def refused(action: Callable[[], object]) -> str:
    """The code of the refusal."""
    with pytest.raises(Refusal) as caught:
        action()
    return caught.value.code


PAGES = (("hub", ""), ("section", "art-1"), ("check", ""), ("submit", ""), ("people", ""))


def statuses(world: World, client: Client) -> list[int]:
    return [client.get(world.url(name, section)).status_code for name, section in PAGES]


def fill_and_submit(world: World, client: Client) -> Client:
    """Enters everything on the pages, as an officer does."""
    answer = {f"{CODE}:value": "yes", f"{CODE}:text": "Law 1", f"{CODE}:language": "en", f"{CODE}:revision": "0"}
    assert client.post(world.url("save_section", "art-1"), answer).status_code == 302
    assert client.post(world.url("declare", "art-1")).status_code == 302
    assert client.post(world.url("submit"), {"step": "clear"}).status_code == 302
    reply = client.post(world.url("submit"), {"step": "submit", "confirmed": "on"})
    assert reply["Location"] == world.url("receipt", number=Submission.objects.latest("pk").number)
    return client


def test_the_draft_is_open_to_an_officer_only_while_an_entry_is(world: World) -> None:
    user = officer()
    client = signed_in(user)
    assert statuses(world, client) == [404] * 5
    begin_entry(by=user, response=world.response, note=note(world))
    assert statuses(world, client) == [200] * 5
    assert statuses(world, signed_in(officer("Another"))) == [404] * 5
    assert end_entry(by=user, response=world.response)
    assert statuses(world, client) == [404] * 5
    assert not end_entry(by=user, response=world.response)


def test_another_officer_takes_part_and_ending_closes_it_for_both(world: World) -> None:
    first, second = officer("First"), officer("Second")
    assert refused(lambda: join_entry(by=second, response=world.response)) == "ended"
    begin_entry(by=first, response=world.response, note=note(world))
    join_entry(by=second, response=world.response)
    assert [statuses(world, signed_in(user)) for user in (first, second)] == [[200] * 5, [200] * 5]
    end_entry(by=second, response=world.response)
    assert [statuses(world, signed_in(user)) for user in (first, second)] == [[404] * 5, [404] * 5]
    assert PaperEntry.objects.get().ended_by == second


def test_who_leaves_the_secretariat_sees_the_draft_no_more(world: World) -> None:
    user = officer()
    begin_entry(by=user, response=world.response, note=note(world))
    end_grant(by=None, grant=Grant.objects.get(user=user, role="secretariat"))
    assert statuses(world, signed_in(user)) == [404] * 5


def test_the_entry_opens_no_other_response(world: World) -> None:
    user = officer()
    begin_entry(by=user, response=world.response, note=note(world))
    assert enters_paper(user, world.scope)
    assert not enters_paper(user, world.scope.replace("arg", "ken"))
    assert not enters_paper(world.focal_point, world.scope)


def test_an_entry_is_refused_without_a_received_note(world: World) -> None:
    user, response = officer(), world.response
    sent = note(world, "sent")
    assert refused(lambda: begin_entry(by=user, response=response, note=sent)) == "not_received"
    received = note(world)
    begin_entry(by=user, response=response, note=received)
    assert refused(lambda: begin_entry(by=user, response=response, note=received)) == "open_already"


def test_an_entry_is_refused_where_the_state_answers_itself_unless_it_asked(world: World) -> None:
    user, response, received = officer(), world.response, note(world)
    focal_point = world.member(Role.FOCAL_POINT)
    assert refused(lambda: begin_entry(by=user, response=response, note=received)) == "answers_itself"
    begin_entry(by=user, response=response, note=received, state_asked=True)
    end_entry(by=user, response=response)
    Grant.objects.filter(user=focal_point).update(ended_at=timezone.now())
    begin_entry(by=user, response=response, note=received)
    end_entry(by=user, response=response)
    world.save(CODE, "yes")
    assert refused(lambda: begin_entry(by=user, response=response, note=received)) == "answers_itself"


def test_what_was_entered_from_paper_before_is_no_beginning_of_the_state(world: World) -> None:
    user, received = officer(), note(world)
    begin_entry(by=user, response=world.response, note=received)
    answer = {f"{CODE}:value": "yes", f"{CODE}:revision": "0"}
    signed_in(user).post(world.url("save_section", "art-1"), answer)
    end_entry(by=user, response=world.response)
    assert begin_entry(by=user, response=world.response, note=received).ended_at is None


def test_an_entry_is_refused_once_the_response_is_submitted(world: World) -> None:
    received = note(world)
    for state in ("submitted", "final"):
        Response.objects.update(state=state, submitted_at=timezone.now())
        user, response = officer(state), world.response
        assert refused(lambda user=user, response=response: begin_entry(by=user, response=response, note=received)) == (
            "submitted"
        )


def test_everything_is_recorded_as_entered_on_behalf_of_the_state(world: World) -> None:
    user = officer()
    begin_entry(by=user, response=world.response, note=note(world))
    client = fill_and_submit(world, signed_in(user))
    assert list(AnswerRevision.objects.values_list("channel", "on_behalf_of", "by")) == [("paper", "ARG", user.pk)]
    submission = Submission.objects.get()
    assert json.loads(submission.snapshot)["submission"]["entered"] == {
        "on_behalf_of": "ARG",
        "note": "ARG 17/2026",
        "dated_on": "2026-11-02",
    }
    page = client.get(world.url("receipt", number=1)).content.decode()
    assert "Entered by the Secretariat on behalf of Argentina, on the note verbale ARG 17/2026." in page
    # The submission has ended the entry: the officer reads what was submitted, and no draft.
    assert PaperEntry.objects.get().ended_at is not None
    assert statuses(world, client) == [404] * 5
    state = signed_in(world.member(Role.DEPUTY))
    history = state.get(world.url("history", "art-1", code=CODE)).content.decode()
    assert "entered by the Secretariat on behalf of Argentina, on the note verbale ARG 17/2026" in history
    assert "on behalf of" in state.get(world.url("receipt", number=1)).content.decode()


def test_an_answer_saved_by_the_script_is_from_paper_too(world: World) -> None:
    user = officer()
    begin_entry(by=user, response=world.response, note=note(world))
    reply = signed_in(user).post(
        world.url("save_answer", "art-1", code=CODE), {f"{CODE}:value": "yes", f"{CODE}:revision": "0"}
    )
    assert reply.json()["revision"] == 1
    assert AnswerRevision.objects.values_list("channel", "on_behalf_of").get() == ("paper", "ARG")


def test_it_counts_from_the_day_of_the_note_and_is_known_from_now(world: World) -> None:
    cycle = world.response.cycle
    cycle.due_on, cycle.closes_on = NOTED, NOTED + datetime.timedelta(days=1)
    cycle.save()
    user = officer()
    begin_entry(by=user, response=world.response, note=note(world))
    fill_and_submit(world, signed_in(user))
    submission = Submission.objects.get()
    assert timezone.localdate(submission.at) == NOTED
    assert submission.recorded_at.date() == timezone.now().date()
    course = courses([Response.objects.get()])[world.response.pk]
    assert standing(course, end_of(NOTED)) is Standing.SUBMITTED
    assert standing(course, end_of(NOTED), end_of(NOTED)) is Standing.NOT_BEGUN
    page = signed_in(user).get("/en/cycles/2026/")
    assert [(item.state, item.late) for item in page.context["overview"].invited] == [("submitted", False)]


def test_a_second_submission_on_paper_follows_the_reopening(world: World) -> None:
    user = officer()
    begin_entry(by=user, response=world.response, note=note(world))
    fill_and_submit(world, signed_in(user))
    Response.objects.update(state="open", cleared_at=None)
    StateChange.objects.create(response=world.response, kind="reopened")
    begin_entry(by=user, response=world.response, note=NoteVerbale.objects.get())
    client = signed_in(user)
    client.post(world.url("submit"), {"step": "clear"})
    client.post(world.url("submit"), {"step": "submit", "confirmed": "on"})
    assert Submission.objects.count() == 2
    course = courses([Response.objects.get()])[world.response.pk]
    assert standing(course, end_of(today())) is Standing.SUBMITTED


def test_the_people_of_the_state_are_told_what_was_submitted_in_its_name(world: World) -> None:
    focal_point = world.member(Role.FOCAL_POINT)
    user = officer()
    begin_entry(by=user, response=world.response, note=note(world), state_asked=True)
    fill_and_submit(world, signed_in(user))
    mails = Mail.objects.filter(template="entered_on_behalf")
    assert list(mails.values_list("to_user_id", flat=True)) == [focal_point.pk]
    assert "ARG 17/2026" in mails.get().body


def test_the_pages_begin_and_end_an_entry(world: World) -> None:
    user = officer()
    client = signed_in(user)
    assert "No note verbale of this State is on record" in client.get(world.url("enter_paper")).content.decode()
    received = note(world)
    world.member(Role.FOCAL_POINT)
    missing = client.post(world.url("enter_paper"), {})
    assert missing.context["form"].errors == {"note": ["Choose the note verbale with which the answers came."]}
    not_asked = client.post(world.url("enter_paper"), {"note": str(received.pk)})
    assert (not_asked.status_code, len(not_asked.context["errors"])) == (409, 1)
    begun = client.post(world.url("enter_paper"), {"note": str(received.pk), "state_asked": "on"})
    assert begun["Location"] == world.url("desk")
    page = client.get(world.url("desk")).content.decode()
    assert ("Go on entering" in page, "Take part in entering" in page) == (True, False)
    assert "You enter on behalf of Argentina" in client.get(world.url("hub")).content.decode()
    assert [str(item.text) for item in waiting_for(user)] == [
        "You are entering what a State sent on paper: submit it, or end the entry"
    ]
    other = signed_in(officer("Other"))
    assert "Take part in entering" in other.get(world.url("desk")).content.decode()
    assert other.post(world.url("enter_paper"), {"do": "join"})["Location"] == world.url("desk")
    assert client.post(world.url("end_paper"))["Location"] == world.url("desk")
    assert statuses(world, other) == [404] * 5


def test_the_people_of_the_state_see_nothing_of_the_entrys_banner(world: World) -> None:
    focal_point = world.member(Role.FOCAL_POINT)
    begin_entry(by=officer(), response=world.response, note=note(world), state_asked=True)
    page = signed_in(focal_point).get(world.url("hub")).content.decode()
    assert "You enter on behalf of" not in page
