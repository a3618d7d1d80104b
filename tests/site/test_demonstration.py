"""The demonstration world is built through actions from the real content, once."""

import datetime
from pathlib import Path

import pytest

from palermo.parties.exchange import load_parties
from palermo.questionnaires.actions import load_questionnaire, publish_version
from palermo.responses.models import Answer, Conflict, Response, Submission
from palermo.site.demonstration import STORIES, build_world
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
    states = {r.party.code: r.state for r in Response.objects.select_related("party").exclude(begun_at=None)}
    assert states == {
        story.party: {"submitted": "submitted", "cleared": "cleared"}.get(story.stage, "open") for story in STORIES
    }
    assert Submission.objects.count() == 3
    assert Conflict.objects.filter(settled_at=None).count() == 1
    assert Answer.objects.count() > 1000
    assert not build_world(say=said.append)
