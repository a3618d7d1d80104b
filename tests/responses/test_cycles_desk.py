"""The Secretariat's page of one State, the narrowed list of a cycle, the queue of help, release and the end."""

import datetime
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories.parties import make_grant, make_party, make_user
from tests.factories.questionnaires import make_spec, question
from tests.factories.responses import World, make_world, signed_in
from tests.factories.treaties import make_instrument

from palermo.base.errors import Refusal
from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent, Group, GroupMembership, Party, User
from palermo.questionnaires.actions import publish_version, store_draft
from palermo.responses.actions.answers import refuse_unless_open
from palermo.responses.actions.cycles import answer_help_request, ask_for_help, decide_reopening, invite_states
from palermo.responses.actions.notes import record_note
from palermo.responses.actions.workflow import (
    finalise_response,
    oblige_response,
    release_response,
    request_reopening,
)
from palermo.responses.models import (
    Clarification,
    Cycle,
    CycleQuestionnaire,
    Response,
    StateChange,
    Submission,
    Thread,
)
from palermo.responses.queries.archive import today
from palermo.responses.queries.cycles import FILTERS, overview
from palermo.responses.queries.waiting import waiting_for

pytestmark = pytest.mark.django_db
CODE = "quiz.1.1.implementation"
NOW = timezone.now


@pytest.fixture
def world() -> World:
    return make_world(make_spec({"art-1": [question(CODE, "implementation")]}))


@pytest.fixture
def officer(world: World) -> User:
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


def submitted(response: Response, at: datetime.datetime | None = None, number: int = 1) -> Submission:
    """A response that has been submitted, as far as the Secretariat's pages need it."""
    moment = at or NOW()
    Response.objects.filter(pk=response.pk).update(state="submitted", submitted_at=moment, begun_at=moment)
    response.refresh_from_db()
    return Submission.objects.create(
        response=response, number=number, receipt=f"QUIZ-2026-{response.party.code}-{number:02d}", at=moment,
        by_name="Somebody", schema=1, snapshot="{}", sha256="0" * 64,
    )  # fmt: skip


def another(world: World, code: str, name: str = "") -> Response:
    """Another invited State."""
    return Response.objects.create(
        cycle=world.response.cycle,
        questionnaire=world.response.questionnaire,
        party=make_party(code, name or code.title()),
        version=world.response.version,
    )


def asked(submission: Submission, by: User) -> Clarification:
    """A clarification that is open."""
    thread = Thread.objects.create(response=submission.response, subject="What is meant?")
    return Clarification.objects.create(
        thread=thread, submission=submission, due_on=today() + datetime.timedelta(days=10), asked_by=by
    )


# ── Release, obligation, final ───────────────────────────────────────────────────────────────────────────────────────


def test_release_and_taking_it_back_stay_on_record(world: World, officer: User) -> None:
    response = world.response
    assert refused(lambda: release_response(by=officer, response=response, reason=" ")) == "empty"
    assert refused(lambda: oblige_response(by=officer, response=response, reason="Because")) == "not_released"
    release_response(by=officer, response=response, reason="Not yet bound")
    assert refused(lambda: release_response(by=officer, response=response, reason="Again")) == "released"
    response.refresh_from_db()
    first = StateChange.objects.get()
    assert (response.released_at, first.kind, first.reason) == (first.at, "released", "Not yet bound")
    assert refused(lambda: oblige_response(by=officer, response=response, reason="")) == "empty"
    oblige_response(by=officer, response=response, reason="It ratified")
    response.refresh_from_db()
    assert response.released_at is None
    assert list(StateChange.objects.values_list("kind", "reason")) == [
        ("released", "Not yet bound"),
        ("obliged", "It ratified"),
    ]
    assert list(AuditEvent.objects.filter(scope=world.scope).order_by("pk").values_list("action", flat=True)) == [
        "release_response",
        "oblige_response",
    ]


def test_whoever_has_submitted_is_not_released(world: World, officer: User) -> None:
    submitted(world.response)
    assert refused(lambda: release_response(by=officer, response=world.response, reason="Why")) == "submitted"


def test_a_released_state_may_still_answer(world: World, officer: User) -> None:
    release_response(by=officer, response=world.response, reason="Not bound")
    assert world.save(CODE, "yes").revision == 1


def test_final_is_asked_for_on_a_page_that_says_what_it_means(world: World, client: Client) -> None:
    submitted(world.response)
    where = world.url("finalise")
    assert f'href="{where}"' in client.get(world.url("desk")).content.decode()
    page = client.get(where)
    text = " ".join(page.content.decode().split())
    assert (page.status_code, "no clarification can be asked any more" in text) == (200, True)
    assert not StateChange.objects.exists()
    assert client.post(where).status_code == 302
    world.response.refresh_from_db()
    assert world.response.state == "final"
    assert client.post(where).status_code == 409


def test_a_cycle_leads_to_its_added_questions(world: World, client: Client) -> None:
    assert "/en/cycles/2026/supplement/?questionnaire=quiz" in client.get("/en/cycles/2026/").content.decode()


def test_a_state_finds_its_notes_verbales(world: World) -> None:
    focal = signed_in(world.focal_point)
    for page in ("hub", "messages"):
        assert f'href="{world.url("notes")}"' in focal.get(world.url(page)).content.decode()
    contributor = signed_in(world.contributor()).get(world.url("hub")).content.decode()
    assert "/notes/" not in contributor


def test_final_refuses_while_something_is_open_and_locks_the_answers(world: World, officer: User) -> None:
    response = world.response
    assert refused(lambda: finalise_response(by=officer, response=response)) == "not_submitted"
    submission = submitted(response)
    clarification = asked(submission, officer)
    assert refused(lambda: finalise_response(by=officer, response=response)) == "clarification"
    Clarification.objects.filter(pk=clarification.pk).update(settled_at=NOW())
    request = request_reopening(by=world.focal_point, submission=submission, reason="A figure")
    assert refused(lambda: finalise_response(by=officer, response=response)) == "reopening"
    decide_reopening(by=officer, request=request, granted=False, decision="No")
    finalise_response(by=officer, response=response)
    response.refresh_from_db()
    assert response.state == "final"
    assert refused(lambda: finalise_response(by=officer, response=response)) == "final"
    assert refused(lambda: refuse_unless_open(response.state)) == "final"
    assert refused(lambda: world.save(CODE, "yes")) == "final"
    assert list(StateChange.objects.values_list("kind", flat=True)) == ["finalised"]


def test_a_final_response_is_reopened_on_request(world: World, officer: User) -> None:
    submission = submitted(world.response)
    finalise_response(by=officer, response=world.response)
    request = request_reopening(by=world.focal_point, submission=submission, reason="A new law")
    decide_reopening(by=officer, request=request, granted=True, decision="")
    world.response.refresh_from_db()
    assert world.response.state == "open"
    assert list(StateChange.objects.values_list("kind", flat=True)) == ["finalised", "reopened"]
    assert world.save(CODE, "yes").revision == 1


# ── The list of a cycle ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def course(world: World, officer: User) -> dict[str, Response]:
    """One State of every kind; the date has passed, and one has more time."""
    cycle = world.response.cycle
    cycle.due_on = today() - datetime.timedelta(days=5)
    cycle.save()
    african = Group.objects.create(code="african", kind="un-group", order=1, texts={"en": {"name": "African States"}})
    found = {code: another(world, code) for code in ("NEW", "BEG", "SUB", "CLA", "REO", "FIN", "OFF", "EXT")}
    Response.objects.filter(pk=found["BEG"].pk).update(begun_at=NOW())
    in_time = NOW() - datetime.timedelta(days=9)
    for code in ("SUB", "CLA", "REO", "FIN"):
        Response.objects.filter(pk=found[code].pk).update(invited_at=in_time, recorded_at=in_time)
        submitted(found[code], in_time if code != "SUB" else None)
    asked(Submission.objects.get(response=found["CLA"]), officer)
    StateChange.objects.create(response=found["REO"], kind="reopened")
    finalise_response(by=officer, response=found["FIN"])
    release_response(by=officer, response=found["OFF"], reason="Not bound")
    found["EXT"].extensions.create(due_on=today() + datetime.timedelta(days=5))
    for code in ("NEW", "SUB"):
        GroupMembership.objects.create(
            party=found[code].party, group=african, kind="un-group", validity=(datetime.date(1990, 1, 1), None)
        )
    return found


def shown(page: object) -> list[str]:
    return sorted(state.party for _region, states in page.context["shown"] for state, _label, _kind in states)  # type: ignore[attr-defined]


def test_every_state_of_a_response_has_its_place_in_the_list(course: dict[str, Response], client: Client) -> None:
    found = {chosen: shown(client.get("/en/cycles/2026/", {"state": chosen})) for chosen in FILTERS}
    assert found == {
        "not_begun": ["arg", "ext", "new"],
        "begun": ["beg"],
        "submitted": ["sub"],
        "clarification": ["cla"],
        "reopened": ["reo"],
        "final": ["fin"],
        "no_obligation": ["off"],
        "late": ["sub"],
        "overdue": ["arg", "beg", "new"],
        "without": ["beg", "cla", "ext", "fin", "new", "off", "reo", "sub"],
    }
    page = client.get("/en/cycles/2026/")
    assert {code: page.context["counts"][code] for code in FILTERS} == {code: len(found[code]) for code in FILTERS}


def test_the_list_is_narrowed_by_region_and_state_together(course: dict[str, Response], client: Client) -> None:
    assert shown(client.get("/en/cycles/2026/", {"region": "african"})) == ["new", "sub"]
    assert shown(client.get("/en/cycles/2026/", {"region": "african", "state": "overdue"})) == ["new"]
    assert shown(client.get("/en/cycles/2026/", {"region": "outside", "state": "begun"})) == ["beg"]
    nobody = client.get("/en/cycles/2026/", {"region": "african", "state": "final"})
    assert (shown(nobody), "No State is of this kind" in nobody.content.decode()) == ([], True)


@pytest.mark.parametrize("query", [{"state": "lost"}, {"region": "moon"}, {"state": "\x00"}])
def test_a_filter_that_is_not_known_is_left_out_and_said(
    course: dict[str, Response], client: Client, query: dict[str, str]
) -> None:
    page = client.get("/en/cycles/2026/", query)
    assert len(shown(page)) == 9
    assert "it has been left out" in page.content.decode()


def test_the_list_needs_as_many_queries_for_one_state_as_for_three(world: World, client: Client) -> None:
    submitted(world.response)
    client.get("/en/cycles/2026/")
    with CaptureQueriesContext(connection) as one:
        client.get("/en/cycles/2026/")
    for code in ("KEN", "SEN"):
        submitted(another(world, code))
    with CaptureQueriesContext(connection) as three:
        client.get("/en/cycles/2026/")
    # session, user, grants; cycle, what it asks; responses, names, groups, receipts; submissions, steps, clarifications
    # and extensions of their courses; dates moved; nominations, help, reopening
    assert (len(one), len(three)) == (17, 17)


# ── The page of one State ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_desk_gathers_everything_and_nothing_of_the_draft(world: World, officer: User, client: Client) -> None:
    world.save(CODE, "in_part", text="A secret of the draft")
    ask_for_help(by=world.focal_point, response=world.response, text="A workshop, please", language="en")
    record_note(
        by=officer, response=world.response, direction="sent", reference="N 17", dated_on=today(), language="en"
    )
    page = client.get(world.url("desk")).content.decode()
    words = ("Lucía Fernández", "A workshop, please", "N 17", "Give more time", "Release from answering", ">begun<")
    assert [word for word in words if word not in page] == []
    assert "A secret of the draft" not in page
    assert "clear" not in page.lower()


def test_the_desk_needs_as_many_queries_with_much_on_record(world: World, officer: User, client: Client) -> None:
    where = world.url("desk")
    client.get(where)
    with CaptureQueriesContext(connection) as little:
        client.get(where)
    for number in range(3):
        ask_for_help(by=world.focal_point, response=world.response, text=f"Help {number}", language="en")
        record_note(
            by=officer, response=world.response, direction="sent", reference=f"N {number}", dated_on=today(),
            language="en",
        )  # fmt: skip
    release_response(by=officer, response=world.response, reason="Why")
    with CaptureQueriesContext(connection) as much:
        client.get(where)
    # session, user, grants; the response; submissions, steps, clarifications and extensions of its course; dates
    # moved; receipts, extensions, steps, reopening, help, notes (and their files), paper; the team: grants,
    # assignments; unread messages
    assert (len(little), len(much)) == (19, 20)


def test_the_desk_does_what_its_buttons_say(world: World, client: Client) -> None:
    desk = world.url("desk")
    empty = client.post(world.url("obligation"), {"reason": ""})
    assert (empty.status_code, empty.context["form"].errors) == (422, {"reason": ["This field is required."]})
    assert client.post(world.url("obligation"), {"reason": "Not bound"})["Location"] == desk
    page = client.get(desk).content.decode()
    assert [word in page for word in ("no obligation", "Not bound", "Ask the State again")] == [True] * 3
    assert client.post(world.url("obligation"), {"reason": "It ratified"})["Location"] == desk
    submission = submitted(world.response)
    clarification = asked(submission, world.focal_point)
    refused = client.post(world.url("finalise"))
    assert (refused.status_code, "A clarification is open." in refused.content.decode()) == (409, True)
    page = client.get(desk).content.decode()
    assert [word for word in ("under clarification", "1 clarification is open.") if word not in page] == []
    Clarification.objects.filter(pk=clarification.pk).update(settled_at=NOW())
    client.post(world.url("finalise"))
    page = client.get(desk).content.decode()
    assert ('<span class="tag done">final</span>' in page, "Make the response final" in page) == (True, False)


def test_pages_of_the_state_show_that_it_is_final(world: World, officer: User) -> None:
    submission = submitted(world.response)
    finalise_response(by=officer, response=world.response)
    state = signed_in(world.focal_point)
    assert "The response is final" in state.get(world.url("hub")).content.decode()
    assert submission.receipt in state.get(world.url("submit")).content.decode()


# ── Help to report ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_queue_of_help_has_open_requests_first_and_says_what_was_done(
    world: World, officer: User, client: Client
) -> None:
    kenya = another(world, "KEN", "Kenya")
    first = ask_for_help(by=world.focal_point, response=world.response, text="Explain article 5", language="en")
    ask_for_help(by=world.focal_point, response=kenya, text="Translate", language="en")
    ask_for_help(by=world.focal_point, response=world.response, text="A workshop", language="en")
    answer_help_request(by=officer, request=first)
    record_note(by=officer, response=kenya, direction="sent", reference="N 9", dated_on=today(), language="en")
    page = client.get("/en/cycles/help/")
    lines = [*page.context["waiting"], *page.context["done"]]
    assert [(line.name, line.request.text, line.note and line.note.reference) for line in lines] == [
        ("Kenya", "Translate", "N 9"),
        ("Argentina", "A workshop", None),
        ("Argentina", "Explain article 5", None),
    ]
    assert "note verbale N 9 sent" in page.content.decode()
    assert [item.url for item in waiting_for(officer)] == [
        World(kenya, world.spec, officer).url("desk"),
        world.url("desk"),
    ]
    back = client.post(
        world.url("take_up_help", asked=page.context["waiting"][1].request.pk), {"next": "/en/cycles/help/"}
    )
    assert back["Location"] == "/en/cycles/help/"
    assert len(client.get("/en/cycles/help/").context["waiting"]) == 1


def test_the_queue_of_help_needs_as_many_queries_for_many(world: World, client: Client) -> None:
    ask_for_help(by=world.focal_point, response=world.response, text="Help", language="en")
    client.get("/en/cycles/help/")
    counts = []
    for code in ("", "KEN", "SEN"):
        if code:
            ask_for_help(by=world.focal_point, response=another(world, code), text="Help", language="en")
        with CaptureQueriesContext(connection) as queries:
            client.get("/en/cycles/help/")
        counts.append(len(queries))
    # session, user, grants; those that wait, those that were taken up, names, notes
    assert counts == [7, 7, 7]


def test_help_is_no_code_of_a_cycle(world: World, client: Client) -> None:
    page = client.post("/en/cycles/open/", {"code": "help"})
    assert page.context["form"].errors["code"] == ["This word is used by the pages themselves; choose another code."]


# ── Inviting ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def second_questionnaire(world: World) -> CycleQuestionnaire:
    """Another questionnaire in the same cycle, about another treaty."""
    spec = make_spec({"art-1": [question("other.1.1.practice", provision="other.1.1")]})
    spec = replace(spec, questionnaire="other", treaty="other")
    make_instrument("other", {"other.1.1", "other.1"})
    version = publish_version(by=None, version=store_draft(by=None, spec=spec))
    return CycleQuestionnaire.objects.create(
        cycle=world.response.cycle, questionnaire=version.questionnaire, version=version
    )


def test_the_preview_says_who_would_be_invited_and_sends_nothing(world: World, client: Client) -> None:
    nil = make_party("NIL", "Nil")
    data = {"basis": "non_parties", "on": "2026-11-24"}
    page = client.post("/en/cycles/2026/invite/", data)
    assert (page.status_code, page.context["chosen_count"], Response.objects.count()) == (200, 1, 1)
    ((item, _title),) = page.context["chosen"]
    assert ([party for party, _name in item.by_status], item.already) == ([nil], 1)
    text = page.content.decode()
    assert [word in text for word in ("1 invitation would be sent", "Nil", "Invite these States")] == [True] * 3
    client.post("/en/cycles/2026/invite/", {**data, "step": "send"})
    again = client.post("/en/cycles/2026/invite/", data)
    assert "Nobody new would be invited" in again.content.decode()
    assert "Invite these States" not in again.content.decode()


def test_several_questionnaires_are_sent_out_in_one_form(world: World, client: Client) -> None:
    first = CycleQuestionnaire.objects.get()
    second = second_questionnaire(world)
    nil = make_party("NIL", "Nil")
    form = client.get("/en/cycles/2026/invite/", {"questionnaire": "other"}).context["form"]
    assert form["asked"].value() == [second.pk]
    data = {"basis": "by_hand", "on": "2026-11-24", "parties": [nil.pk, world.response.party_id]}
    missing = client.post("/en/cycles/2026/invite/", data)
    assert missing.context["form"].errors == {"asked": ["Choose at least one questionnaire."]}
    page = client.post("/en/cycles/2026/invite/", {**data, "asked": [first.pk, second.pk]})
    assert [(len(item.new), item.already) for item, _title in page.context["chosen"]] == [(2, 0), (1, 1)]
    assert page.context["chosen_count"] == 3
    client.post("/en/cycles/2026/invite/", {**data, "asked": [first.pk, second.pk], "step": "send"})
    asked_now = Response.objects.order_by("questionnaire__code", "party__code")
    assert list(asked_now.values_list("questionnaire__code", "party__code", "basis")) == [
        ("other", "ARG", "by_hand"),
        ("other", "NIL", "by_hand"),
        ("quiz", "ARG", ""),
        ("quiz", "NIL", "by_hand"),
    ]


def test_status_and_hand_keep_their_own_basis(world: World, officer: User) -> None:
    cycle, questionnaire = Cycle.objects.get(), world.response.questionnaire
    states: list[Party] = [make_party(code, code.title()) for code in ("AAA", "BBB")]
    day = datetime.date(2009, 10, 1)
    count = invite_states(
        by=officer, cycle=cycle, questionnaire=questionnaire, parties_invited=states[:1], basis="deposited",
        basis_on=day, chosen_besides=states,
    )  # fmt: skip
    found = Response.objects.exclude(pk=world.response.pk).order_by("party__code")
    assert (count, list(found.values_list("party__code", "basis", "basis_on"))) == (
        2,
        [("AAA", "deposited", day), ("BBB", "by_hand", None)],
    )
    assert refused(
        lambda: invite_states(
            by=officer, cycle=cycle, questionnaire=questionnaire, parties_invited=states, basis="friends"
        )
    ) == "basis"  # fmt: skip
    assert len(overview(cycle, questionnaire, "en").invited) == 3
