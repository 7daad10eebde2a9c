"""What a table can hold of a study: what reading the table that would be written gives."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import polars as pl

from segue.codecs.xlsx_write import LONGEST, MOST_COLUMNS, MOST_ROWS
from segue.errors import Incompatible
from segue.formats.options import Options
from segue.formats.table.assemble import assembled
from segue.formats.table.cells import typed
from segue.formats.table.flat import Flat, flat
from segue.formats.table.options import ReadOptions, WriteOptions
from segue.formats.table.raw import Raw
from segue.formats.table.spec import FORMAT
from segue.formats.table.take_apart import taken_apart
from segue.model.features import Feature
from segue.model.keep import keep
from segue.model.study import Study

_EXACT = 2**53


def fit(study: Study, options: Options) -> Study:
    """Objects, one point each, populations by name and values, as they come back.

    Raises
    ------
    Incompatible
        A sheet of XLSX cannot hold it, or physical positions are asked for without a pixel size.
    """
    chosen = cast("WriteOptions", options)
    features = set(FORMAT.keeps) - ({Feature.PIXEL_SIZE} if chosen.unit == "pixel" else set())
    table = flat(keep(study, features), chosen)
    if chosen.container == "xlsx":
        check_sheet(table)
    parts, _ = taken_apart(as_read(table, chosen), ReadOptions())
    return assembled(parts)[0]


def as_read(table: Flat, options: WriteOptions) -> Raw:
    """The table as the reader will meet it."""
    first = len(table.names) - table.values
    values = [as_cells(column, options) for column in table.columns[first:]]
    names = table.names
    facts = {}
    if options.container == "parquet":
        facts = {name: replace(fact, name=name) for name, fact in zip(names[first:], table.facts, strict=True)}
    stated = options.container in ("parquet", "xlsx")
    return Raw(names, [*table.columns[:first], *values], typed=stated, own=True, facts=facts, table=table.table if facts else "measurements")


def as_cells(column: pl.Series, options: WriteOptions) -> pl.Series:
    """A column of values as it comes back from a file."""
    if options.container == "parquet":
        return column
    if column.null_count() == column.len():
        return (
            column.cast(pl.Float64, strict=False)
            if column.dtype != pl.Utf8
            else pl.Series(column.name, [None], dtype=pl.Float64).new_from_index(0, column.len())
        )
    if options.container == "xlsx":
        return beyond_sheet(column)
    if column.dtype == pl.Utf8:
        return typed(column, "," if options.decimal == "comma" else ".")
    if options.undefined == "NaN" and column.null_count() and column.dtype.is_numeric():
        return column.cast(pl.Float64).fill_null(float("nan"))
    return column


def beyond_sheet(column: pl.Series) -> pl.Series:
    """Whole numbers that a spreadsheet would round become text."""
    if column.dtype.is_float() and not bool((column.is_finite() | column.is_nan()).any()):
        return column.cast(pl.Utf8)  # infinities are texts, and here nothing else says that they are numbers
    if column.dtype.is_integer() and column.null_count() < column.len() and max(-column.min(), column.max()) > _EXACT:  # type: ignore[operator,type-var]
        return column.cast(pl.Utf8)
    return column


def check_sheet(table: Flat) -> None:
    """Raise Incompatible if a table is too large for a sheet."""
    rows = table.columns[0].len() + 1
    if rows > MOST_ROWS:
        raise Incompatible(f"XLSX holds {MOST_ROWS:,} rows, and these are {rows:,} with the header; write .csv or .parquet instead", rows=rows)
    if len(table.names) > MOST_COLUMNS:
        raise Incompatible(f"XLSX holds {MOST_COLUMNS:,} columns, and these are {len(table.names):,}; write .csv or .parquet instead", columns=len(table.names))
    longest = max((int(c.str.len_chars().max() or 0) for c in (pl.Series(table.names), *table.columns) if c.dtype == pl.Utf8), default=0)  # type: ignore[arg-type]
    if longest > LONGEST:
        raise Incompatible(
            f"a cell of XLSX holds {LONGEST:,} characters, and one of these texts has {longest:,}; write .csv or .parquet instead", characters=longest
        )
