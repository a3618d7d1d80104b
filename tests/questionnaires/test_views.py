"""The public reading pages."""

from typing import Any

import pytest
from django.test import Client
from lxml import html
from tests.questionnaires.conftest import FOLDER

from palermo.questionnaires.actions import load_questionnaire, publish_version
from palermo.questionnaires.models import Version
from palermo.treaties.models import Instrument

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(tiny_treaty: Instrument) -> Version:
    return publish_version(by=None, version=load_questionnaire(by=None, folder=FOLDER))


def page(client: Client, path: str) -> Any:
    response = client.get(path)
    assert response.status_code == 200
    return html.fromstring(response.content)


def words(node: Any) -> str:
    return " ".join(node.text_content().split())


def test_whole_questionnaire_is_on_one_page(client: Client, published: Version) -> None:
    found = page(client, "/en/questionnaires/tiny/")
    assert words(found.find(".//h1")) == "A tiny self-assessment"
    assert [words(node) for node in found.iterfind(".//main//h2")] == ["General", "Art. 1 · Offences", "Art. 2 · Scope"]
    assert len(found.findall(".//section[@class='question']")) == 14
    assert published.sha256 in words(found)


def test_question_shows_guidance_obligation_and_choices(client: Client, published: Version) -> None:
    found = page(client, "/en/questionnaires/tiny/")
    question = found.get_element_by_id("q-tiny-2-1-measures-model")
    assert words(question).startswith(
        "9. Which model does domestic law follow? Art. 2, para. 1 · optional Choose the one that courts apply."
    )
    assert [words(item) for item in question.iterfind(".//li")] == ["The first", "The second", "Both"]
    assert [words(item) for item in found.get_element_by_id("q-tiny-1-practice").iterfind(".//li")] == [
        "Cases opened (number)",
        "Value seized (amount and currency)",
    ]


def test_question_links_to_what_it_depends_on(client: Client, published: Version) -> None:
    whole = page(client, "/en/questionnaires/tiny/").get_element_by_id("q-tiny-2-1-authority")
    assert [link.get("href") for link in whole.iterfind(".//a")] == ["#q-tiny-1-difficulties"]
    part = page(client, "/en/questionnaires/tiny/art-2/").get_element_by_id("q-tiny-2-1-authority")
    assert [link.get("href") for link in part.iterfind(".//a")] == [
        "/en/questionnaires/tiny/art-1/#q-tiny-1-difficulties"
    ]


def test_section_has_its_own_page(client: Client, published: Version) -> None:
    found = page(client, "/en/questionnaires/tiny/art-1/")
    assert words(found.find(".//h1")) == "Offences"
    assert len(found.findall(".//section[@class='question']")) == 6
    assert [words(link) for link in found.findall(".//p[@class='actions']/a")] == ["Before: General", "Next: Scope"]


def test_untranslated_question_is_marked_up_in_its_own_language(client: Client, published: Version) -> None:
    found = page(client, "/ar/questionnaires/tiny/art-1/")
    wording = found.get_element_by_id("q-tiny-1-difficulties-wording").findall("span")[-1]
    assert (wording.get("lang"), wording.get("dir")) == ("en", "ltr")


def test_page_costs_one_query(client: Client, published: Version, django_assert_num_queries: Any) -> None:
    page(client, "/en/questionnaires/tiny/")
    for path in ("/en/questionnaires/tiny/", "/en/questionnaires/tiny/art-1/"):
        with django_assert_num_queries(1):
            page(client, path)


@pytest.mark.parametrize("path", ["/en/questionnaires/none/", "/en/questionnaires/tiny/art-9/"])
def test_unknown_questionnaire_or_section_is_not_found(client: Client, published: Version, path: str) -> None:
    assert client.get(path).status_code == 404


def test_draft_is_not_shown(client: Client, tiny_treaty: Instrument) -> None:
    load_questionnaire(by=None, folder=FOLDER)
    assert client.get("/en/questionnaires/tiny/").status_code == 404
