"""Attaching and removing files, and remarks inside the team."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.factories.responses import World, make_world

from palermo.base.attachments import RefusedFile
from palermo.base.errors import Refusal
from palermo.parties.models import AuditEvent
from palermo.responses.actions.evidence import attach_file, comment, remove_file, settle_comment
from palermo.responses.models import Comment, Declaration, Evidence, Response

pytestmark = pytest.mark.django_db
CODE = "quiz.1.1.measures"


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture(autouse=True)
def store(settings, tmp_path: Path) -> Path:  # type: ignore[no-untyped-def]
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


def refused(action: Callable[[], object]) -> str:
    """The code of the refusal."""
    with pytest.raises(Refusal) as caught:
        action()
    return caught.value.code


def attached(world: World, code: str = CODE, name: str = "law.txt") -> Evidence:
    """A small text file on an answer."""
    return attach_file(
        by=world.focal_point,
        response=world.response,
        spec=world.spec,
        code=code,
        upload=SimpleUploadedFile(name, b"Article 210"),
    )


def said(world: World, text: str = "Which article?", **more: str) -> Comment:
    """A comment on a section."""
    words = {"section": "art-1", "language": "en", **more}
    return comment(by=world.focal_point, response=world.response, spec=world.spec, text=text, **words)


def declare(world: World) -> Declaration:
    """The section stands declared complete."""
    return Declaration.objects.create(response=world.response, section="art-1", declared_by=world.focal_point)


def test_file_stands_in_the_store_under_a_key_that_says_nothing(world: World, store: Path) -> None:
    kept = attached(world)
    assert (store / kept.storage_key).read_bytes() == b"Article 210"
    assert "law" not in kept.storage_key
    assert (kept.section, kept.uploaded_by_id) == ("art-1", world.focal_point.pk)


def test_file_refusals_leave_nothing(world: World, store: Path) -> None:
    assert refused(lambda: attached(world, code="quiz.9.9")) == "unknown_question"
    assert refused(lambda: attached(world, code="quiz.1.1.note")) == "unknown_question"
    with pytest.raises(RefusedFile):
        attached(world, name="law.exe")
    Response.objects.update(state="cleared", cleared_at="2026-11-24T10:00:00Z")
    assert refused(lambda: attached(world)) == "cleared"
    assert [path for path in store.rglob("*") if path.is_file()] == []
    assert not AuditEvent.objects.filter(action="attach_file").exists()


def test_attaching_and_removing_undo_the_declaration(world: World) -> None:
    first = declare(world)
    kept = attached(world)
    second = declare(world)
    remove_file(by=world.focal_point, evidence=kept)
    remove_file(by=world.focal_point, evidence=kept)
    assert [
        Declaration.objects.values_list("undone_by_code", flat=True).get(pk=item.pk) for item in (first, second)
    ] == [CODE, CODE]
    assert list(AuditEvent.objects.order_by("pk").values_list("action", "scope")[1:])[-2:] == [
        ("attach_file", f"{world.scope}/art-1"),
        ("remove_file", f"{world.scope}/art-1"),
    ]


def test_file_is_not_removed_from_a_submitted_response(world: World) -> None:
    kept = attached(world)
    Response.objects.update(state="submitted", submitted_at="2026-11-24T10:00:00Z")
    assert refused(lambda: remove_file(by=world.focal_point, evidence=kept)) == "submitted"
    assert Evidence.objects.get().removed_at is None


def test_comment_refusals(world: World) -> None:
    assert refused(lambda: said(world, " \n ")) == "empty"
    assert refused(lambda: said(world, "x" * 5001)) == "too_long"
    assert refused(lambda: said(world, code="quiz.2.1.implementation")) == "other_section"
    assert refused(lambda: said(world, code="quiz.9.9")) == "unknown_question"
    assert not Comment.objects.exists()


def test_comment_undoes_no_declaration_and_is_settled_once(world: World) -> None:
    standing = declare(world)
    written = said(world, code=CODE)
    for _time in range(2):
        settle_comment(by=world.focal_point, comment=written)
    standing.refresh_from_db()
    assert standing.undone_at is None
    assert Comment.objects.get().settled_by == world.focal_point
    assert list(AuditEvent.objects.filter(scope=f"{world.scope}/art-1").values_list("action", "subject")) == [
        ("comment", CODE),
        ("settle_comment", CODE),
    ]


def test_comment_can_be_written_after_submission(world: World) -> None:
    Response.objects.update(state="submitted", submitted_at="2026-11-24T10:00:00Z")
    assert said(world).text == "Which article?"
