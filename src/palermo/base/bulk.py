"""Many rows in one statement, by PostgreSQL's COPY."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, models


def new_keys(cursor: Any, model: type[models.Model], count: int) -> list[int]:
    """So many new keys for a table, taken from its sequence."""
    if not count:
        return []
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [model._meta.db_table, count]
    )
    return [key for (key,) in cursor.fetchall()]


def copy_rows(cursor: Any, model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Writes rows in one statement; each names the same fields."""
    rest = iter(rows)
    first = next(rest, None)
    if first is None:
        return
    names = list(first)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(_column(model, name)) for name in names)
    with (
        connection.wrap_database_errors,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN") as out,
    ):
        out.write_row([first[name] for name in names])
        for row in rest:
            out.write_row([row[name] for name in names])


def _column(model: type[models.Model], name: str) -> str:
    found = model._meta.get_field(name)
    assert isinstance(found, models.Field)
    assert found.column is not None
    return found.column
