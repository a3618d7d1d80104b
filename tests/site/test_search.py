"""The search: full text in six languages, each reader finds what that reader may read."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.archive import submit
from tests.factories.parties import make_grant, make_party, make_user
from tests.factories.responses import World, make_world, signed_in

from palermo.parties.logic.roles import Role
from palermo.responses.logic.content import Content, Row
from palermo.responses.models import Response, ResponseState
from palermo.site.actions.indexing import index_content, index_submissions
from palermo.site.actions.publishing import decide_and_publish
from palermo.site.logic.segment import QUERY_LIMIT, query_of, words_of
from palermo.site.models import PublicEntry, SubmittedEntry
from palermo.site.queries.search import search

DIFFICULT = "quiz.1.1.difficulties"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("有组织犯罪", "有组 组织 织犯 犯罪"),
        ("打击 organized 犯罪", "打击 organized 犯罪"),
        ("法", "法"),
        ("Ｆｕｌｌ width", "Full width"),
    ],
)
def test_chinese_is_cut_into_pairs_and_the_rest_left_alone(text: str, expected: str) -> None:
    assert " ".join(words_of(text).split()) == expected


@given(st.text(max_size=300))
def test_whatever_is_typed_becomes_a_query_of_limited_length(typed: str) -> None:
    assert len(query_of(typed)) <= QUERY_LIMIT * 6
    assert "\0" not in query_of(typed)


@pytest.fixture
def world() -> World:
    return make_world()


def titles(user: object, typed: str, **more: object) -> list[str]:
    return [hit.title for hit in search(user, typed, "en", **more).hits]  # type: ignore[arg-type]


@pytest.mark.django_db
def test_questions_states_and_treaties_are_found_by_everybody(world: World, client: Client) -> None:
    assert index_content() == len(PublicEntry.objects.all())
    page = client.get("/en/search/", {"q": "surrendering persons"}).content.decode()
    assert "Can persons be surrendered?" in page
    assert "/en/questionnaires/quiz/art-2/#q-quiz-2-1-implementation" in page
    assert "Argentina" in client.get("/en/search/", {"q": "argentina"}).content.decode()
    found = client.get("/en/search/", {"q": "zebra"}).content.decode()
    assert "Nothing found" in found


@pytest.mark.django_db
def test_each_language_is_found_by_its_own_words(world: World) -> None:
    texts = {
        "fr": ("Les enquêtes manquent de moyens.", "enquête"),
        "es": ("Las investigaciones carecen de fiscales.", "investigación"),
        "ru": ("Не хватает опытных следователей.", "следователь"),
        "ar": ("تنقصنا المحاكم المتخصصة", "متخصص"),
        "zh": ("我们缺少检察官和法官。", "检察官"),
        "en": ("We lack prosecutors.", "prosecutor"),
    }
    response = world.response
    for number, (language, (text, _typed)) in enumerate(texts.items()):
        party = make_party(f"X{number}X", language)
        response = Response.objects.create(
            cycle=world.response.cycle, questionnaire=world.response.questionnaire, party=party,
            version=world.response.version,
        )  # fmt: skip
        submission = submit(response, {DIFFICULT: Content(text=text, language=language)})
        decide_and_publish(by=world.focal_point, submission=submission, decided={"art-1": "public"})
    officer = make_user()
    for language, (_text, typed) in texts.items():
        assert [hit.language for hit in search(officer, typed, "en").hits] == [language]


@pytest.fixture
def submitted(world: World) -> World:
    law = Row(uuid="11111111-1111-4111-8111-111111111111", fields={"title": "Proceeds of Crime Act", "number": "9"})
    submit(
        world.response,
        {
            "quiz.1.1.measures": Content(rows=(law,)),
            DIFFICULT: Content(text="Kanaries sing in the mine.", language="en"),
        },
        by=world.focal_point,
    )
    index_submissions()
    return world


@pytest.mark.django_db
def test_submitted_answers_are_found_by_those_who_may_read_them_only(submitted: World) -> None:
    readers = {
        "focal point": submitted.focal_point,
        "reader": submitted.member(Role.READER),
        "officer": make_user(),
        "contributor": submitted.contributor(),
        "another State": make_user(),
        "stranger": make_user(),
    }
    make_grant(readers["officer"], Role.SECRETARIAT, "/")
    make_grant(readers["another State"], Role.FOCAL_POINT, "/cycles/2026/quiz/ar")
    found = {who: titles(user, "kanary OR kanaries") for who, user in readers.items()}
    answer = ["What is difficult?"]
    assert found == {
        "focal point": answer,
        "reader": answer,
        "officer": answer,
        "contributor": [],
        "another State": [],
        "stranger": [],
    }
    assert titles(readers["officer"], "proceeds crime act", kind="law") == ["Proceeds of Crime Act"]


@pytest.mark.django_db
def test_visitor_finds_what_was_opened_until_it_is_closed_again(submitted: World, client: Client) -> None:
    submission = Response.objects.get().submissions.get()
    address = "/en/search/?q=kanaries"
    assert "sing in the mine" not in client.get(address).content.decode()
    decide_and_publish(by=submitted.focal_point, submission=submission, decided={"art-1": "public"})
    assert "sing in the mine" in client.get(address).content.decode()
    decide_and_publish(by=submitted.focal_point, submission=submission, decided={"art-1": "private"})
    assert "sing in the mine" not in client.get(address).content.decode()


@pytest.mark.django_db
def test_only_the_latest_submission_is_found(submitted: World) -> None:
    Response.objects.update(state=ResponseState.OPEN)
    response = Response.objects.get()
    submitted.save(DIFFICULT, base=1, text="Parrots talk instead.")
    submit(response, {}, by=submitted.focal_point)
    assert index_submissions() == 1
    assert titles(submitted.focal_point, "kanaries") == []
    assert titles(submitted.focal_point, "parrots") == ["What is difficult?"]
    assert index_submissions() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["'", '"', "a & | ! (", "-", "\\", "%", "<script>alert(1)</script>", "犯" * 300, "\0"]
)
def test_hostile_words_find_nothing_and_break_nothing(world: World, client: Client, typed: str) -> None:
    reply = client.get("/en/search/", {"q": typed, "kind": "nonsense", "page": "-7"})
    assert reply.status_code == 200
    assert "<script>alert" not in reply.content.decode()


@pytest.mark.django_db
def test_markup_in_an_answer_is_shown_and_not_obeyed(world: World, client: Client) -> None:
    sent = submit(
        world.response, {DIFFICULT: Content(text="<b>bold</b> kanaries", language="en")}, by=world.focal_point
    )
    decide_and_publish(by=world.focal_point, submission=sent, decided={"art-1": "public"})
    page = " ".join(client.get("/en/search/", {"q": "kanaries"}).content.decode().split())
    assert "bold <mark>kanaries</mark>" in page
    assert "<b>" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_search_needs_as_many_queries_for_one_hit_as_for_three(world: World, count: int) -> None:
    officer = make_user()
    make_grant(officer, Role.SECRETARIAT, "/")
    for number in range(count):
        response = Response.objects.create(
            cycle=world.response.cycle, questionnaire=world.response.questionnaire,
            party=make_party(f"Y{number}Y", "Y"), version=world.response.version,
        )  # fmt: skip
        submit(response, {DIFFICULT: Content(text="Kanaries.", language="en")})
    index_submissions()
    client = signed_in(officer)
    client.get("/en/search/?q=kanaries")
    with CaptureQueriesContext(connection) as seen:
        page = client.get("/en/search/?q=kanaries").content.decode()
    assert page.count("<mark>") == count
    statements = [query["sql"] for query in seen if "entry" in query["sql"]]
    assert len(statements) == 4


@pytest.mark.django_db
def test_command_writes_everything_anew(submitted: World, capsys: pytest.CaptureFixture[str]) -> None:
    before = SubmittedEntry.objects.count()
    call_command("reindex", "--all")
    assert SubmittedEntry.objects.count() == before
    assert capsys.readouterr().out.endswith("1 submissions.\n")
