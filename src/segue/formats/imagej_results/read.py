"""A results table of ImageJ -> study."""

from __future__ import annotations

from collections import Counter
from typing import cast

import polars as pl

from segue.codecs.delimited import Delimited, numbers, read_delimited, sniff
from segue.codecs.delimited_text import head_of
from segue.formats.imagej_results.headings import LABEL, NUMBER, ORDER
from segue.formats.imagej_results.options import ReadOptions
from segue.formats.imagej_results.parse import parsed
from segue.formats.imagej_results.sheet import Sheet
from segue.formats.options import Options
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_COMMA_NUMBER = r"^[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]+)?$"


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read a table with or without headings, numbers of rows and labels, whatever stands between the cells. Memory: the table two or three times.

    Raises
    ------
    SourceError
        It is no text table.
    Incompatible
        It is joined, and nothing names its objects.
    """
    chosen = cast("ReadOptions", options)
    if source.size <= 2 and not source.is_folder and not source.read_bytes(2).strip():
        return parsed(Sheet(0), chosen)
    rows = _header_rows(source)
    found = read_delimited(source, delimiter=_delimiter(source), header_rows=rows)
    sheet = _sheet(found, chosen)
    study, notes = parsed(sheet, chosen, source.path.name)
    mended = Counter(what for _, what in found.repairs)
    more = [Note(Kind.REPAIRED, f"{what} ({{count row}})", count=count) for what, count in mended.items()]
    if sheet.decimal == ",":
        more.append(Note(Kind.ASSUMED, "numbers have decimal commas"))
    return study, notes + Notes(tuple(more))


def _delimiter(source: Source) -> str | None:
    """What stands between the cells of the first line; ImageJ knows only tabs and commas, spreadsheets also ;. A single column has none."""
    found = head_of(source, 1 << 18)
    line = b"" if found is None else found[0].split(b"\n", 1)[0]
    return None if line.lower().startswith((b"sep=", b'"sep=')) else next((one for one in ("\t", ",", ";") if one.encode() in line), "\t")


def _header_rows(source: Source) -> int:
    """ImageJ's rule: the first row are headings unless all of it are numbers; and no heading is the number of the first row."""
    found = sniff(source, delimiter=_delimiter(source), header_rows=0)
    if found is None or not found.rows:
        return 1
    cells = pl.Series([*found.rows[0]], dtype=pl.Utf8)
    return 0 if cells[0] == "1" or (not cells.null_count() and numbers(cells).dtype != pl.Utf8) else 1


def _sheet(found: Delimited, options: ReadOptions) -> Sheet:
    columns = found.columns.get_columns()
    names = [name.strip() for name in found.names] if found.header else [f"C{nth + 1}" for nth in range(len(columns))]
    first = _row_numbers(found, columns)
    place = int(first is not None)
    labelled = len(columns) > place and (
        names[place] == LABEL if found.header else numbers(columns[place]).dtype == pl.Utf8 and columns[place].null_count() == 0
    )
    labels = columns[place] if labelled else None
    place += labelled
    rest, heads = columns[place:], names[place:]
    return Sheet(found.columns.height, tuple(heads), tuple(rest), labels, first, _decimal(found, heads, rest, options))


def _row_numbers(found: Delimited, columns: list[pl.Series]) -> pl.Series | None:
    """The first column, if it numbers the rows: it has no heading, or there are none and it counts from 1."""
    if not columns or (found.header and found.names[0].strip()):
        return None
    counted = numbers(columns[0])
    if found.columns.height == 0 and found.header:
        return columns[0] if found.names[0] == NUMBER else None
    whole = counted.dtype == pl.Int64 and not counted.null_count() and not counted.is_duplicated().any()
    return columns[0] if whole and (found.header or (counted == pl.int_range(1, len(counted) + 1, eager=True)).all()) else None


def _decimal(found: Delimited, names: list[str], columns: list[pl.Series], options: ReadOptions) -> str:
    if options.read_decimal != "auto":
        return {"point": ".", "comma": ","}[options.read_decimal]
    if found.dialect.delimiter == ";":
        return found.dialect.decimal
    measured = [column for name, column in zip(names, columns, strict=True) if name in ORDER and column.dtype == pl.Utf8]
    return "," if any(column.str.contains(_COMMA_NUMBER).any() and not column.str.contains(".", literal=True).any() for column in measured) else "."
