"""The two-way channel: threads on the record, clarifications, unread and waiting lists, e-mail that only points."""

import datetime
import threading
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries
from tests.factories.archive import submit
from tests.factories.parties import make_grant, make_user
from tests.factories.responses import World, make_world, signed_in

from palermo.base.errors import Refusal
from palermo.base.models import Mail
from palermo.base.templatetags.base_text import date_words
from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent, User
from palermo.responses.actions import messages as actions
from palermo.responses.logic.standing import Standing, standing
from palermo.responses.models import Clarification, Message, Submission, Thread, ThreadReading
from palermo.responses.queries import messages as queries
from palermo.responses.queries.archive import courses, today
from palermo.responses.queries.waiting import waiting_for

pytestmark = pytest.mark.django_db
CODE = "quiz.1.1.implementation"
SECRET = "the words of the message"


@dataclass
class Channel:
    """A response, its focal point, an officer."""

    world: World
    officer: User

    @property
    def focal(self) -> User:
        return self.world.focal_point

    def write(self, by: User, text: str = SECRET, code: str = "", language: str = "en") -> Message:
        return actions.write_about(
            by=by, response=self.world.response, spec=self.world.spec, text=text, language=language, code=code
        )

    def post(self, by: User, thread: Thread, text: str = SECRET) -> Message:
        return actions.post_message(by=by, thread=thread, text=text, language="en")

    def read(self, by: User, thread: Thread) -> None:
        thread.refresh_from_db()
        actions.mark_read(by=by, thread=thread, upto=thread.last_at)

    def ask(self, **more: object) -> Clarification:
        submission = Submission.objects.filter(response=self.world.response).last()
        assert submission is not None
        known: dict[str, object] = {
            "by": self.officer, "submission": submission, "spec": self.world.spec, "subject": "The year",
            "text": SECRET, "language": "en", "due_on": today() + datetime.timedelta(days=10), "code": CODE,
        }  # fmt: skip
        return actions.ask_clarification(**(known | more))  # type: ignore[arg-type]


@pytest.fixture
def channel() -> Channel:
    officer = make_user("Olga Officer")
    make_grant(officer, Role.SECRETARIAT, "/cycles")
    return Channel(make_world(), officer)


@pytest.fixture
def submitted(channel: Channel) -> Channel:
    submit(channel.world.response, {}, by=channel.focal)
    channel.world.response.refresh_from_db()
    Mail.objects.all().delete()
    return channel


def mails() -> list[tuple[str, str]]:
    return list(Mail.objects.order_by("pk").values_list("to_address", "template"))


# ── Threads ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_there_is_one_exchange_about_the_response_and_one_about_each_answer(channel: Channel) -> None:
    first, again = channel.write(channel.focal), channel.write(channel.officer)
    about = channel.write(channel.officer, code=CODE)
    assert (first.thread_id, first.side, again.side) == (again.thread_id, "state", "secretariat")
    assert Thread.objects.count() == 2
    assert about.thread.code == CODE
    assert list(
        AuditEvent.objects.filter(action__in=["open_thread", "post_message"])
        .order_by("pk")
        .values_list("action", flat=True)
    ) == ["open_thread", "post_message", "post_message", "open_thread", "post_message"]


def test_a_message_is_never_changed_and_never_deleted(channel: Channel) -> None:
    message = channel.write(channel.focal)
    for attempt in (
        lambda: Message.objects.filter(pk=message.pk).update(text="other"),
        lambda: Message.objects.filter(pk=message.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert Message.objects.get().text == SECRET


def test_the_side_follows_from_the_role_and_a_reader_writes_nothing(channel: Channel) -> None:
    reader, deputy = channel.world.member(Role.READER), channel.world.member(Role.DEPUTY)
    lead = channel.world.contributor(lead=True)
    scope = channel.world.scope
    sides = [queries.side_of(user, scope) for user in (channel.focal, deputy, reader, channel.officer, lead)]
    assert sides == ["state", "state", "state", "secretariat", ""]
    for user in (reader, lead, make_user()):
        with pytest.raises(Refusal) as refusal:
            channel.write(user)
        assert refusal.value.code == "may_not_write"
    assert Thread.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "language", "code", "why"),
    [
        ("", "en", "", "empty"),
        ("  \n\t ", "en", "", "empty"),
        ("\x00", "en", "", "empty"),
        ("x" * (actions.LONGEST + 1), "en", "", "too_long"),
        ("fine", "xx", "", "language"),
        ("fine", "en", "quiz.9.9.nothing", "question"),
    ],
)
def test_a_message_that_cannot_stand_is_refused_and_opens_nothing(
    channel: Channel, text: str, language: str, code: str, why: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        channel.write(channel.focal, text, code, language)
    assert (refusal.value.code, Thread.objects.count(), Message.objects.count()) == (why, 0, 0)


def test_a_closed_exchange_waits_for_nobody_until_somebody_writes_again(channel: Channel) -> None:
    thread = channel.write(channel.focal).thread
    actions.close_thread(by=channel.officer, thread=thread)
    with pytest.raises(Refusal):
        actions.close_thread(by=channel.officer, thread=thread)
    assert queries.counts_for(queries.threads_for(channel.officer))["waiting"] == 0
    channel.post(channel.focal, thread)
    thread.refresh_from_db()
    assert thread.closed_at is None
    assert queries.counts_for(queries.threads_for(channel.officer))["waiting"] == 1
    actions.close_thread(by=channel.focal, thread=thread)
    actions.reopen_thread(by=channel.focal, thread=thread)
    with pytest.raises(Refusal):
        actions.reopen_thread(by=channel.focal, thread=thread)


def test_unread_and_waiting_follow_who_wrote_and_who_read(channel: Channel) -> None:
    thread = channel.write(channel.focal).thread
    mine = queries.counts_for(queries.threads_for(channel.focal))
    theirs = queries.counts_for(queries.threads_for(channel.officer))
    assert mine == {"unread": 0, "waiting": 0, "clarifications": 0, "all": 1}
    assert theirs == {"unread": 1, "waiting": 1, "clarifications": 0, "all": 1}
    channel.read(channel.officer, thread)
    assert queries.counts_for(queries.threads_for(channel.officer))["unread"] == 0
    channel.post(channel.officer, thread)
    assert queries.counts_for(queries.threads_for(channel.focal)) == {
        "unread": 1, "waiting": 1, "clarifications": 0, "all": 1,
    }  # fmt: skip
    # Nobody of another State sees any of it.
    other = make_user()
    make_grant(other, Role.FOCAL_POINT, "/cycles/2026/quiz/ken")
    assert queries.counts_for(queries.threads_for(other))["all"] == 0
    assert queries.counts_for(queries.threads_for(make_user()))["all"] == 0


def test_what_was_read_never_goes_back(channel: Channel) -> None:
    thread = channel.write(channel.officer).thread
    channel.read(channel.focal, thread)
    actions.mark_read(by=channel.focal, thread=thread, upto=thread.last_at - datetime.timedelta(days=1))
    thread.refresh_from_db()
    assert ThreadReading.objects.get(user=channel.focal).read_at == thread.last_at


# ── E-mail ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def tomorrow() -> datetime.datetime:
    return timezone.now() + datetime.timedelta(days=1)


def test_ten_messages_make_one_mail_and_then_one_digest(channel: Channel) -> None:
    thread = channel.write(channel.officer).thread
    for _number in range(9):
        channel.post(channel.officer, thread)
    assert mails() == [(channel.focal.email, "message_pointer")]
    assert actions.send_digests(at=tomorrow()) == 1
    assert actions.send_digests(at=tomorrow()) == 0
    assert mails() == [(channel.focal.email, "message_pointer"), (channel.focal.email, "message_digest")]
    for mail in Mail.objects.all():
        assert SECRET not in mail.subject + mail.body
        assert f"/en/cycles/2026/quiz/arg/messages/{thread.uuid}/" in mail.body


def test_a_digest_waits_for_its_hour_and_lists_every_exchange_once(channel: Channel) -> None:
    for code in ("", CODE):
        thread = channel.write(channel.officer, code=code).thread
        channel.post(channel.officer, thread)
    assert actions.send_digests(at=timezone.now() - datetime.timedelta(days=1)) == 0
    assert actions.send_digests(at=tomorrow()) == 1
    digest = Mail.objects.get(template="message_digest")
    assert digest.subject == "Unread messages in 2 exchanges"
    assert digest.body.count("/messages/") == 2


def test_whoever_has_read_is_told_at_once_again_and_gets_no_digest(channel: Channel) -> None:
    thread = channel.write(channel.officer).thread
    channel.post(channel.officer, thread)
    channel.read(channel.focal, thread)
    assert actions.send_digests(at=tomorrow()) == 0
    channel.post(channel.officer, thread)
    assert [template for _to, template in mails()] == ["message_pointer", "message_pointer"]


def test_the_digest_tells_nobody_who_has_left(channel: Channel) -> None:
    thread = channel.write(channel.officer).thread
    channel.post(channel.officer, thread)
    channel.focal.grants.update(ended_at=timezone.now())
    assert actions.send_digests(at=tomorrow()) == 0
    assert [template for _to, template in mails()] == ["message_pointer"]


def test_everybody_is_told_in_the_own_language_and_the_writer_is_not(channel: Channel) -> None:
    deputy = channel.world.member(Role.DEPUTY)
    User.objects.filter(pk=deputy.pk).update(language="fr")
    channel.write(channel.officer)
    found = sorted(Mail.objects.values_list("to_address", "language"))
    assert found == sorted([(channel.focal.email, "en"), (deputy.email, "fr")])


def test_of_the_secretariat_those_are_told_who_take_part(channel: Channel) -> None:
    colleague = make_user()
    make_grant(colleague, Role.SECRETARIAT, "/cycles")
    thread = channel.write(channel.focal).thread
    assert sorted(to for to, _template in mails()) == sorted([channel.officer.email, colleague.email])
    channel.post(channel.officer, thread)
    Mail.objects.all().delete()
    channel.post(channel.focal, thread)
    assert mails() == [(channel.officer.email, "message_pointer")]


@pytest.mark.django_db(transaction=True)
def test_messages_at_the_same_time_have_an_order_and_make_one_mail() -> None:
    officer = make_user()
    make_grant(officer, Role.SECRETARIAT, "/cycles")
    channel = Channel(make_world(), officer)
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            channel.write(User.objects.get(pk=officer.pk), f"message {number}")
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failures == []
    assert (Thread.objects.count(), Message.objects.values("at").distinct().count()) == (1, 6)
    assert mails() == [(channel.focal.email, "message_pointer")]


# ── Clarifications ───────────────────────────────────────────────────────────────────────────────────────────────────


def state_of(channel: Channel) -> Standing:
    return standing(courses([channel.world.response])[channel.world.response.pk], timezone.now())


def test_a_clarification_is_asked_answered_and_settled(submitted: Channel) -> None:
    asked = submitted.ask()
    assert state_of(submitted) is Standing.CLARIFICATION
    assert mails() == [(submitted.focal.email, "clarification_asked")]
    assert SECRET not in Mail.objects.get().body
    assert [str(item.text) for item in waiting_for(submitted.focal)] == [
        f"The Secretariat asks for a clarification until {date_words(asked.due_on)}"
    ]
    with pytest.raises(Refusal) as refusal:
        actions.settle_clarification(by=submitted.officer, thread=asked.thread)
    assert refusal.value.code == "not_answered"
    submitted.post(submitted.focal, asked.thread)
    asked.refresh_from_db()
    assert asked.answered_at is not None
    assert [str(item.text) for item in waiting_for(submitted.officer)] == ["A State has answered a clarification"]
    assert [str(item.text) for item in waiting_for(submitted.focal)] == []
    actions.settle_clarification(by=submitted.officer, thread=asked.thread)
    asked.refresh_from_db()
    asked.thread.refresh_from_db()
    assert (asked.withdrawn, asked.settled_by, asked.thread.closed_at) == (False, submitted.officer, asked.settled_at)
    assert state_of(submitted) is Standing.SUBMITTED
    assert waiting_for(submitted.officer) == []
    with pytest.raises(Refusal):
        actions.settle_clarification(by=submitted.officer, thread=asked.thread)


def test_a_clarification_can_be_withdrawn_and_is_not_closed_while_open(submitted: Channel) -> None:
    asked = submitted.ask()
    for by in (submitted.officer, submitted.focal):
        with pytest.raises(Refusal):
            actions.close_thread(by=by, thread=asked.thread)
    actions.settle_clarification(by=submitted.officer, thread=asked.thread, withdraw=True)
    assert (Clarification.objects.get().withdrawn, state_of(submitted)) == (True, Standing.SUBMITTED)


def test_a_clarification_past_its_date_is_overdue_until_it_is_answered(submitted: Channel) -> None:
    asked = submitted.ask()
    late = asked.due_on + datetime.timedelta(days=1)
    assert (queries.is_overdue(asked, asked.due_on), queries.is_overdue(asked, late)) == (False, True)
    submitted.post(submitted.focal, asked.thread)
    asked.refresh_from_db()
    assert queries.is_overdue(asked, late) is False


def test_two_clarifications_about_one_answer_are_two_exchanges(submitted: Channel) -> None:
    submitted.ask()
    submitted.ask(subject="The court")
    submitted.write(submitted.officer, code=CODE)
    assert (Thread.objects.count(), Clarification.objects.count()) == (3, 2)


def test_nothing_is_asked_about_what_is_not_submitted_or_with_a_date_that_has_passed(submitted: Channel) -> None:
    for more, why in (
        ({"due_on": today() - datetime.timedelta(days=1)}, "past"),
        ({"subject": "  "}, "no_subject"),
        ({"subject": "x" * 201}, "subject_too_long"),
        ({"text": " "}, "empty"),
    ):
        with pytest.raises(Refusal) as refusal:
            submitted.ask(**more)
        assert refusal.value.code == why
    for state, why in (("open", "not_submitted"), ("final", "final")):
        type(submitted.world.response).objects.filter(pk=submitted.world.response.pk).update(state=state)
        with pytest.raises(Refusal) as refusal:
            submitted.ask()
        assert refusal.value.code == why
    assert (Thread.objects.count(), Mail.objects.count()) == (0, 0)


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def officer_browser(channel: Channel) -> Client:
    return signed_in(channel.officer)


@pytest.fixture
def focal_browser(channel: Channel) -> Client:
    return signed_in(channel.focal)


def test_both_sides_write_and_read_on_the_pages(
    channel: Channel, officer_browser: Client, focal_browser: Client
) -> None:
    sent = focal_browser.post(
        channel.world.url("write_message"), {"code": CODE, "text": "مرحبا", "language": "ar"}, follow=True
    )
    assert '<div dir="auto" lang="ar"><p>مرحبا</p></div>' in sent.content.decode()
    listed = officer_browser.get("/en/messages/").content.decode()
    assert "Argentina" in listed
    assert "What of quiz.1.1.implementation?" in listed or "Is it a criminal offence?" in listed
    thread = Thread.objects.get()
    url = channel.world.url("thread", thread=str(thread.uuid))
    assert '<span class="tag info">new</span>' in officer_browser.get(url).content.decode()
    assert '<span class="tag info">new</span>' not in officer_browser.get(url).content.decode()
    assert officer_browser.post(url, {"text": "Thank you.", "language": "en"}).status_code == 302
    assert [message.side for message in queries.messages_of(thread)] == ["state", "secretariat"]


def test_a_clarification_goes_its_way_on_the_pages(
    submitted: Channel, officer_browser: Client, focal_browser: Client
) -> None:
    due = (today() + datetime.timedelta(days=5)).isoformat()
    asked = officer_browser.post(
        submitted.world.url("ask_clarification"),
        {"code": "", "subject": "The year", "text": "Which?", "language": "en", "due_on": due},
        follow=True,
    )
    assert "clarification asked" in asked.content.decode()
    thread = Thread.objects.get()
    url, settle = (submitted.world.url(name, thread=str(thread.uuid)) for name in ("thread", "settle_clarification"))
    assert focal_browser.post(settle, {"do": "settle"}).status_code == 403
    assert focal_browser.post(url, {"text": "2024", "language": "en"}).status_code == 302
    done = officer_browser.post(settle, {"do": "settle"}, follow=True)
    assert "The clarification is settled." in done.content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {"text": "", "language": "en"},
        {"text": "x" * 20_001, "language": "en"},
        {"text": "fine", "language": "tlh"},
        {"text": "fine"},
        {},
        {"code": "nothing.like.it", "text": "fine", "language": "en"},
    ],
)
def test_hostile_input_is_said_and_nothing_is_kept(
    channel: Channel, focal_browser: Client, data: dict[str, str]
) -> None:
    assert focal_browser.post(channel.world.url("write_message"), data).status_code == 422
    assert Message.objects.count() == 0


def test_an_exchange_that_is_not_there_is_not_found(channel: Channel, focal_browser: Client) -> None:
    url = channel.world.url("thread", thread="00000000-0000-4000-8000-000000000000")
    assert focal_browser.get(url).status_code == 404
    assert focal_browser.get(url.replace("00000000-0000-4000-8000-000000000000", "no-uuid")).status_code == 404


def test_a_reader_reads_and_is_told_that_writing_is_not_allowed(channel: Channel) -> None:
    thread = channel.write(channel.officer).thread
    browser = signed_in(channel.world.member(Role.READER))
    url = channel.world.url("thread", thread=str(thread.uuid))
    assert SECRET in browser.get(url).content.decode()
    assert browser.post(url, {"text": "mine", "language": "en"}).status_code == 403
    assert browser.get(channel.world.url("write_message")).status_code == 403
    assert Message.objects.count() == 1


def test_unknown_filters_are_said_and_left_out(channel: Channel, officer_browser: Client) -> None:
    channel.write(channel.focal)
    for query in (
        "?show=nonsense",
        "?state=XX",
        "?state=%00",
        "?show=%F0&page=999999",
        "?page=x",
        "?state=" + "A" * 999,
    ):
        answer = officer_browser.get(f"/en/messages/{query}")
        assert answer.status_code == 200
        assert "Argentina" in answer.content.decode() or "unread" in answer.content.decode().lower()


def test_article_page_shows_what_is_said_about_each_question_and_how_to_write(channel: Channel) -> None:
    channel.write(channel.focal)
    channel.write(channel.officer, code=CODE)
    channel.write(channel.officer, code=CODE)
    focal = signed_in(channel.focal)
    page = focal.get(channel.world.url("section", "art-1"))
    [asked] = [field for field in page.context["fields"] if field.around.exchanges is not None]
    found = asked.around.exchanges
    assert (asked.code, found.messages, found.unread, found.waits, len(found.threads)) == (CODE, 2, 2, True, 1)
    text = page.content.decode()
    listing = channel.world.url("messages")
    assert text.count(f'href="{listing}?about={CODE}"') == 1
    assert text.count("waits for an answer of your side") == 1
    assert f'href="{channel.world.url("write_message")}?about=quiz.1.1.difficulties"' in text
    assert f'href="{channel.world.url("write_message")}?about={CODE}"' not in text
    listed = focal.get(f"{listing}?about={CODE}")
    assert [line.thread.code for line in listed.context["lines"]] == [CODE]
    unknown = focal.get(f"{listing}?about=no.such")
    assert (len(unknown.context["lines"]), "names no question" in unknown.content.decode()) == (2, True)
    # A contributor reads no messages, and learns of none.
    other = signed_in(channel.world.contributor()).get(channel.world.url("section", "art-1"))
    assert [field.code for field in other.context["fields"] if field.around.exchanges is not None] == []
    assert "/messages/" not in other.content.decode()


@pytest.mark.parametrize(("name", "section"), [("section", "art-1"), ("hub", ""), ("check", ""), ("messages", "")])
def test_tab_of_a_response_says_how_many_messages_are_unread(channel: Channel, name: str, section: str) -> None:
    for _number in range(2):
        channel.write(channel.officer)
    where = channel.world.url(name, section) if section else channel.world.url(name)
    focal = signed_in(channel.focal)
    words = "(2 unread messages)"
    assert words in focal.get(where).content.decode()
    channel.read(channel.focal, Thread.objects.get())
    assert "unread message" not in focal.get(where).content.decode()


def test_desks_say_how_much_is_unread(channel: Channel, officer_browser: Client) -> None:
    channel.write(channel.focal)
    channel.write(channel.focal, code=CODE)
    assert "(2 unread messages)" in officer_browser.get(channel.world.url("desk")).content.decode()
    for page in ("/en/desk/", "/en/messages/"):
        assert "(2 exchanges with unread messages)" in officer_browser.get(page).content.decode()
    assert "exchanges with unread" not in officer_browser.get("/en/cycles/").content.decode()


def test_article_page_costs_seven_queries_however_much_is_written(
    channel: Channel, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    focal, where = signed_in(channel.focal), channel.world.url("section", "art-1")
    focal.get(where)
    for code in ("", CODE, "quiz.1.1.difficulties"):
        with django_assert_num_queries(7):
            focal.get(where)
        channel.write(channel.officer, code=code)


def test_one_and_three_exchanges_cost_the_same(
    channel: Channel, officer_browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    channel.write(channel.focal)
    pages = ["/en/messages/", channel.world.url("messages")]
    for page in pages:
        officer_browser.get(page)

    def measure() -> None:
        # Session, person, grants; then the counts, the number, the threads and the names of the States.
        with django_assert_num_queries(7):
            officer_browser.get(pages[0])
        # Session, person, grants; then the place, the threads and the names.
        with django_assert_num_queries(6):
            officer_browser.get(pages[1])

    measure()
    for code in (CODE, "quiz.1.1.difficulties"):
        channel.write(channel.focal, code=code)
    measure()


def test_a_thread_costs_the_same_with_one_and_three_messages(
    channel: Channel, officer_browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    thread = channel.write(channel.focal).thread
    url = channel.world.url("thread", thread=str(thread.uuid))
    officer_browser.get(url)
    for _round in range(2):
        with django_assert_num_queries(7):
            officer_browser.get(url)
        for _number in range(2):
            channel.post(channel.officer, thread)
        officer_browser.get(url)
