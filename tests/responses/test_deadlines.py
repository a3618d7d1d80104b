"""Deadlines: soft and hard, changed later, more time for one State; what comes after the last day is refused."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.factories.parties import make_grant, make_party, make_user
from tests.factories.questionnaires import make_spec, question
from tests.factories.responses import World, make_world, signed_in

from palermo.base.errors import Refusal
from palermo.base.models import Mail
from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent, User
from palermo.reports.queries.dataset import dataset
from palermo.responses.actions.answers import import_answers, save_answer
from palermo.responses.actions.deadlines import change_deadlines, grant_extension
from palermo.responses.actions.workflow import clear_response, submit_response
from palermo.responses.logic.content import Given
from palermo.responses.models import Answer, Channel, Cycle, Extension, Response, Submission
from palermo.responses.queries import archive
from palermo.responses.queries.archive import end_of
from palermo.responses.queries.cycles import desk, overview
from palermo.responses.queries.places import find_place

pytestmark = pytest.mark.django_db
CODE = "quiz.1.1.implementation"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def world() -> World:
    return make_world(make_spec({"art-1": [question(CODE, "implementation")]}))


@pytest.fixture
def officer() -> User:
    user = make_user("Officer")
    make_grant(user, Role.SECRETARIAT, "/cycles")
    return user


@pytest.fixture
def client(officer: User) -> Client:
    return signed_in(officer)


def refused(action: Callable[[], object]) -> str:
    """The code of the refusal."""
    with pytest.raises(Refusal) as caught:
        action()
    return caught.value.code


def set_dates(world: World, due: int, closes: int | None) -> None:
    """Sets the deadlines so many days from today."""
    now = archive.today()
    cycle = world.response.cycle
    cycle.due_on = now + due * DAY
    cycle.closes_on = now + closes * DAY if closes is not None else None
    cycle.save()
    world.response.refresh_from_db()


def extend(world: World, officer: User, days: int, **more: Any) -> Extension:
    return grant_extension(by=officer, response=world.response, due_on=archive.today() + days * DAY, **more)


def test_a_day_ends_at_midnight_in_vienna(monkeypatch: pytest.MonkeyPatch) -> None:
    end = end_of(datetime.date(2026, 6, 30))
    assert end.astimezone(datetime.UTC) == datetime.datetime(2026, 6, 30, 21, 59, 59, 999999, tzinfo=datetime.UTC)
    for moment, day in (("2026-06-30T21:59:59+00:00", 30), ("2026-06-30T22:00:00+00:00", 1)):
        monkeypatch.setattr(timezone, "now", lambda moment=moment: datetime.datetime.fromisoformat(moment))
        assert archive.today().day == day


def test_answers_are_taken_late_after_the_soft_deadline_and_shown_as_late(world: World, client: Client) -> None:
    set_dates(world, -1, None)
    world.save(CODE, "yes")
    Response.objects.update(state="cleared")
    submit_response(by=world.focal_point, response=world.response, spec=world.spec)
    page = client.get("/en/cycles/2026/")
    assert [(item.state, item.late, item.overdue) for item in page.context["overview"].invited] == [
        ("submitted", True, False)
    ]


def test_nothing_is_taken_after_the_hard_deadline_and_the_way_out_is_said(world: World) -> None:
    set_dates(world, -2, -1)
    by, response, spec = world.focal_point, world.response, world.spec
    given = Given(code=CODE, values=("yes",))
    assert refused(lambda: save_answer(by=by, response=response, spec=spec, given=given)) == "closed"
    assert refused(lambda: import_answers(by=by, response=response, spec=spec, given=[given])) == "closed"
    assert refused(lambda: clear_response(by=by, response=response, spec=spec)) == "closed"
    Response.objects.update(state="cleared")
    with pytest.raises(Refusal, match="Ask the Secretariat for an extension"):
        submit_response(by=by, response=response, spec=spec)
    assert (Answer.objects.count(), Submission.objects.count()) == (0, 0)


def test_the_last_day_itself_is_taken(world: World) -> None:
    set_dates(world, -2, 0)
    assert world.save(CODE, "yes").revision == 1


def test_what_an_archive_says_of_an_earlier_day_is_taken(world: World) -> None:
    set_dates(world, -2, -1)
    given = [Given(code=CODE, values=("yes",))]
    at = timezone.now() - 3 * DAY
    done = import_answers(by=world.focal_point, response=world.response, spec=world.spec, given=given, at=at)
    assert done.saved == (CODE,)


def test_paper_is_entered_after_the_last_day(world: World, officer: User) -> None:
    set_dates(world, -2, -1)
    saved = save_answer(
        by=officer,
        response=world.response,
        spec=world.spec,
        given=Given(code=CODE, values=("yes",)),
        channel=Channel.PAPER,
        on_behalf_of="ARG",
    )
    assert saved.revision == 1


def test_the_pages_say_that_it_is_closed_and_show_no_form(world: World) -> None:
    set_dates(world, -2, -1)
    client = signed_in(world.focal_point)
    for name, section in (("hub", ""), ("section", "art-1"), ("submit", "")):
        page = client.get(world.url(name, section)).content.decode()
        assert "Ask the Secretariat for an extension" in page
        assert ('id="answers"' in page, 'value="clear"' in page) == (False, False)
    reply = client.post(f"{world.url('save_section', 'art-1')}", {f"{CODE}:value": "yes", f"{CODE}:revision": "0"})
    assert reply.status_code == 422
    assert "Ask the Secretariat for an extension" in reply.content.decode()


def test_an_extension_opens_the_response_of_one_state_again(world: World, officer: User) -> None:
    set_dates(world, -2, -1)
    extension = extend(world, officer, 5, reason="A change of government")
    assert world.save(CODE, "yes").revision == 1
    place = find_place(cycle="2026", questionnaire="quiz", party="arg")
    assert (place.is_open, place.due_on, place.last_day) == (True, extension.due_on, extension.due_on)
    page = signed_in(world.focal_point).get(world.url("hub")).content.decode()
    assert "The Secretariat has given you more time" in page
    found = overview(world.response.cycle, world.response.questionnaire, "en").invited
    assert [(item.due_on, item.extended, item.overdue) for item in found] == [(extension.due_on, True, False)]
    assert AuditEvent.objects.filter(action="grant_extension").values_list("scope", "detail").get() == (
        world.scope,
        {"due_on": extension.due_on.isoformat(), "reason": "A change of government"},
    )


def test_an_extension_is_told_to_the_focal_point_and_the_deputies_in_their_languages(
    world: World, officer: User
) -> None:
    User.objects.filter(pk=world.focal_point.pk).update(language="es")
    deputy = make_user("Deputy", language="fr")
    make_grant(deputy, Role.DEPUTY, world.scope)
    world.contributor()
    extension = extend(world, officer, 400, reason="Elections")
    mails = Mail.objects.order_by("pk").values_list("template", "to_user_id", "language")
    assert list(mails) == [("extension_granted", world.focal_point.pk, "es"), ("extension_granted", deputy.pk, "fr")]
    body = Mail.objects.get(to_user_id=deputy.pk).body
    assert "Elections" in body
    assert str(extension.due_on.year) in body


def test_extension_refusals(world: World, officer: User) -> None:
    set_dates(world, 10, None)
    assert refused(lambda: extend(world, officer, -1)) == "past"
    assert refused(lambda: extend(world, officer, 10)) == "not_later"
    extend(world, officer, 30)
    assert refused(lambda: extend(world, officer, 20)) == "not_later"
    Response.objects.update(state="submitted", submitted_at=timezone.now())
    assert refused(lambda: extend(world, officer, 40)) == "submitted"
    assert Extension.objects.count() == 1


def test_changing_deadlines_is_recorded_and_never_shortens_an_extension(world: World, officer: User) -> None:
    set_dates(world, 10, 20)
    now, cycle = archive.today(), world.response.cycle
    extension = extend(world, officer, 60)
    assert change_deadlines(by=officer, cycle=cycle, due_on=now + 30 * DAY, closes_on=now + 40 * DAY, reason="More")
    place = find_place(cycle="2026", questionnaire="quiz", party="arg")
    assert (place.due_on, place.last_day) == (extension.due_on, extension.due_on)
    assert change_deadlines(by=officer, cycle=cycle, due_on=now + 70 * DAY, closes_on=None)
    place = find_place(cycle="2026", questionnaire="quiz", party="arg")
    assert (place.due_on, place.last_day) == (now + 70 * DAY, None)
    assert not change_deadlines(by=officer, cycle=cycle, due_on=now + 70 * DAY, closes_on=None)
    first, _second = AuditEvent.objects.filter(action="change_deadlines").order_by("pk")
    assert first.detail == {
        "due_on": (now + 30 * DAY).isoformat(),
        "closes_on": (now + 40 * DAY).isoformat(),
        "before": {"due_on": (now + 10 * DAY).isoformat(), "closes_on": (now + 20 * DAY).isoformat()},
        "reason": "More",
    }


def test_a_date_moved_after_it_passed_does_not_rewrite_the_past(world: World, officer: User, client: Client) -> None:
    set_dates(world, -1, None)
    world.save(CODE, "yes")
    Response.objects.update(state="cleared")
    submit_response(by=world.focal_point, response=world.response, spec=world.spec)
    cycle, before = Cycle.objects.get(), timezone.now()
    old = cycle.due_on
    change_deadlines(by=officer, cycle=cycle, due_on=old + 30 * DAY, closes_on=None, reason="The Conference was moved")

    def judged(at: datetime.datetime | None) -> list[tuple[datetime.date | None, bool]]:
        """The date and lateness on the cycle's page, on the desk, and in the rates."""
        [row] = overview(cycle, world.response.questionnaire, "en", at).invited
        one = desk(Response.objects.select_related("cycle").get(), at)
        known = at or timezone.now()
        everyone = dataset(cycle, world.response.questionnaire, "en", known_at=known).states
        [state] = [state for state in everyone if state.has_reported]
        assert row.was_late
        assert one.was_late
        return [(row.due_on, row.late), (row.due_on, one.late), (state.due_on, state.late)]

    assert judged(before) == [(old, True)] * 3
    assert judged(None) == [(old + 30 * DAY, False)] * 3
    words = "late by the date that stood when it was submitted"
    page = client.get("/en/cycles/2026/")
    assert (page.content.decode().count(words), page.context["overview"].counts["late"]) == (1, 0)
    one = client.get(world.url("desk")).content.decode()
    assert (one.count(words), one.count("The Conference was moved")) == (1, 1)


def test_deadline_refusals(world: World, officer: User) -> None:
    set_dates(world, 10, 20)
    now, cycle = archive.today(), world.response.cycle
    change = [(9, 8, "closes_before_due"), (-1, 20, "past"), (10, -1, "closes_before_due"), (-3, -2, "past")]
    found = [
        refused(
            lambda due=due, closes=closes: change_deadlines(
                by=officer, cycle=cycle, due_on=now + due * DAY, closes_on=now + closes * DAY
            )
        )
        for due, closes, _code in change
    ]
    assert found == [code for _due, _closes, code in change]
    # What has passed may stay as it is while the other date moves.
    set_dates(world, -5, 20)
    assert change_deadlines(by=officer, cycle=cycle, due_on=now - 5 * DAY, closes_on=now + 3 * DAY)


def test_the_page_of_the_deadlines(world: World, client: Client) -> None:
    where = "/en/cycles/2026/deadlines/"
    assert 'value="2027-06-30"' in client.get(where).content.decode()
    wrong = client.post(where, {"due_on": "2099-06-30", "closes_on": "2099-01-01"})
    assert (wrong.status_code, wrong.context["form"].errors) == (
        422,
        {"closes_on": ["The last day for answers lies before the day on which they are due."]},
    )
    past = client.post(where, {"due_on": "2001-06-30", "closes_on": ""})
    assert (past.status_code, len(past.context["errors"])) == (409, 1)
    done = client.post(where, {"due_on": "2099-06-30", "closes_on": "2099-12-31", "reason": "A later Conference"})
    assert done["Location"] == "/en/cycles/2026/"
    cycle = Cycle.objects.get()
    assert (cycle.due_on, cycle.closes_on) == (datetime.date(2099, 6, 30), datetime.date(2099, 12, 31))


def test_the_page_of_an_extension(world: World, client: Client) -> None:
    where = world.url("extension")
    assert client.post(where, {"due_on": "some day"}).context["form"].errors == {
        "due_on": ["Write year, month and day, for example 2027-06-30."]
    }
    early = client.post(where, {"due_on": "2027-01-01", "reason": "Because we said so"})
    assert (early.status_code, "Because we said so" in early.content.decode()) == (409, True)
    assert client.post(where, {"due_on": "2098-01-01"})["Location"] == world.url("desk")
    assert "1 January 2098" in client.get(world.url("desk")).content.decode()
    other = make_party("KEN", "Kenya")
    assert not Extension.objects.filter(response__party=other).exists()


def test_a_cycle_opens_with_both_deadlines(world: World, client: Client) -> None:
    data = {
        "code": "2030",
        "title_en": "Cycle",
        "due_on": "2099-06-30",
        "closes_on": "2099-01-01",
        "first_year": "2027",
        "last_year": "2029",
        "questionnaires": [world.response.questionnaire_id],
    }
    wrong = client.post("/en/cycles/open/", data)
    assert wrong.context["form"].errors == {
        "closes_on": ["The last day for answers lies before the day on which they are due."]
    }
    client.post("/en/cycles/open/", {**data, "closes_on": "2099-09-30"})
    assert Cycle.objects.get(code="2030").closes_on == datetime.date(2099, 9, 30)
