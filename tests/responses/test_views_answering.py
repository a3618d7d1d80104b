"""The pages of answering: what they show, to whom, and what saving does."""

import pytest
from tests.factories.responses import World, make_world, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def test_section_shows_every_question(world: World) -> None:
    page = signed_in(world.focal_point).get(world.url("section", "art-1"))
    assert page.status_code == 200
    assert [field.code for field in page.context["fields"]] == [q.code for q in world.spec.section("art-1").questions]


def test_hub_opens(world: World) -> None:
    assert signed_in(world.focal_point).get(world.url("hub")).status_code == 200
