"""Text tables: from the cells of a file to columns with names."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import polars as pl

from segue.codecs.delimited import Delimited, read_delimited
from segue.formats.table.names import unit_in
from segue.formats.table.options import ReadOptions
from segue.formats.table.raw import Raw
from segue.model.objects import unique_texts
from segue.notes import Kind, Note
from segue.storage.source import Source

OWN = re.compile(rb"^(?:\xef\xbb\xbf)?id(?:([,;\t])|\r?\n)")
"""How a table begins that segue wrote: what stands in it never decides how it is read."""


def read_text(source: Source, options: ReadOptions) -> Raw:
    """Read CSV, TSV and their relatives.

    Raises
    ------
    SourceError, InvalidOption
    """
    own = _own(source, options)
    delimiter = "\t" if options.delimiter in ("tab", "\\t") else options.delimiter
    found = read_delimited(
        source, delimiter=delimiter or own, header_rows=1 if own and options.header_rows is None else options.header_rows, floats=options.read_decimal == "auto"
    )
    names, units = _names(found)
    decimal = found.dialect.decimal if options.read_decimal == "auto" else {"point": ".", "comma": ","}[options.read_decimal]
    row_numbers = found.dialect.row_numbers and not own
    return Raw(
        names=names,
        columns=found.columns.get_columns(),
        decimal=decimal,
        own=own is not None,
        row_numbers=found.columns["0"][0] == "1" if row_numbers else None,
        units=units,
        notes=(*_repairs(found), *_assumed(found)),
    )


def _own(source: Source, options: ReadOptions) -> str | None:
    """The delimiter of a table that segue may have written."""
    from segue.codecs.delimited_text import head_of

    head = head_of(source, 64) if options.delimiter is None else None
    match = OWN.match(head[0]) if head else None
    return None if match is None else (match[1] or b",").decode()


def _names(found: Delimited) -> tuple[list[str], dict[str, str]]:
    """(unique names, units that a header row states)."""
    rows = found.header
    if not rows:
        return [f"column {nth + 1}" for nth in range(found.columns.width)], {}
    chosen = next((row for row in rows if len(set(row)) == len(row)), None) if len(rows) > 1 else rows[0]
    texts = chosen or tuple("_".join(dict.fromkeys(cell for cell in cells if cell)) for cells in zip(*rows, strict=True))
    names = list(unique_texts(pl.Series(texts, dtype=pl.Utf8)))
    last: Any = rows[-1] if len(rows) > 1 and chosen is not rows[-1] else ()
    stated = {name: unit_in(f"name {cell}") for name, cell in zip(names, last, strict=False) if cell}
    return names, {name: unit for name, unit in stated.items() if unit}


def _repairs(found: Delimited) -> list[Note]:
    counts = Counter(what for _, what in found.repairs)
    first = {what: line for line, what in reversed(found.repairs)}
    return [
        Note(Kind.REPAIRED, f"{what} (line {first[what]:,}{f' and {count - 1:,} more' if count > 1 else ''})" if first[what] else what)
        for what, count in counts.items()
    ]


def _assumed(found: Delimited) -> list[Note]:
    notes = []
    if not found.header:
        notes.append(Note(Kind.ASSUMED, "the table has no row of names; its columns are counted"))
    if len(found.header) > 1:
        notes.append(Note(Kind.ASSUMED, f"the first {len(found.header)} rows are names"))
    if found.dialect.decimal == ",":
        notes.append(Note(Kind.ASSUMED, "numbers have decimal commas"))
    return notes
