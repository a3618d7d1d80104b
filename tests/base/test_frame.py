"""The frame of pages: languages, menus, errors."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.test import Client
from django.urls import resolve
from django.utils import translation

from palermo.base import navigation
from palermo.base.frame import language_links
from palermo.base.navigation import Entry, Link, entries_for, register, use_judge

pytestmark = pytest.mark.urls("tests.base.urls")


@pytest.fixture(autouse=True)
def empty_menus(monkeypatch):
    monkeypatch.setattr(navigation, "_entries", {})
    monkeypatch.setattr(navigation, "_judges", [])


def ask(rf, path: str):
    request = rf.get(path)
    request.user = AnonymousUser()
    request.resolver_match = resolve(path)
    return request


def test_languages_lead_to_the_same_page_with_its_query(rf):
    links = language_links(rf.get("/en/cycles/2026/?page=2&q=a%20b"), "en")
    assert [(link.code, link.url) for link in links if link.code in {"ar", "fr"}] == [
        ("ar", "/ar/cycles/2026/?page=2&q=a%20b"),
        ("fr", "/fr/cycles/2026/?page=2&q=a%20b"),
    ]
    assert [link.code for link in links if link.current] == ["en"]


def test_languages_of_a_page_without_one_lead_to_the_front_page(rf):
    assert [link.url for link in language_links(rf.get("/health/?a=1"), "fr")][:2] == ["/ar/", "/zh/"]


def test_entries_stand_in_order_and_the_nearest_is_current(rf):
    register(Entry(place="response", label="Check", url_name="check", order=2))
    register(Entry(place="response", label="Hub", url_name="hub", order=1, covers=("section",)))
    with translation.override("en"):
        assert entries_for("response", ask(rf, "/en/cycles/2026/check/"), cycle="2026") == [
            Link("Hub", "/en/cycles/2026/", ""),
            Link("Check", "/en/cycles/2026/check/", "page"),
        ]
        assert [link.current for link in entries_for("response", ask(rf, "/en/cycles/2026/art-6/"), cycle="2026")] == [
            "true",
            "",
        ]


def test_the_front_page_is_current_only_on_itself(rf):
    register(Entry(place="main", label="Front", url_name="front", order=1))
    with translation.override("en"):
        assert entries_for("main", ask(rf, "/en/cycles/")) == [Link("Front", "/en/", "")]
        assert entries_for("main", ask(rf, "/en/")) == [Link("Front", "/en/", "page")]


def test_an_entry_with_a_permission_needs_the_judge(rf):
    register(Entry(place="response", label="Hub", url_name="hub", permission="read", scope="/cycles/{cycle}"))
    with translation.override("en"):
        request = ask(rf, "/en/cycles/2026/")
        assert entries_for("response", request, cycle="2026") == []
        asked = []
        use_judge(lambda user, permission, scope: asked.append((permission, scope)) or True)
        assert [link.label for link in entries_for("response", request, cycle="2026")] == ["Hub"]
        assert asked == [("read", "/cycles/2026")]


def test_the_frame_marks_language_and_direction_and_the_demonstration(settings):
    settings.DEMONSTRATION = True
    page = Client().get("/ar/cycles/").content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert '<p class="demonstration">' in page


@pytest.mark.django_db
@pytest.mark.parametrize(("what", "status"), [("403", 403), ("404", 404), ("500", 500)])
def test_errors_are_pages_and_for_scripts_json(what: str, status: int):
    client = Client(raise_request_exception=False)
    page = client.get(f"/en/fail/{what}/")
    assert (page.status_code, page.content.decode().count("<h1>")) == (status, 1)
    answer = client.get(f"/en/fail/{what}/", headers={"Accept": "application/json"})
    assert (answer.status_code, list(answer.json())) == (status, ["error"])


@pytest.mark.django_db
def test_a_forbidden_page_says_why():
    page = Client().get("/en/fail/403/").content.decode()
    assert "Only the focal point may submit." in page


@pytest.mark.django_db
def test_a_form_without_its_token_gets_a_page_with_a_way_out():
    page = Client(enforce_csrf_checks=True).post("/en/cycles/")
    assert page.status_code == 403
    assert "This form is no longer valid" in page.content.decode()


def test_block_tags_escape_what_they_are_given():
    source = (
        "{% load base_frame %}{% question code='untoc.6.1' wording=w provision=w required=True state='saved' %}"
        "<i>in</i>{% endquestion %}"
    )
    assert engines["django"].from_string(source).render({"w": "<b>"}) == (
        '<fieldset class="question" id="q-untoc-6-1" data-code="untoc.6.1" data-state="saved" tabindex="-1">'
        '<legend class="wording" id="q-untoc-6-1-wording">&lt;b&gt;</legend>'
        '<p class="cite">&lt;b&gt; · <span class="tag info">mandatory</span></p><i>in</i></fieldset>'
    )


def test_progress_draws_shares_without_style():
    drawn = engines["django"].from_string("{% load base_frame %}{% progress done=1 total=4 begun=1 %}").render({})
    assert 'class="bar-done" width="25%"' in drawn
    assert 'class="bar-begun" width="50%"' in drawn
    assert 'aria-label="1 of 4"' in drawn
