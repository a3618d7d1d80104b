"""Every address times every method times every role: one table, and nothing beside it."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.urls import URLPattern, URLResolver, get_resolver
from tests.access.cast import ROLES, Cast, ask, document_at_once, text_of
from tests.access.table import ROWS, Row
from tests.factories.world import CastWorld, undone

from palermo.reports import exchange

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("access")]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def names(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[str]:
    """The name of every address, with its namespace."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern.url_patterns, space)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


def resolved(world: CastWorld, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the things of the world in place of their names; files are made anew."""

    def one(value: Any) -> Any:
        if callable(value):
            return value()
        if isinstance(value, str) and "$" in value:
            head, _dollar, name = value.partition("$")
            thing = world.things[name]
            return f"{head}{thing}" if head else thing
        return value

    return {key: one(value) for key, value in values.items()}


@pytest.fixture(scope="module")
def cast(whole_world: CastWorld) -> Cast:
    return Cast.of(whole_world)


@pytest.fixture
def quick_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents as the order for them: the child process that makes them has tests of its own."""
    monkeypatch.setattr(exchange, "_run", document_at_once)


def told(cast: Cast, row: Row, role: str, language: str) -> str:
    """What a role is told, in the words of the table; what does not fit is told in full. What it did is undone."""
    address = cast.address(row.name, resolved(cast.world, row.arguments), language)
    # Limits of attempts and used codes are kept there; every role comes for the first time.
    cache.clear()
    with undone():
        browser = cast.browser(role)
        if row.came_by is not None and role == "visitor":
            row.came_by(cast.world, browser)
        data = resolved(cast.world, row.data)
        reply = ask(browser, row.method, address + row.query, data, headers=dict(row.headers))
        text = text_of(reply)
    if reply.status_code == 200:
        return "ok" if row.text and row.text in text else f"200 without “{row.text}”"
    if reply.status_code == 302:
        there = urlsplit(reply["Location"])
        if there.path == cast.address("account_login", language=language):
            return "in"
        if there.path == aim(cast, row, language):
            return "go"
        return f"302 {reply['Location']}"
    return str(reply.status_code)


def aim(cast: Cast, row: Row, language: str) -> str:
    if isinstance(row.goes, str):
        return row.goes
    name, arguments = row.goes
    return cast.address(name, resolved(cast.world, arguments), language)


@pytest.mark.usefixtures("quick_documents")
@pytest.mark.parametrize("language", ["en", pytest.param("ar", marks=pytest.mark.one_database)])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
def test_role_is_told(world: CastWorld, cast: Cast, row: Row, language: str, request: pytest.FixtureRequest) -> None:
    """In English everybody asks; in Arabic, and on the second database, the first of those who are told the same."""
    expected = dict(zip(ROLES, row.who.split(), strict=True))
    if language != "en" or request.config.getoption("--only-database"):
        expected = {role: word for role, word in expected.items() if role == first_with(word, expected)}
    if row.before is not None:
        row.before(world)
    assert {role: told(cast, row, role, language) for role in expected} == expected


def first_with(word: str, expected: Mapping[str, str]) -> str:
    return next(role for role, other in expected.items() if other == word)


def test_every_address_has_a_row() -> None:
    assert sorted(set(names()) - {row.name for row in ROWS}) == []


def test_every_row_has_an_address() -> None:
    assert sorted({row.name for row in ROWS} - set(names())) == []


def test_every_row_is_open_to_somebody() -> None:
    open_rows = {(row.name, row.method) for row in ROWS if {"ok", "go"} & set(row.who.split())}
    assert sorted({(row.name, row.method) for row in ROWS} - open_rows) == []


def test_every_row_names_what_it_shows() -> None:
    assert [row.title for row in ROWS if "ok" in row.who.split() and not row.text] == []
    assert [row.title for row in ROWS if "go" in row.who.split() and not row.goes] == []


@pytest.mark.one_database
@pytest.mark.parametrize("name", sorted({row.name for row in ROWS}))
def test_other_methods_are_refused(world: CastWorld, cast: Cast, name: str) -> None:
    """A method without a row is answered 405, to those who may use the others."""
    rows = [row for row in ROWS if row.name == name]
    for before in filter(None, (row.before for row in rows[:1])):
        before(world)
    row = next(row for row in rows if {"ok", "go"} & set(row.who.split()))
    role = next(role for role, word in zip(ROLES, row.who.split(), strict=True) if word in {"ok", "go"})
    undeclared = [method for method in METHODS if method not in {row.method for row in rows}]
    address = cast.address(name, resolved(world, row.arguments))
    assert {method: cast.ask(role, method, address).status_code for method in undeclared} == dict.fromkeys(
        undeclared, 405
    )
