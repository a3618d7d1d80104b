"""A table as data for spreadsheets and scripts: what it shows, as at when, what its words mean, then its rows."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

# A cell that begins so is a formula to a spreadsheet; an apostrophe before it makes it text (and is documented).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int | float | bool | None


@dataclass(frozen=True)
class Table:
    """A table with everything that a reader needs who finds the file years later."""

    title: str
    about: Mapping[str, str]
    """What it was made from: cycle, treaty, ``as_at``, ``known_at``."""
    columns: Mapping[str, str]
    """The name of each column in the data, and what it means."""
    rows: Sequence[Mapping[str, Cell]]
    notes: Sequence[str] = field(default=())
    """How it was counted and rounded."""


def as_json(table: Table) -> str:
    """The table as JSON: head and rows."""
    made: dict[str, Any] = {
        "title": table.title,
        "about": dict(table.about),
        "notes": list(table.notes),
        "columns": dict(table.columns),
        "rows": [{name: row.get(name) for name in table.columns} for row in table.rows],
    }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def as_csv(table: Table) -> str:
    """The table as CSV with a byte order mark; the lines of its head begin with ``#``, as many readers skip them."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    head = [table.title, *(f"{name}: {value}" for name, value in table.about.items())]
    head += [f"{name}: {meaning}" for name, meaning in table.columns.items()]
    for line in (*head, *table.notes):
        writer.writerow([f"# {' '.join(line.split())}"])
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([_shown(row.get(name)) for name in table.columns])
    return out.getvalue()


def _shown(cell: Cell) -> str:
    """A cell as text; nothing is nothing, and never nought."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    text = str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(_FORMULA) else text
