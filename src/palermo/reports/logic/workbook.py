"""A table as a workbook: the rows on one sheet, what it is and what its words mean on another."""

import io
from typing import Final

import xlsxwriter

from palermo.reports.logic.tables import Cell, Table

# What a cell of a workbook can hold at most.
LONGEST: Final = 32_000
WIDTHS: Final = (24, 14)


def as_xlsx(table: Table) -> bytes:
    """The table as XLSX; what is text stays text, and nothing becomes a formula or a link."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("data")
    names = list(table.columns)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, bold)
    sheet.freeze_panes(1, 2)
    sheet.set_column(0, 0, WIDTHS[1])
    sheet.set_column(1, 1, WIDTHS[0])
    for number, row in enumerate(table.rows, start=1):
        for column, name in enumerate(names):
            _write(sheet, number, column, row.get(name))
    about = book.add_worksheet("about")
    about.set_column(0, 0, 30)
    about.set_column(1, 1, 100, wrap)
    lines = [("", table.title), *table.about.items(), *(("", note) for note in table.notes), *table.columns.items()]
    for number, (name, said) in enumerate(lines):
        about.write_string(number, 0, name, bold)
        about.write_string(number, 1, str(said)[:LONGEST])
    book.close()
    return out.getvalue()


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Cell) -> None:
    """Nothing is nothing, and never nought."""
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell)
    else:
        sheet.write_string(row, column, cell[:LONGEST])
