"""XLSX: the values of one sheet, with their types."""

from __future__ import annotations

import polars as pl

from segue.codecs.xlsx_read import read_xlsx as read_sheet
from segue.formats.table.options import ReadOptions
from segue.formats.table.raw import Raw
from segue.model.objects import unique_texts
from segue.notes import Kind, Note
from segue.storage.source import Source


def read_xlsx(source: Source, options: ReadOptions) -> Raw:
    """Read a sheet of a workbook.

    Raises
    ------
    SourceError, InvalidOption
    """
    found = read_sheet(source, options.sheet, header=None if options.header_rows is None else options.header_rows > 0)
    titles = [name or "" for name in found.header] or [f"column {nth + 1}" for nth in range(len(found.columns))]
    names = list(unique_texts(pl.Series(titles, dtype=pl.Utf8)))
    columns = [one.values for one in found.columns]
    notes = []
    if len(found.sheets) > 1 and options.sheet is None:
        notes.append(
            Note(Kind.ASSUMED, f"the first of {len(found.sheets)} sheets is the table; --set sheet=NAME reads another ({', '.join(found.sheets[1:6])})")
        )
    dates = [name for name, one in zip(names, found.columns, strict=True) if one.dates]
    if dates:
        notes.append(Note(Kind.ASSUMED, f"dates are the numbers of days that the spreadsheet stores, in: {', '.join(dates[:5])}"))
    errors = sum(one.errors for one in found.columns)
    if errors:
        notes.append(Note(Kind.ASSUMED, "{count cell} with an error value of the spreadsheet: missing", count=errors))
    return Raw(names, columns, own=bool(names) and names[0] == "id", typed=True, notes=tuple(notes))
