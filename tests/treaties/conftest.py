"""The content files, loaded once for the modules that ask for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker
from tests.factories.world import settle

from palermo.parties.exchange import load_parties
from palermo.treaties.exchange import load_treaties

CONTENT = Path(__file__).parents[2] / "src" / "palermo" / "content"


@pytest.fixture(scope="module")
def content(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    """Parties and treaties as the content files have them."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_parties(CONTENT, by=None)
        load_treaties(CONTENT, by=None)
        settle()
        yield CONTENT
        transaction.set_rollback(True)
