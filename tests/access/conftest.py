"""The cast and its world: built once for this folder, in a transaction that is rolled back at the end."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.factories.world import CastWorld, standing_world


@pytest.fixture(scope="package")
def whole_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[CastWorld]:
    """The world, for all tests of this folder."""
    with django_db_blocker.unblock(), standing_world() as world:
        yield world


@pytest.fixture
def world(whole_world: CastWorld, db: None) -> CastWorld:
    """The world, for one test: what the test changes has not happened afterwards (``db`` is a savepoint here)."""
    return whole_world
