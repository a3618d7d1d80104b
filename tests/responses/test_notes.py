"""Notes verbales: put on record once and for all, with files that only those concerned can fetch."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.parties import make_grant, make_party, make_user
from tests.factories.questionnaires import make_spec, question
from tests.factories.responses import World, make_world, signed_in

from palermo.base.errors import Refusal
from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent
from palermo.responses.actions.notes import record_note
from palermo.responses.models import NoteFile, NoteVerbale, Response
from palermo.responses.queries.archive import today

pytestmark = pytest.mark.django_db
GIVEN = {
    "direction": "received",
    "reference": "ARG 17/2026",
    "dated_on": "2026-11-02",
    "language": "es",
    "summary": "La nota",
}


@pytest.fixture
def world() -> World:
    return make_world(make_spec({"art-1": [question("quiz.1.1.implementation", "implementation")]}))


@pytest.fixture
def client(world: World) -> Client:
    officer = make_user("Officer")
    make_grant(officer, Role.SECRETARIAT, "/cycles")
    return signed_in(officer)


def refused(action: Callable[[], object]) -> str:
    """The code of the refusal."""
    with pytest.raises(Refusal) as caught:
        action()
    return caught.value.code


def scan(name: str = "note.txt", content: bytes = b"A note verbale.\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def status(client: Client, address: str) -> int:
    """What is replied; a file is read to its end."""
    reply = client.get(address)
    if reply.streaming:
        list(reply.streaming_content)  # type: ignore[attr-defined]
    return int(reply.status_code)


def note(world: World, **change: Any) -> NoteVerbale:
    given = {
        "direction": "received",
        "reference": "ARG 17/2026",
        "dated_on": datetime.date(2026, 11, 2),
        "language": "es",
    }
    return record_note(**{"by": make_user(), "response": world.response, **given, **change})


def test_a_note_is_recorded_with_its_files(world: World) -> None:
    made = note(world, reference="  ARG   17/2026 ", uploads=[scan("one.txt"), scan("two.txt")])
    assert made.reference == "ARG 17/2026"
    assert list(made.files.order_by("pk").values_list("name", flat=True)) == ["one.txt", "two.txt"]
    event = AuditEvent.objects.get(action="record_note")
    assert (event.scope, event.subject, [item["name"] for item in event.detail["files"]]) == (
        world.scope,
        "ARG 17/2026",
        ["one.txt", "two.txt"],
    )


def test_note_refusals(world: World) -> None:
    note(world)
    assert refused(lambda: note(world)) == "reference_taken"
    assert refused(lambda: note(world, reference="  ")) == "no_reference"
    ahead = today() + datetime.timedelta(days=1)
    assert refused(lambda: note(world, reference="B", dated_on=ahead)) == "ahead"
    assert refused(lambda: note(world, reference="C", uploads=[scan("virus.exe", b"MZ")])) == "not_taken"
    assert list(NoteVerbale.objects.values_list("reference", flat=True)) == ["ARG 17/2026"]
    # The two directions have numbers of their own.
    assert note(world, direction="sent").pk


def test_a_note_is_never_changed_nor_deleted(world: World) -> None:
    made = note(world)
    with pytest.raises(DatabaseError), transaction.atomic():
        NoteVerbale.objects.filter(pk=made.pk).update(summary="Other")
    with pytest.raises(DatabaseError), transaction.atomic():
        made.delete()


def test_the_page_puts_a_note_on_record(world: World, client: Client) -> None:
    where = world.url("record_note")
    wrong = client.post(where, {**GIVEN, "reference": "", "dated_on": "yesterday"})
    assert (wrong.status_code, sorted(wrong.context["form"].errors)) == (422, ["dated_on", "reference"])
    assert "La nota" in wrong.content.decode()
    bad = client.post(where, {**GIVEN, "uploads": [scan("a.exe", b"MZ program")]})
    assert (bad.status_code, NoteVerbale.objects.count()) == (409, 0)
    done = client.post(where, {**GIVEN, "uploads": [scan("one.txt"), scan("two.txt")]})
    assert done["Location"] == world.url("desk")
    assert [file.name for file in NoteFile.objects.order_by("pk")] == ["one.txt", "two.txt"]
    page = client.get(world.url("desk")).content.decode()
    assert [word in page for word in ("ARG 17/2026", "La nota", "one.txt", "two.txt")] == [True] * 4
    again = client.post(where, GIVEN)
    assert [message for _target, message in again.context["errors"]] == [
        "The note verbale ARG 17/2026 is on record already; give another reference."
    ]
    many = client.post(where, {**GIVEN, "reference": "Many", "uploads": [scan(f"{n}.txt") for n in range(11)]})
    assert many.context["form"].errors == {"uploads": ["Ten files at most belong to one note; join some of them."]}


def test_who_reads_the_notes_and_their_files(world: World, client: Client) -> None:
    made = note(world, uploads=[scan()])
    file = world.url("note_file", note=made.uuid, uuid=made.files.get().uuid)
    people = {
        "focal": world.focal_point,
        "deputy": world.member(Role.DEPUTY),
        "reader": world.member(Role.READER),
        "contributor": world.contributor(),
        "stranger": make_user(),
    }
    found = {
        role: [status(signed_in(user), address) for address in (world.url("notes"), file)]
        for role, user in people.items()
    }
    assert found == {
        "focal": [200, 200],
        "deputy": [200, 200],
        "reader": [200, 200],
        "contributor": [403, 403],
        "stranger": [404, 404],
    }
    reply = client.get(file)
    assert b"".join(reply.streaming_content) == b"A note verbale.\n"  # type: ignore[attr-defined]
    assert (reply["Content-Disposition"], reply["X-Content-Type-Options"]) == (
        'attachment; filename="note.txt"',
        "nosniff",
    )
    assert "Put a note verbale on record" not in signed_in(world.focal_point).get(world.url("notes")).content.decode()


def test_a_file_is_found_only_at_its_own_note_and_response(world: World, client: Client) -> None:
    first, second = note(world, uploads=[scan()]), note(world, reference="Other")
    file = first.files.get()
    assert client.get(world.url("note_file", note=second.uuid, uuid=file.uuid)).status_code == 404
    kenya = make_party("KEN", "Kenya")
    other = Response.objects.create(
        cycle=world.response.cycle,
        questionnaire=world.response.questionnaire,
        party=kenya,
        version=world.response.version,
    )
    elsewhere = World(other, world.spec, world.focal_point)
    assert client.get(elsewhere.url("note_file", note=first.uuid, uuid=file.uuid)).status_code == 404
    NoteFile.objects.filter(pk=file.pk).update(removed_at="2026-11-24T10:00:00Z")
    assert client.get(world.url("note_file", note=first.uuid, uuid=file.uuid)).status_code == 404


def test_the_notes_of_a_cycle_are_listed_in_as_many_queries_for_many(world: World, client: Client) -> None:
    note(world, uploads=[scan()])
    where = "/en/cycles/2026/notes/"
    client.get(where)
    with CaptureQueriesContext(connection) as one:
        client.get(where)
    for number in range(3):
        party = make_party(f"X{number}", f"Land {number}")
        response = Response.objects.create(
            cycle=world.response.cycle,
            questionnaire=world.response.questionnaire,
            party=party,
            version=world.response.version,
        )
        note(World(response, world.spec, world.focal_point), direction="sent", uploads=[scan()])
    with CaptureQueriesContext(connection) as four:
        page = client.get(where)
    # session, user, grants; cycle, notes, files, names
    assert (len(one), len(four)) == (7, 7)
    assert sorted(line.name for line, _title in page.context["lines"]) == ["Argentina", "Land 0", "Land 1", "Land 2"]
    sent = client.get(where, {"direction": "sent"})
    assert sorted(line.name for line, _title in sent.context["lines"]) == ["Land 0", "Land 1", "Land 2"]
    odd = client.get(where, {"direction": "sideways"})
    assert (len(odd.context["lines"]), "it has been left out" in odd.content.decode()) == (4, True)
