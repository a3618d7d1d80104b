"""The command that loads everything."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from palermo.parties.models import Party
from palermo.treaties.models import Provision

pytestmark = pytest.mark.django_db


def test_load_content_loads_everything_and_can_be_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_content")
    first = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in first[:2]] == ["Parties", "Treaties"]
    assert Provision.objects.filter(is_article=True).count() == 41
    with CaptureQueriesContext(connection) as queries:
        call_command("load_content")
    second = capsys.readouterr().out.splitlines()
    assert [line.partition("created, ")[2].partition(" w")[0].partition(" r")[0] for line in second[:2]] == [
        "0 changed, 0",
        "0 changed, 0",
    ]
    assert len(second) == len(first)
    assert len(queries) == 65  # none for each party, provision or question


def test_load_content_says_what_is_wrong_and_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("load_content", str(tmp_path))
    assert str(refusal.value).splitlines()[0] == "Nothing was loaded, because of 1 problem:"
    assert Party.objects.count() == 0
