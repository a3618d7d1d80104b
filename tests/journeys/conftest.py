"""One real world with its web servers for all journeys in a browser, and people who walk through it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from tests.journeys import harness
from tests.journeys.people import Somebody, link_in

from palermo.config import launch
from palermo.config.worlds import World

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PEOPLE = "tests.journeys.people"


@dataclass
class Site:
    """The served world: its address, its database as it lies on the disk, and deeds done quickly."""

    world: World
    base: str
    database: "psycopg.Connection[Any]"
    officer: str

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database holds, read beside the application."""
        return self.database.execute(query, values).fetchall()

    def mail(self, address: str) -> str:
        """The latest mail to somebody."""
        found = self.rows("SELECT body FROM base_mail WHERE to_address = %s ORDER BY id DESC LIMIT 1", address)
        assert found, f"no mail to {address}"
        return str(found[0][0])

    def invitation(self, address: str) -> str:
        """The link in the latest mail to somebody."""
        return link_in(self.mail(address))

    def do(self, *arguments: str) -> dict[str, Any]:
        """A deed of ``people.py``, through the project's own actions."""
        return harness.run_in(self.world, PEOPLE, *arguments)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A world in production mode, served by two web processes."""
    port = launch.any_port()
    base = f"http://127.0.0.1:{port}"
    with harness.new_world(extra={"PALERMO_ADDRESS": base}) as world:
        officer = harness.run_in(world, PEOPLE, "officer")["email"]
        assert world.cluster is not None
        with harness.Serving(world, port=port), world.cluster.connect(database=world.database) as database:
            yield Site(world, base, database, officer)


@pytest.fixture
def somebody(site: Site, browser: "Browser") -> Iterator[Callable[..., Somebody]]:
    """Makes people with a browser each; afterwards no script of any page may have failed."""
    there: list[Somebody] = []

    def make(*, scripts: bool = True, **options: Any) -> Somebody:
        there.append(Somebody(browser, site.base, scripts=scripts, **options))
        return there[-1]

    yield make
    complaints = [said for person in there for said in person.complaints]
    for person in there:
        person.close()
    assert complaints == []
