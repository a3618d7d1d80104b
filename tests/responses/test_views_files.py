"""Files of evidence: handing in, downloading, removing, and who may."""

import hashlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.factories.parties import make_grant, make_user
from tests.factories.responses import World, make_world, signed_in

from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent, User
from palermo.responses.models import Declaration, Evidence, Response

pytestmark = pytest.mark.django_db
CODE = "quiz.1.1.measures"
TEXT = b"Article 210. Whoever takes part in an association is punished."


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


def hand_in(world: World, user: User, name: str = "law.txt", data: bytes = TEXT, **more: str):  # type: ignore[no-untyped-def]
    return signed_in(user).post(
        world.url("files", "art-1", code=CODE), {"file": SimpleUploadedFile(name, data), **more}
    )


def test_file_is_attached_and_downloaded_as_it_was(world: World, store: Path) -> None:
    where = world.url("files", "art-1", code=CODE)
    assert hand_in(world, world.focal_point)["Location"] == where
    kept = Evidence.objects.get()
    assert (kept.name, kept.code, kept.section, kept.sha256) == (
        "law.txt",
        CODE,
        "art-1",
        hashlib.sha256(TEXT).hexdigest(),
    )
    page = signed_in(world.focal_point).get(where).content.decode()
    assert ("law.txt" in page, "Which laws apply?" in page) == (True, True)
    answer = signed_in(world.focal_point).get(world.url("file", uuid=kept.uuid))
    assert b"".join(answer.streaming_content) == TEXT  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == 'attachment; filename="law.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert AuditEvent.objects.filter(action="attach_file").values_list("scope", "subject").get() == (
        f"{world.scope}/art-1",
        "law.txt",
    )


def test_file_comes_back_to_the_page_that_sent_it(world: World) -> None:
    assert hand_in(world, world.focal_point, next=world.url("section", "art-1"))["Location"] == world.url(
        "section", "art-1"
    )
    elsewhere = hand_in(world, world.focal_point, next="https://example.org/")
    assert elsewhere["Location"] == world.url("files", "art-1", code=CODE)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("page.html", b"<html><script>alert(1)</script></html>"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("law.pdf", b"<html></html>"),
        ("tool.exe", b"MZ\x90\x00"),
        ("law.pdf", b""),
    ],
)
def test_file_that_is_not_taken_says_why(world: World, name: str, data: bytes) -> None:
    answer = hand_in(world, world.focal_point, name, data)
    assert answer.status_code in {409, 422}
    assert answer.context["errors"] or answer.context["form"].errors
    assert not Evidence.objects.exists()


def test_no_file_chosen_says_so(world: World) -> None:
    answer = signed_in(world.focal_point).post(world.url("files", "art-1", code=CODE))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"file": ["Choose a file first."]}


def test_file_undoes_the_declaration(world: World) -> None:
    Declaration.objects.create(response=world.response, section="art-1", declared_by=world.focal_point)
    hand_in(world, world.focal_point)
    assert Declaration.objects.values_list("undone_by", "undone_by_code").get() == (world.focal_point.pk, CODE)


def test_file_is_refused_once_the_response_is_closed(world: World) -> None:
    Response.objects.update(state="submitted", submitted_at="2026-11-24T10:00:00Z")
    answer = hand_in(world, world.focal_point)
    assert answer.status_code == 409
    assert not Evidence.objects.exists()


def test_removed_file_is_gone_from_the_answer_and_kept_in_the_store(world: World, store: Path) -> None:
    hand_in(world, world.focal_point)
    kept = Evidence.objects.get()
    client = signed_in(world.focal_point)
    assert "law.txt" in client.get(world.url("remove_file", uuid=kept.uuid)).content.decode()
    assert Evidence.objects.get().removed_at is None
    assert client.post(world.url("remove_file", uuid=kept.uuid)).status_code == 302
    assert client.get(world.url("file", uuid=kept.uuid)).status_code == 404
    assert client.post(world.url("remove_file", uuid=kept.uuid)).status_code == 404
    assert (store / kept.storage_key).read_bytes() == TEXT
    assert AuditEvent.objects.filter(action="remove_file").count() == 1


def test_files_by_person(world: World) -> None:
    hand_in(world, world.focal_point)
    kept = Evidence.objects.get()
    officer, stranger = make_user(), make_user()
    make_grant(officer, Role.SECRETARIAT, "/cycles")
    make_grant(stranger, Role.FOCAL_POINT, "/cycles/2026/quiz/bra")
    people = [
        world.contributor("art-1"),
        world.contributor("art-1", aspects=["figures"]),
        world.contributor("art-2"),
        world.member(Role.READER),
        officer,
        stranger,
    ]
    answers = [signed_in(user).get(world.url("file", uuid=kept.uuid)) for user in people]
    download = [answer.status_code for answer in answers]
    assert [b"".join(answer.streaming_content) for answer in answers if answer.streaming] == [TEXT] * 3  # type: ignore[attr-defined]
    assert download == [200, 200, 404, 200, 404, 404]
    page = [signed_in(user).get(world.url("files", "art-1", code=CODE)).status_code for user in people]
    assert page == [200, 200, 404, 200, 404, 404]
    handed = [hand_in(world, user).status_code for user in people]
    assert handed == [302, 403, 404, 403, 404, 404]
    removed = [signed_in(user).post(world.url("remove_file", uuid=kept.uuid)).status_code for user in reversed(people)]
    assert removed == [404, 404, 403, 404, 403, 302]


def test_unknown_question_or_file_is_not_found(world: World) -> None:
    client = signed_in(world.focal_point)
    assert client.get(world.url("files", "art-1", code="quiz.9.9")).status_code == 404
    assert client.get(world.url("files", "art-2", code=CODE)).status_code == 404
    assert client.get(world.url("files", "art-1", code="quiz.1.1.note")).status_code == 404
    assert client.get(world.url("file", uuid="00000000-0000-4000-8000-000000000000")).status_code == 404
