"""The demonstration world is built through actions from the real content, once."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from palermo.parties.actions import create_user, invite
from palermo.parties.exchange import load_parties
from palermo.parties.logic.roles import Role
from palermo.questionnaires.actions import load_questionnaire, publish_version
from palermo.reports.models import PUBLIC, Making
from palermo.responses.models import Answer, Conflict, Response, Submission
from palermo.site.demonstration import CYCLE, STORIES, build_world
from palermo.treaties.exchange import load_treaties

CONTENT = Path(__file__).resolve().parents[2] / "src/palermo/content"


@pytest.fixture
def content(db: None) -> None:
    load_parties(CONTENT, by=None)
    load_treaties(CONTENT, by=None)
    publish_version(by=None, version=load_questionnaire(by=None, folder=CONTENT / "questionnaires/untoc"))


def test_build_world_tells_every_story_once(content: None) -> None:
    said: list[str] = []
    assert build_world(say=said.append)
    now = Response.objects.filter(cycle__code=CYCLE)
    states = {r.party.code: r.state for r in now.select_related("party").exclude(begun_at=None)}
    assert states == {
        story.party: {"submitted": "submitted", "cleared": "cleared"}.get(story.stage, "open") for story in STORIES
    }
    assert Submission.objects.filter(response__in=now).count() == 3
    assert set(now.values_list("basis", flat=True)) == {"deposited"}
    # Two earlier cycles in which some dozens of States reported, and many did not.
    for code in ("2020", "2023"):
        reported = Submission.objects.filter(response__cycle__code=code).count()
        assert 30 <= reported <= 60
        assert Response.objects.filter(cycle__code=code).count() > 3 * reported
    assert Conflict.objects.filter(settled_at=None).count() == 1
    assert Answer.objects.count() > 1000
    # One document on its way to everybody, in two languages; the worker makes the files.
    going = Making.objects.filter(form=PUBLIC).select_related("document__snapshot").order_by("document__language")
    assert [(item.document.language, item.document.snapshot.kind, item.state) for item in going] == [
        ("en", "needs-overview", "waiting"),
        ("fr", "needs-overview", "waiting"),
    ]
    assert not build_world(say=said.append)


def test_mail_to_invited_people_can_be_read_in_the_demonstration(db: None, client: Client) -> None:
    officer = create_user(by=None, email="officer@secretariat.example", name="Officer")
    grant = invite(
        by=officer,
        email="new@ministry.org",
        name="Newcomer",
        role=Role.READER,
        scope="/cycles/x",
        subject="the response of Fiji",
    )
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    assert "new@ministry.org" in client.get(reverse("demo:personas")).content.decode()
    mail = client.get(reverse("demo:outbox"), {"to": grant.user_id}).content.decode()
    assert "Mail to Newcomer" in mail
    assert "the response of Fiji" in mail
    assert "/invitations/" in mail
    assert client.get(reverse("demo:outbox"), {"to": officer.pk}).status_code == 404
    assert client.get(reverse("demo:outbox"), {"to": "x"}).status_code == 200
