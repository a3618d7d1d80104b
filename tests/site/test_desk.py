"""The desk: what somebody works on, the next step, what waits, and in how many queries."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from tests.site.test_demonstration import CONTENT

from palermo.parties.exchange import load_parties
from palermo.parties.models import User
from palermo.questionnaires.actions import load_questionnaire, publish_version
from palermo.site.actions.publishing import publish_reporting
from palermo.site.demonstration import build_world
from palermo.treaties.exchange import load_treaties


@pytest.fixture
def world(db: None) -> None:
    load_parties(CONTENT, by=None)
    load_treaties(CONTENT, by=None)
    publish_version(by=None, version=load_questionnaire(by=None, folder=Path(CONTENT) / "questionnaires/untoc"))
    build_world(say=lambda text: None)
    publish_reporting()


def page(client: Client, email: str) -> str:
    client.force_login(User.objects.get(email=email), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse("site:desk"))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_desk_shows_each_person_the_own_work_in_few_queries(
    world: None, client: Client, django_assert_num_queries: object
) -> None:
    focal_point = page(client, "focal.point@arg.example")
    assert "The response of Argentina" in focal_point
    assert "Go on" in focal_point
    assert "One answer has two texts: decide which one stands" in focal_point
    contributor = page(client, "figures@arg.example")
    assert "2 articles have been handed to you" in contributor
    assert "The response of Kenya" not in contributor
    submitted = page(client, "focal.point@ken.example")
    assert "Open the submitted response" in submitted
    assert "Nothing waits for you." in submitted
    officer = page(client, "officer@secretariat.example")
    assert "A State asks for help to answer" in officer
    assert "The response of" not in officer
    nobody = page(client, "admin@palermo.example")
    assert "Nothing has been given to you yet" in nobody
    # Session, person, grants, responses, three kinds of waiting (and messages, for those who write, with how
    # many are unread), names; for the Secretariat requests for help and to reopen, what is entered from paper, and
    # cycles instead of responses.
    for email, queries in (
        ("focal.point@arg.example", 10),
        ("figures@arg.example", 8),
        ("officer@secretariat.example", 13),
    ):
        page(client, email)
        with django_assert_num_queries(queries):  # type: ignore[operator]
            client.get(reverse("site:desk"))
    client.logout()
    with django_assert_num_queries(16):  # type: ignore[operator]
        front = client.get("/en/")
    text = " ".join(front.content.decode().split())
    assert "3 of 191 invited States have reported." in text
    assert "African Group" in text or "African States" in text
