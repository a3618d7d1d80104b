"""The pages of answering: what they show, to whom, and what saving does."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories.parties import make_grant, make_user
from tests.factories.questionnaires import ALL_KINDS, make_spec, question
from tests.factories.responses import World, make_world, row, signed_in

from palermo.base.models import Mail
from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent, User
from palermo.responses.actions.workflow import declare_section
from palermo.responses.logic.content import from_canonical
from palermo.responses.models import Answer, AnswerRevision, AnswerRow, Conflict, Declaration, Response

pytestmark = pytest.mark.django_db

OFFENCE = "quiz.1.1.implementation"
LAWS = "quiz.1.1.measures"
FIGURES = "quiz.1.1.practice"
UUID = "0b8a4a4e-6a55-4b0c-9a57-6a3a3f7b2f10"


@pytest.fixture
def world() -> World:
    return make_world()


@contextmanager
def queries(number: int) -> Iterator[None]:
    """Exactly so many queries, beside those that only begin and end transactions."""
    with CaptureQueriesContext(connection) as caught:
        yield
    asked = [query["sql"] for query in caught if not re.match(r"SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT", query["sql"])]
    assert len(asked) == number, "\n".join(asked)


def autosave(world: World, user: User, code: str, fields: dict[str, object], *, base: int = 0, section: str = "art-1"):
    """What the script sends for one answer, and the reply."""
    sent = {f"{code}:{name}": value for name, value in fields.items()}
    return signed_in(user).post(
        world.url("save_answer", section, code=code),
        {**sent, f"{code}:revision": str(base), "person": str(user.pk)},
        headers={"Accept": "application/json"},
    )


def stored(world: World, code: str) -> dict[str, object]:
    return Answer.objects.get(response=world.response, question_id=code).content


# ── The page ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_section_shows_every_question_in_order(world: World) -> None:
    page = signed_in(world.focal_point).get(world.url("section", "art-1"))
    assert [field.code for field in page.context["fields"]] == [asked.code for asked in ALL_KINDS]


def test_section_takes_seven_queries(world: World) -> None:
    world.save(OFFENCE, "yes")
    client = signed_in(world.focal_point)
    with queries(7):
        client.get(world.url("section", "art-1"))


def test_section_takes_seven_queries_for_a_contributor(world: World) -> None:
    client = signed_in(world.contributor(aspects=["figures"]))
    with queries(7):
        client.get(world.url("section", "art-1"))


def test_section_hides_questions_that_do_not_apply_and_lists_their_kept_answers(world: World) -> None:
    world.save(OFFENCE, "yes")
    world.save("quiz.1.1.measures.model", "agreement")
    world.save(OFFENCE, "no", base=1)
    page = signed_in(world.focal_point).get(world.url("section", "art-1"))
    assert [field.code for field in page.context["parked"]] == ["quiz.1.1.measures.model"]
    assert [field.code for field in page.context["fields"] if not field.around.applies] == ["quiz.1.1.measures.model"]
    assert '<div data-asked="quiz.1.1.measures.model" hidden>' in page.text


def test_section_is_read_only_for_a_reader(world: World) -> None:
    world.save(OFFENCE, "in_part", text="Only partly.")
    page = signed_in(world.member(Role.READER)).get(world.url("section", "art-1"))
    assert "Only partly." in page.text
    assert re.findall(r"<textarea|type=\"radio\"|autosave", page.text) == []


def test_section_is_read_only_and_says_why_once_cleared(world: World) -> None:
    Response.objects.update(state="cleared", cleared_at=timezone.now())
    page = signed_in(world.focal_point).get(world.url("section", "art-1"))
    assert page.context["closed"] == (
        "The response has been cleared and waits to be submitted. The focal point can take the clearance back."
    )
    assert "<textarea" not in page.text


def test_section_lets_a_contributor_edit_the_aspects_handed_over(world: World) -> None:
    page = signed_in(world.contributor(aspects=["figures"])).get(world.url("section", "art-1"))
    assert [field.code for field in page.context["fields"] if field.around.editable] == [FIGURES]


@pytest.mark.parametrize("name", ["section", "save_section"])
def test_section_of_another_state_is_not_found(world: World, name: str) -> None:
    assert signed_in(make_user()).get(world.url(name, "art-1")).status_code == 404


def test_section_not_handed_over_is_not_found(world: World) -> None:
    assert signed_in(world.contributor("art-2")).get(world.url("section", "art-1")).status_code == 404


def test_unknown_section_is_not_found(world: World) -> None:
    assert signed_in(world.focal_point).get(world.url("section", "art-99")).status_code == 404


def test_stranger_is_asked_to_sign_in(world: World) -> None:
    assert Client().get(world.url("section", "art-1")).status_code == 302


# ── Autosave ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_autosave_replies_with_the_new_revision_and_progress(world: World) -> None:
    reply = autosave(world, world.focal_point, OFFENCE, {"value": "in_part", "text": "Partly.", "language": "en"})
    said = reply.json()
    assert (reply.status_code, said["revision"], said["answered"], said["total"]) == (200, 1, 1, 11)
    assert said["progress"] == "1 of 11 questions answered"
    assert re.fullmatch(r"Saved \d\d:\d\d UTC · Lucía Fernández, Ministry of Justice", said["sign"])
    assert stored(world, OFFENCE) == {"value": "in_part", "text": "Partly.", "language": "en"}


def test_autosave_reply_stays_below_a_kilobyte_whatever_is_wrong(world: World) -> None:
    fields = {f"cell-investigations-{year}": "x" * 300 for year in range(2000, 2040)}
    reply = autosave(world, world.focal_point, FIGURES, fields)
    assert len(reply.json()["remarks"]) == 5
    assert len(reply.content) <= 1024


@pytest.mark.parametrize(("saves", "number"), [(1, 7), (2, 7)], ids=["first answer to the question", "changed answer"])
def test_autosave_takes_seven_queries(world: World, saves: int, number: int) -> None:
    world.save("quiz.1.1.difficulties", text="So that the response has begun.")
    client = signed_in(world.focal_point)
    address = world.url("save_answer", "art-1", code=OFFENCE)
    for base in range(saves - 1):
        client.post(address, {f"{OFFENCE}:value": "yes", f"{OFFENCE}:revision": str(base)})
    with queries(number):
        reply = client.post(address, {f"{OFFENCE}:value": "no", f"{OFFENCE}:revision": str(saves - 1)})
    assert reply.json()["revision"] == saves


def test_autosave_of_rows_takes_eight_queries(world: World) -> None:
    world.save("quiz.1.1.difficulties", text="So that the response has begun.")
    client = signed_in(world.focal_point)
    with queries(8):
        client.post(
            world.url("save_answer", "art-1", code=LAWS),
            {f"{LAWS}:rows-0-title": "Penal Code", f"{LAWS}:rows-0-uuid": UUID, f"{LAWS}:revision": "0"},
        )
    assert AnswerRow.objects.get().fields == {"title": "Penal Code"}


def test_autosave_that_undoes_a_declaration_takes_eight_queries(world: World) -> None:
    world.save(OFFENCE, "yes")
    Declaration.objects.create(response=world.response, section="art-1", declared_by=world.focal_point)
    client = signed_in(world.focal_point)
    with queries(8):
        reply = client.post(
            world.url("save_answer", "art-1", code=OFFENCE), {f"{OFFENCE}:value": "no", f"{OFFENCE}:revision": "1"}
        )
    assert reply.json()["undone"] is True
    assert Declaration.objects.get().undone_by_code == OFFENCE


@pytest.mark.parametrize("size", [100, 400, 1600])
def test_autosave_takes_seven_queries_however_large_the_questionnaire(size: int) -> None:
    sections = {
        f"art-{number}": [
            question(f"quiz.{number}.1.q{place}", section=f"art-{number}", provision=f"quiz.{number}.1")
            for place in range(10)
        ]
        for number in range(1, size // 10 + 1)
    }
    world = make_world(make_spec(MappingProxyType(sections)))
    world.save("quiz.2.1.q1", "yes")
    client = signed_in(world.focal_point)
    with queries(7):
        client.post(world.url("save_answer", "art-1", code="quiz.1.1.q1"), {"quiz.1.1.q1:value": "yes"})


def test_autosave_says_what_appeared_and_disappeared(world: World) -> None:
    world.save(OFFENCE, "yes")
    gone = autosave(world, world.focal_point, OFFENCE, {"value": "no"}, base=1).json()
    back = autosave(world, world.focal_point, OFFENCE, {"value": "yes"}, base=2).json()
    assert (gone.get("disappeared"), back.get("appeared")) == (["quiz.1.1.measures.model"], ["quiz.1.1.measures.model"])


def test_autosave_says_that_an_answer_contradicts_its_limits(world: World) -> None:
    said = autosave(world, world.focal_point, "quiz.1.1.practice.share", {"value": "250"}).json()
    assert said["invalid"] == ["quiz.1.1.practice.share"]
    assert stored(world, "quiz.1.1.practice.share") == {"value": "250"}


def test_autosave_keeps_both_texts_when_somebody_was_faster(world: World) -> None:
    other = world.contributor(name="Juan Pérez")
    world.save(OFFENCE, "yes", text="First.")
    world.save(OFFENCE, "yes", by=other, text="Theirs.", base=1)
    reply = autosave(world, world.focal_point, OFFENCE, {"value": "yes", "text": "Mine.", "language": "en"}, base=1)
    said = reply.json()
    assert (reply.status_code, said["code"]) == (409, "conflict")
    assert said["conflict"] == world.url("conflict", "art-1", code=OFFENCE)
    assert stored(world, OFFENCE)["text"] == "Theirs."
    assert Conflict.objects.get().mine.content["text"] == "Mine."


def test_autosave_of_what_stands_already_is_saved_whatever_its_base(world: World) -> None:
    world.save(OFFENCE, "yes", text="Same.")
    reply = autosave(world, world.focal_point, OFFENCE, {"value": "yes", "text": "Same.", "language": "en"}, base=0)
    assert (reply.status_code, reply.json()["revision"]) == (200, 1)
    assert AnswerRevision.objects.count() == 1


def test_autosave_after_the_session_has_ended_is_refused_as_such(world: World) -> None:
    address = world.url("save_answer", "art-1", code=OFFENCE)
    reply = Client().post(address, {f"{OFFENCE}:value": "yes"}, headers={"Accept": "application/json"})
    assert reply.status_code == 401


def test_autosave_in_the_name_of_somebody_who_has_left_saves_nothing(world: World) -> None:
    reply = signed_in(world.focal_point).post(
        world.url("save_answer", "art-1", code=OFFENCE), {f"{OFFENCE}:value": "yes", "person": "999999"}
    )
    assert (reply.status_code, reply.json()["code"]) == (409, "other_person")
    assert not Answer.objects.exists()


def test_autosave_outside_the_own_part_is_refused_with_the_way_out(world: World) -> None:
    reply = autosave(world, world.contributor(aspects=["figures"]), OFFENCE, {"value": "yes"})
    assert (reply.status_code, reply.json()["message"]) == (
        403,
        "This question has not been handed to you. Ask the lead of the section or the focal point to change it.",
    )


def test_autosave_by_a_reader_is_not_allowed(world: World) -> None:
    assert autosave(world, world.member(Role.READER), OFFENCE, {"value": "yes"}).status_code == 403


def test_autosave_of_a_strange_code_is_not_found(world: World) -> None:
    assert autosave(world, world.focal_point, "quiz.2.1.implementation", {"value": "yes"}).status_code == 404


def test_autosave_of_a_cleared_response_says_so(world: World) -> None:
    Response.objects.update(state="cleared", cleared_at=timezone.now())
    reply = autosave(world, world.focal_point, OFFENCE, {"value": "yes"})
    assert (reply.status_code, reply.json()["code"]) == (422, "cleared")


def test_autosave_of_too_long_a_text_cuts_nothing_off(world: World) -> None:
    reply = autosave(world, world.focal_point, "quiz.1.1.difficulties", {"text": "x" * 20_001})
    assert (reply.status_code, reply.json()["code"]) == (413, "too_long")
    assert not Answer.objects.exists()


def test_autosave_cannot_take_the_row_of_another_answer(world: World) -> None:
    world.save(LAWS, rows=(row(UUID, title="Penal Code"),))
    reply = autosave(
        world, world.focal_point, "quiz.1.1.practice.cases", {"rows-0-title": "Taken", "rows-0-uuid": UUID}
    )
    assert (reply.status_code, reply.json()["code"]) == (422, "foreign_row")
    assert AnswerRow.objects.get().fields == {"title": "Penal Code"}
    assert Answer.objects.count() == 1


def test_autosave_of_figures_tells_not_collected_from_zero(world: World) -> None:
    autosave(world, world.focal_point, FIGURES, {"cell-convictions-2024": "0", "nc-investigations-2024": "1"})
    cells = [(cell["row"], cell.get("number"), cell.get("not_collected")) for cell in stored(world, FIGURES)["rows"]]
    assert cells == [("investigations", None, "yes"), ("convictions", "0", None)]


# ── Without scripts ──────────────────────────────────────────────────────────────────────────────────────────────────


def inputs_of(page: str) -> dict[str, list[str]]:
    """What a browser without scripts would send of the main form as it stands."""
    import lxml.html

    form = lxml.html.fromstring(page).get_element_by_id("answers")
    sent: dict[str, list[str]] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    return sent


def test_form_sent_back_untouched_changes_nothing(world: World) -> None:
    world.save(OFFENCE, "in_part", text="No language is stated.")
    world.save("quiz.1.1.practice.share", "abc")
    world.save("quiz.1.1.practice.used", "police", "astronauts")
    world.save(LAWS, rows=(row("", title="Penal Code", status="in_force", date="not a date"),))
    world.save(FIGURES, rows=(row("", row="investigations", year="2019", number="3"),))
    world.save("quiz.1.1.assistance", "yes", rows=(row("", type="equipment"),))
    Answer.objects.filter(question_id=OFFENCE).update(content={"value": "in_part", "text": "No language is stated."})
    before = dict(Answer.objects.values_list("question_id", "content"))
    client = signed_in(world.focal_point)
    form = inputs_of(client.get(world.url("section", "art-1")).text)
    page = client.post(world.url("save_section", "art-1"), {**form, "save": "all"}, follow=True)
    assert [str(message) for message in page.context["messages"]] == ["Nothing has changed since it was last saved."]
    assert dict(Answer.objects.values_list("question_id", "content")) == before
    assert AnswerRevision.objects.count() == 6


def test_form_saves_only_what_the_person_changed(world: World) -> None:
    client = signed_in(world.focal_point)
    form = inputs_of(client.get(world.url("section", "art-1")).text)
    world.save("quiz.1.1.difficulties", by=world.contributor(), text="Written meanwhile.")
    form |= {f"{OFFENCE}:value": ["yes"], f"{LAWS}:rows-0-title": ["Penal Code"], "save": [OFFENCE]}
    reply = client.post(world.url("save_section", "art-1"), form)
    assert reply.url == f"{world.url('section', 'art-1')}#q-quiz-1-1-implementation"
    assert sorted(Answer.objects.values_list("question_id", "revision")) == [
        ("quiz.1.1.difficulties", 1),
        (OFFENCE, 1),
        (LAWS, 1),
    ]


def test_form_lists_every_conflict_and_keeps_both_texts(world: World) -> None:
    other = world.contributor()
    client = signed_in(world.focal_point)
    form = inputs_of(client.get(world.url("section", "art-1")).text)
    for code in ("quiz.1.1.difficulties", OFFENCE):
        world.save(code, by=other, text="Theirs.")
        form[f"{code}:text"] = ["Mine."]
    page = client.post(world.url("save_section", "art-1"), {**form, "save": "all"}, follow=True)
    assert [field.code for field in page.context["conflicts"]] == [OFFENCE, "quiz.1.1.difficulties"]
    assert [conflict.mine.content["text"] for conflict in Conflict.objects.select_related("mine")] == ["Mine.", "Mine."]


def test_form_comes_back_with_the_typed_text_if_the_response_was_cleared_meanwhile(world: World) -> None:
    client = signed_in(world.focal_point)
    form = inputs_of(client.get(world.url("section", "art-1")).text)
    Response.objects.update(state="cleared", cleared_at=timezone.now())
    form["quiz.1.1.difficulties:text"] = ["Typed and not lost."]
    page = client.post(world.url("save_section", "art-1"), {**form, "save": "all"})
    assert page.status_code == 422
    assert [(field.code, field.text) for field in page.context["unsaved"]] == [
        ("quiz.1.1.difficulties", "Typed and not lost.")
    ]
    assert "Typed and not lost." in page.text


def test_form_comes_back_with_too_long_a_text_uncut(world: World) -> None:
    client = signed_in(world.focal_point)
    long = "word " * 5000
    page = client.post(
        world.url("save_section", "art-1"),
        {"quiz.1.1.difficulties:text": long, f"{OFFENCE}:value": "yes", f"{OFFENCE}:revision": "0", "save": "all"},
    )
    assert page.status_code == 422
    assert [field.text for field in page.context["unsaved"]] == [long]
    assert stored(world, OFFENCE) == {"value": "yes"}


def test_form_outside_the_own_part_changes_nothing(world: World) -> None:
    user = world.contributor(aspects=["figures"])
    page = signed_in(user).post(world.url("save_section", "art-1"), {f"{OFFENCE}:value": "yes", "save": "all"})
    assert page.status_code == 422
    assert not Answer.objects.exists()


def test_form_removes_a_row_that_is_ticked(world: World) -> None:
    world.save(LAWS, rows=(row("", title="Old law"), row("", title="Penal Code")))
    client = signed_in(world.focal_point)
    form = inputs_of(client.get(world.url("section", "art-1")).text)
    client.post(world.url("save_section", "art-1"), {**form, f"{LAWS}:rows-0-remove": "1", "add": LAWS})
    assert [row.fields["title"] for row in AnswerRow.objects.all()] == ["Penal Code"]


def test_visit_to_the_address_of_the_form_leads_back(world: World) -> None:
    reply = signed_in(world.focal_point).get(world.url("save_section", "art-1"))
    assert reply.url == world.url("section", "art-1")


# ── History, conflict, flag, hub ─────────────────────────────────────────────────────────────────────────────────────


def test_history_lists_every_text_with_what_was_set_aside(world: World) -> None:
    other = world.contributor(name="Juan Pérez")
    world.save(OFFENCE, "yes")
    world.save(OFFENCE, "no", by=other, base=1)
    world.save(OFFENCE, "in_part", base=1)
    page = signed_in(world.focal_point).get(world.url("history", "art-1", code=OFFENCE))
    entries = [
        (entry["number"], entry["by"], entry["set_aside"], entry["shown"].lines) for entry in page.context["entries"]
    ]
    focal = "Lucía Fernández, Ministry of Justice"
    assert entries == [
        (2, focal, True, ("Yes, in part",)),
        (2, "Juan Pérez", False, ("No",)),
        (1, focal, False, ("Yes",)),
    ]


def test_history_of_a_section_not_handed_over_is_not_found(world: World) -> None:
    page = signed_in(world.contributor("art-2")).get(world.url("history", "art-1", code=OFFENCE))
    assert page.status_code == 404


def in_conflict(world: World) -> None:
    world.save(OFFENCE, "yes", text="First.")
    world.save(OFFENCE, "yes", by=world.contributor(name="Juan Pérez"), text="Theirs.", base=1)
    world.save(OFFENCE, "in_part", text="Mine.", base=1)


@pytest.mark.parametrize(
    ("fields", "expected", "revision"),
    [
        ({"choice": "theirs"}, {"value": "yes", "text": "Theirs.", "language": "en"}, 2),
        ({"choice": "mine"}, {"value": "in_part", "text": "Mine.", "language": "en"}, 3),
        (
            {"choice": "combined", f"{OFFENCE}:value": "in_part", f"{OFFENCE}:text": "Of both."},
            {"value": "in_part", "text": "Of both.", "language": "en"},
            3,
        ),
    ],
)
def test_conflict_is_settled_as_chosen_and_both_texts_are_kept(
    world: World, fields: dict[str, str], expected: dict[str, object], revision: int
) -> None:
    in_conflict(world)
    address = world.url("conflict", "art-1", code=OFFENCE)
    client = signed_in(world.focal_point)
    page = client.get(address)
    assert [side["shown"].text for side in page.context["sides"]] == ["Theirs.", "Mine."]
    assert page.context["field"].text == "Theirs.\n\nMine."
    reply = client.post(address, {f"{OFFENCE}:revision": "2", **fields})
    assert reply.status_code == 302
    answer = Answer.objects.get()
    assert (answer.content, answer.revision) == (expected, revision)
    assert not Conflict.objects.filter(settled_at=None).exists()
    texts = {from_canonical(item.content).text for item in AnswerRevision.objects.all()}
    assert texts == {"First.", "Theirs.", "Mine.", str(expected["text"])}


def test_conflict_stays_open_if_the_answer_changed_once_more(world: World) -> None:
    in_conflict(world)
    address = world.url("conflict", "art-1", code=OFFENCE)
    world.save(OFFENCE, "no", by=world.contributor(), text="Third.", base=2)
    page = signed_in(world.focal_point).post(address, {f"{OFFENCE}:revision": "2", "choice": "mine"})
    assert (page.status_code, page.context["problem"]) == (
        422,
        "The answer has changed once more meanwhile. Look at both texts again.",
    )
    assert stored(world, OFFENCE)["text"] == "Third."


def test_conflict_without_a_choice_asks_for_one(world: World) -> None:
    in_conflict(world)
    page = signed_in(world.focal_point).post(world.url("conflict", "art-1", code=OFFENCE), {})
    assert (page.status_code, page.context["problem"]) == (422, "Choose which text stands.")


def test_conflict_page_without_a_conflict_says_so(world: World) -> None:
    page = signed_in(world.focal_point).get(world.url("conflict", "art-1", code=OFFENCE))
    assert (page.status_code, page.templates[0].name) == (200, "responses/conflict_settled.html")


def test_conflict_of_another_is_settled_by_whoever_declares_the_section_and_the_writer_is_told(world: World) -> None:
    writer = world.contributor(name="Juan Pérez")
    lead = make_user("Ana Lead")
    make_grant(lead, Role.LEAD, f"{world.scope}/art-1")
    world.save(OFFENCE, "yes", text="First.")
    world.save(OFFENCE, "yes", text="Theirs.", base=1)
    world.save(OFFENCE, "in_part", by=writer, text="Mine.", base=1)
    address = world.url("conflict", "art-1", code=OFFENCE)
    other = signed_in(world.contributor(name="Eva Other"))
    assert other.get(address).templates[0].name == "responses/conflict_settled.html"
    assert [field.code for field in other.get(world.url("section", "art-1")).context["conflicts"]] == []
    client = signed_in(lead)
    page = client.get(world.url("section", "art-1"))
    assert [field.code for field in page.context["conflicts"]] == [OFFENCE]
    page = client.get(address)
    assert [side["title"] for side in page.context["sides"]] == ["Saved first", "Kept beside it"]
    key = str(Conflict.objects.get().pk)
    reply = client.post(address, {"conflict": key, f"{OFFENCE}:revision": "2", "choice": "mine"})
    assert reply.status_code == 302
    assert (Answer.objects.get().content["text"], Answer.objects.get().updated_by_id) == ("Mine.", lead.pk)
    assert Conflict.objects.get().settled_at is not None
    event = AuditEvent.objects.get(action="settle_conflict")
    assert (event.by_id, event.subject, event.detail) == (lead.pk, OFFENCE, {"writer": writer.pk, "kept": "given"})
    told = Mail.objects.get()
    assert (told.to_user_id, told.template) == (writer.pk, "conflict_settled")
    assert world.url("history", "art-1", code=OFFENCE) in told.body
    again = signed_in(world.focal_point).post(address, {"conflict": key, "choice": "theirs"})
    assert again.templates[0].name == "responses/conflict_settled.html"


def test_conflicts_of_two_writers_are_settled_one_after_the_other_the_own_one_first(world: World) -> None:
    world.save(OFFENCE, "yes", text="First.")
    world.save(OFFENCE, "yes", by=world.contributor(name="Juan Pérez"), text="Theirs.", base=1)
    world.save(OFFENCE, "yes", by=world.contributor(name="Eva Other"), text="Hers.", base=1)
    world.save(OFFENCE, "yes", text="Mine.", base=1)
    client, address = signed_in(world.focal_point), world.url("conflict", "art-1", code=OFFENCE)
    seen = []
    for _round in range(2):
        page = client.get(address)
        seen.append(page.context["sides"][1]["shown"].text)
        client.post(address, {"conflict": page.context["two"].conflict.pk, "choice": "theirs"})
    assert seen == ["Mine.", "Hers."]
    assert Answer.objects.get().content["text"] == "Theirs."


def test_mark_button_saves_what_was_typed_first(world: World) -> None:
    world.save(OFFENCE, "yes", text="First.")
    client, address = signed_in(world.focal_point), world.url("flag", "art-1", code=OFFENCE)
    assert f'formaction="{address}"' in client.get(world.url("section", "art-1")).content.decode()
    typed = {f"{OFFENCE}:revision": "1", f"{OFFENCE}:value": "no", f"{OFFENCE}:text": "Typed.", "flagged": "1"}
    reply = client.post(address, typed)
    assert reply.status_code == 302
    assert (Answer.objects.get().content["text"], Answer.objects.get().flagged) == ("Typed.", True)
    late = client.post(address, {**typed, f"{OFFENCE}:text": "x" * 300_000, f"{OFFENCE}:revision": "2"})
    assert late.status_code == 422
    assert "x" * 300_000 in late.content.decode()


def test_hub_says_each_reason_once_with_the_places_below_it(world: World) -> None:
    in_conflict(world)
    world.save("quiz.1.1.difficulties", text="Words")
    Answer.objects.update(flagged=True)
    page = signed_in(world.focal_point).get(world.url("hub"))
    section = world.url("section", "art-1")
    assert [(item["title"], [place["url"] for place in item["places"]]) for item in page.context["waiting"]] == [
        (
            "Two texts of one answer: decide which one stands",
            [world.url("conflict", "art-1", code=OFFENCE)],
        ),
        (
            "Marked for a second look",
            [f"{section}#q-quiz-1-1-implementation", f"{section}#q-quiz-1-1-difficulties"],
        ),
    ]


def test_flag_marks_and_unmarks_an_answer(world: World) -> None:
    world.save(OFFENCE, "yes")
    client, address = signed_in(world.focal_point), world.url("flag", "art-1", code=OFFENCE)
    client.post(address, {"flagged": "1"})
    assert Answer.objects.get().flagged is True
    client.post(address, {"flagged": ""})
    assert Answer.objects.get().flagged is False


def test_hub_lists_sections_with_their_state(world: World) -> None:
    world.save(OFFENCE, "yes")
    page = signed_in(world.focal_point).get(world.url("hub"))
    rows = [
        (row["label"], row["state"], row["answered"], row["total"])
        for table in page.context["tables"]
        for row in table["rows"]
    ]
    assert rows == [("1. Section art-1", "in progress", 1, 11), ("2. Section art-2", "not begun", 0, 2)]


def test_hub_takes_ten_queries(world: World) -> None:
    client = signed_in(world.focal_point)
    with queries(10):
        client.get(world.url("hub"))


def test_hub_shows_a_contributor_only_what_was_handed_over(world: World) -> None:
    world.save(OFFENCE, "no")
    page = signed_in(world.contributor("art-2")).get(world.url("hub"))
    assert [(table["caption"], [row["label"] for row in table["rows"]]) for table in page.context["tables"]] == [
        ("Handed to you", ["2. Section art-2"])
    ]
    assert [figure["value"] for figure in page.context["figures"]] == [0, 0, 0]


def test_hub_of_another_state_is_not_found(world: World) -> None:
    assert signed_in(make_user()).get(world.url("hub")).status_code == 404


def test_hub_says_how_long_there_is(world: World) -> None:
    page = signed_in(world.focal_point).get(world.url("hub"))
    assert page.context["hub"].days_left == (world.response.cycle.due_on - timezone.localdate()).days


def test_declared_section_shows_as_complete(world: World) -> None:
    spec = world.spec
    world.save("quiz.2.1.implementation", "yes")
    world.save("quiz.2.1.practice", "none-of-these")
    declare_section(by=world.focal_point, response=world.response, spec=spec, section="art-2")
    page = signed_in(world.focal_point).get(world.url("section", "art-2"))
    assert (page.context["state"], page.context["declared"]["by"]) == ("complete", "Lucía Fernández")


def test_script_is_told_what_it_needs(world: World) -> None:
    page = signed_in(world.focal_point).get(world.url("section", "art-1"))
    told = json.loads(page.context["autosave"])
    assert told["save"].replace(told["code"], OFFENCE) == world.url("save_answer", "art-1", code=OFFENCE)
    assert (told["person"], told["place"]) == (str(world.focal_point.pk), "/cycles/2026/quiz/arg")
