"""Reminders: by the schedule of a cycle and by hand, from the State's own date, never twice for one reason."""

import datetime
import threading
from dataclasses import dataclass

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries
from tests.factories.archive import submit
from tests.factories.parties import make_grant, make_party, make_user
from tests.factories.responses import World, make_world, signed_in

from palermo.base.errors import Refusal
from palermo.base.models import Mail
from palermo.parties.logic.roles import Role
from palermo.parties.models import User
from palermo.responses.actions import reminders as actions
from palermo.responses.forms.messages import days_from
from palermo.responses.logic.reminding import ahead, falls_due
from palermo.responses.models import Cycle, Extension, NoteVerbale, PaperEntry, Reminder, ReminderSent, Response
from palermo.responses.queries import reminders as queries
from palermo.responses.queries.archive import today
from palermo.responses.queries.state import scope_of

pytestmark = pytest.mark.django_db
LONG_AGO = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@dataclass
class Desk:
    """A cycle due in ten days, with one State that has a focal point, and an officer."""

    world: World
    officer: User

    @property
    def response(self) -> Response:
        return self.world.response

    @property
    def cycle(self) -> Cycle:
        return self.world.response.cycle

    def schedule(self, *days: int) -> None:
        """Set long ago."""
        actions.set_schedule(by=self.officer, cycle=self.cycle, days_before=days)
        Reminder.objects.update(set_at=LONG_AGO)

    def send(self, before: int) -> int:
        """What goes out so many days before the cycle's date."""
        return actions.send_due_reminders(day=self.cycle.due_on - datetime.timedelta(days=before))

    def another(self, code: str, name: str) -> Response:
        """A further State, without anybody."""
        return Response.objects.create(
            cycle=self.cycle,
            questionnaire=self.response.questionnaire,
            party=make_party(code, name),
            version=self.response.version,
            invited_at=LONG_AGO,
        )


@pytest.fixture
def desk() -> Desk:
    return build()


def build() -> Desk:
    officer = make_user("Olga Officer")
    make_grant(officer, Role.SECRETARIAT, "/cycles")
    world = make_world()
    Cycle.objects.update(due_on=today() + datetime.timedelta(days=10))
    Response.objects.update(invited_at=LONG_AGO)
    world.response.refresh_from_db()
    return Desk(world, officer)


# ── When ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("now", "goes"),
    [("2026-06-22", False), ("2026-06-23", True), ("2026-06-25", True), ("2026-06-26", False)],
)
def test_a_reminder_goes_out_on_its_day_or_within_two_days_of_it(now: str, goes: bool) -> None:
    long_ago = day("2026-01-01")
    assert falls_due(day("2026-06-30"), 7, day(now), set_on=long_ago, invited_on=long_ago) is goes


def test_no_reminder_goes_out_for_a_day_before_it_was_set_or_the_state_was_invited() -> None:
    due, now, long_ago = day("2026-06-30"), day("2026-06-24"), day("2026-01-01")
    assert falls_due(due, 7, now, set_on=now, invited_on=long_ago) is False
    assert falls_due(due, 7, now, set_on=long_ago, invited_on=now) is False


def test_the_days_ahead_come_in_order() -> None:
    assert ahead(day("2026-06-30"), [7, 30, -1], day("2026-06-23")) == [day("2026-07-01")]


def test_numbers_of_days_are_read_from_a_list() -> None:
    assert days_from("30, 7;1 0،2") == [30, 7, 1, 0, 2]
    for bad in ("seven", "-1", "1.5", "٣", "9999"):
        with pytest.raises(ValueError, match=bad[:4]):
            days_from(bad)


# ── By schedule ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_state_is_reminded_once_on_its_day(desk: Desk) -> None:
    desk.schedule(7, 1, -3)
    assert [desk.send(before) for before in (8, 7, 7, 6, 1, -2, -3, -3)] == [0, 1, 0, 0, 1, 0, 1, 0]
    assert list(ReminderSent.objects.values_list("reminder__days_before", "people")) == [(7, 1), (1, 1), (-3, 1)]
    assert list(Mail.objects.order_by().values_list("to_address", "template").distinct()) == [
        (desk.world.focal_point.email, "reminder")
    ]


def test_everybody_who_heads_the_response_is_reminded_in_the_own_language(desk: Desk) -> None:
    deputy = desk.world.member(Role.DEPUTY)
    User.objects.filter(pk=deputy.pk).update(language="ar")
    desk.world.contributor(), desk.world.member(Role.READER)
    desk.schedule(7)
    assert desk.send(7) == 1
    assert sorted(Mail.objects.values_list("to_address", "language")) == sorted(
        [(desk.world.focal_point.email, "en"), (deputy.email, "ar")]
    )
    assert ReminderSent.objects.get().people == 2


def test_the_days_count_from_the_states_own_date(desk: Desk) -> None:
    Extension.objects.create(response=desk.response, due_on=desk.cycle.due_on + datetime.timedelta(days=20))
    desk.schedule(7)
    assert [desk.send(before) for before in (7, -12, -13, -14)] == [0, 0, 1, 0]


def test_whoever_has_submitted_or_need_not_answer_is_left_in_peace(desk: Desk) -> None:
    desk.schedule(7)
    Response.objects.update(released_at=timezone.now())
    assert desk.send(7) == 0
    Response.objects.update(released_at=None)
    note = NoteVerbale.objects.create(
        response=desk.response, direction="received", reference="1", dated_on=today(), language="en"
    )
    entry = PaperEntry.objects.create(response=desk.response, note=note, begun_by=desk.officer)
    assert desk.send(7) == 0
    entry.delete()
    Cycle.objects.update(closed_at=timezone.now())
    assert desk.send(7) == 0
    Cycle.objects.update(closed_at=None)
    submit(desk.response, {}, by=desk.world.focal_point)
    Mail.objects.all().delete()
    assert (desk.send(7), Mail.objects.count(), ReminderSent.objects.count()) == (0, 0, 0)


def test_of_reminders_missed_together_only_the_last_goes_out(desk: Desk) -> None:
    desk.schedule(2, 1, 0)
    assert desk.send(0) == 1
    assert list(ReminderSent.objects.values_list("reminder__days_before", flat=True)) == [0]


def test_a_state_without_anybody_is_listed_for_a_note_verbale(desk: Desk) -> None:
    other = desk.another("KEN", "Kenya")
    desk.schedule(7)
    assert desk.send(7) == 1
    assert list(ReminderSent.objects.order_by("people").values_list("response", "people")) == [
        (other.pk, 0),
        (desk.response.pk, 1),
    ]
    page = signed_in(desk.officer).get(f"/en/cycles/{desk.cycle.code}/reminders/").content.decode()
    by_note = page[page.index("To be reminded by note verbale") :]
    assert ("Kenya" in by_note, "Argentina" in by_note[: by_note.index("</section>")]) == (True, False)


def test_the_row_and_the_mail_stand_or_fall_together(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.schedule(7)

    def fail(**_more: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("palermo.responses.actions.telling.mail.send", fail)
        with pytest.raises(RuntimeError):
            desk.send(7)
    assert (ReminderSent.objects.count(), Mail.objects.count()) == (0, 0)
    assert desk.send(7) == 1


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_remind_once() -> None:
    desk = build()
    desk.schedule(7)
    failures: list[BaseException] = []

    def send() -> None:
        try:
            desk.send(7)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _number in range(5)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (failures, ReminderSent.objects.count(), Mail.objects.count()) == ([], 1, 1)


def test_the_search_for_what_falls_due_costs_the_same_for_one_and_three_states(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    desk.schedule(7)
    at = desk.cycle.due_on - datetime.timedelta(days=7)
    with django_assert_num_queries(3):
        assert len(queries.due_today(at)) == 1
    desk.another("KEN", "Kenya")
    desk.another("JOR", "Jordan")
    with django_assert_num_queries(3):
        assert len(queries.due_today(at)) == 3


# ── The schedule, and by hand ────────────────────────────────────────────────────────────────────────────────────────


def test_the_schedule_is_changed_and_what_stays_keeps_its_record(desk: Desk) -> None:
    assert actions.set_schedule(by=desk.officer, cycle=desk.cycle, days_before=[7, 30]) is True
    kept = Reminder.objects.get(days_before=7)
    assert actions.set_schedule(by=desk.officer, cycle=desk.cycle, days_before=[7, -1]) is True
    assert actions.set_schedule(by=desk.officer, cycle=desk.cycle, days_before=[-1, 7]) is False
    assert [reminder.days_before for reminder in queries.schedule_of(desk.cycle)] == [7, -1]
    assert Reminder.objects.get(days_before=7) == kept
    for days in (range(13), [367], [-367]):
        with pytest.raises(Refusal):
            actions.set_schedule(by=desk.officer, cycle=desk.cycle, days_before=days)


def test_an_officer_reminds_a_state_once_a_day(desk: Desk) -> None:
    assert actions.remind_now(by=desk.officer, response=desk.response) == 1
    with pytest.raises(Refusal) as refusal:
        actions.remind_now(by=desk.officer, response=desk.response)
    assert refusal.value.code == "reminded"
    ReminderSent.objects.update(at=timezone.now() - datetime.timedelta(days=2))
    assert actions.remind_now(by=desk.officer, response=desk.response) == 1
    assert (ReminderSent.objects.count(), Mail.objects.count()) == (2, 2)


def test_reminding_all_leaves_out_whom_no_mail_reaches(desk: Desk) -> None:
    nobody, other = desk.another("KEN", "Kenya"), desk.another("JOR", "Jordan")
    make_grant(make_user(), Role.FOCAL_POINT, scope_of(other))
    assert actions.remind_all(by=desk.officer, cycle=desk.cycle) == (2, 1)
    assert actions.remind_all(by=desk.officer, cycle=desk.cycle) == (0, 3)
    assert ReminderSent.objects.filter(response=nobody).count() == 0


def test_nobody_is_reminded_after_submission(desk: Desk) -> None:
    submit(desk.response, {}, by=desk.world.focal_point)
    with pytest.raises(Refusal) as refusal:
        actions.remind_now(by=desk.officer, response=desk.response)
    assert refusal.value.code == "not_waiting"


@pytest.mark.parametrize(
    ("days", "words"),
    [(3, "are due on"), (1, "in one day"), (0, "are due today"), (-1, "one day ago"), (-9, "9 days ago")],
)
def test_the_text_says_how_many_days_are_left(desk: Desk, days: int, words: str) -> None:
    Cycle.objects.update(due_on=today() + datetime.timedelta(days=days))
    response = queries.not_submitted().get()
    subject, text = queries.preview(response=response, name="Ana", language="en")
    assert words in text
    assert ("were due" in subject) is (days < 0)
    assert "/en/cycles/2026/quiz/arg/" in text


# ── The page ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_sets_the_schedule_and_reminds(desk: Desk) -> None:
    browser = signed_in(desk.officer)
    url = f"/en/cycles/{desk.cycle.code}/reminders/"
    assert browser.post(url, {"do": "schedule", "before": "30, 7", "after": "1"}).status_code == 302
    page = browser.get(url).content.decode()
    assert ('value="30, 7"' in page, 'value="1"' in page) == (True, True)
    assert browser.post(desk.world.url("remind_state")).status_code == 302
    assert browser.post(url, {"do": "remind_all"}).status_code == 302
    assert Mail.objects.count() == 1
    assert "Olga Officer" in browser.get(url).content.decode()


@pytest.mark.parametrize("before", ["seven", "-3", "400", "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13"])
def test_a_schedule_that_cannot_stand_is_said(desk: Desk, before: str) -> None:
    browser = signed_in(desk.officer)
    answer = browser.post(f"/en/cycles/{desk.cycle.code}/reminders/", {"before": before, "after": ""})
    assert (answer.status_code in (409, 422), Reminder.objects.count()) == (True, 0)
    assert browser.get(f"/en/cycles/{desk.cycle.code}/reminders/?language=%00").status_code == 200


def test_the_page_costs_the_same_for_one_and_three_states(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    desk.schedule(7)
    browser = signed_in(desk.officer)
    url = f"/en/cycles/{desk.cycle.code}/reminders/"
    browser.get(url)
    # Session, person, grants, cycle, schedule, responses, names, people, what was sent, and the name in the preview.
    with django_assert_num_queries(10):
        browser.get(url)
    desk.another("KEN", "Kenya")
    make_grant(make_user(), Role.FOCAL_POINT, scope_of(desk.another("JOR", "Jordan")))
    with django_assert_num_queries(10):
        browser.get(url)
