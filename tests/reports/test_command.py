"""``./palermo report`` writes the report into a file, or says what is wrong."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from tests.factories.responses import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = make_world()
    world.save("quiz.1.1.implementation", "in_part", text="Only leaders are punished")
    return world


@pytest.mark.parametrize(
    ("form", "begins"), [("docx", b"PK"), ("pdf", b"%PDF-"), ("html", b"<!doctype html>"), ("csv", b"\xef")]
)
def test_report_is_written(world: World, tmp_path: Path, form: str, begins: bytes) -> None:
    said, target = StringIO(), tmp_path / f"x.{form}"
    call_command("report", "2026", "quiz", "ARG", format=form, output=target, stdout=said)
    assert target.read_bytes().startswith(begins)
    assert said.getvalue() == f"{target} ({target.stat().st_size} bytes)\n"


def test_report_of_nothing_is_refused(world: World, tmp_path: Path) -> None:
    for options in ({"submission": 3}, {}):
        party = "ARG" if options else "XXX"
        with pytest.raises(CommandError, match="There is no such response or submission"):
            call_command("report", "2026", "quiz", party, output=tmp_path / "x", **options)


def test_report_that_cannot_be_written_says_why(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("report", "2026", "quiz", "ARG", format="csv", output=tmp_path / "no" / "x.csv")
