"""What tables of cells share in which a number is all that names a cell, the one it has in the mask (mcquant, steinbock): its rows and columns.

Text tables do not store types, so what a column becomes is decided by one rule (``as_read``), for reading and for ``fit`` alike.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import polars as pl

from segue.codecs.delimited import read_delimited
from segue.codecs.delimited_numbers import MISSING, numbers
from segue.codecs.delimited_write import write_delimited
from segue.errors import Malformed, WrongFormat
from segue.model.objects import Objects, unique_texts
from segue.model.study import ImageSet
from segue.model.tables import TYPES, Column, Table
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_TRUE, _FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")


@dataclass(frozen=True)
class CellTable:
    """One file."""

    keys: dict[str, pl.Series]
    """The columns that were asked for, as text, numbers or whole numbers; absent ones are missing."""
    values: list[pl.Series]
    """All other columns, named and typed, in the order of the file."""
    notes: Notes


def read_cells(source: Source, keys: Collection[str], first: str, texts: Collection[str] = ()) -> CellTable:
    """Read a table.

    Parameters
    ----------
    source
        A text table with one row of names.
    keys
        Columns that are no values.
    first
        The one of them that there has to be.
    texts
        Those of them that stay text, whatever they look like.

    Raises
    ------
    SourceError
        It is no text table, or has no column ``first``.
    """
    found = read_delimited(source, header_rows=1)
    if first not in found.names:
        raise WrongFormat(f"{source.path} has no column {first}, by which its rows are found in the mask", path=source.path, expected=first)
    decimal = found.dialect.decimal if found.dialect.delimiter == ";" else "."
    names = list(found.names)
    columns = [column if name in texts else as_read(column, decimal) for name, column in zip(names, found.columns.get_columns(), strict=True)]
    place = {key: names.index(key) for key in keys if key in names}
    others = [nth for nth in range(len(names)) if nth not in place.values()]
    named = usable([names[nth] for nth in others], keys)
    values = [columns[nth].alias(name) for nth, name in zip(others, named, strict=True)]
    mended = Notes.of(*(Note(Kind.REPAIRED, what, where=f"{source.path.name} line {line}") for line, what in found.repairs))
    return CellTable({key: columns[nth] for key, nth in place.items()}, values, mended)


def as_read(column: pl.Series, decimal: str = ".") -> pl.Series:
    """A column as it comes back from a text table: texts that all look like numbers or truth values are such; without a value it is of numbers."""
    if column.null_count() == column.len():
        return pl.Series(column.name, [None], dtype=pl.Float64).new_from_index(0, column.len())
    if column.dtype != pl.Utf8:
        return column
    filled = column.drop_nulls()
    if filled[0] in MISSING and filled.is_in(list(MISSING)).all():
        return pl.Series(column.name, [None], dtype=pl.Float64).new_from_index(0, column.len())
    if filled[0] in (*_TRUE, *_FALSE) and filled.is_in([*_TRUE, *_FALSE]).all():
        return column.is_in(list(_TRUE))
    found = numbers(column, decimal, MISSING)
    return column if found.dtype == pl.UInt64 else found


def usable(names: Sequence[str], taken: Collection[str]) -> list[str]:
    """Names of value columns: none empty, none twice, none of a key."""
    filled = [name if name and name not in ("row", *taken) else f"{name or 'column'} {nth + 1}" for nth, name in enumerate(names)]
    free = unique_texts(pl.Series(filled, dtype=pl.Utf8)).to_list()
    return free if not set(free) & set(taken) else usable(free, taken)


def cell_numbers(column: pl.Series, source: Source) -> pl.Series:
    """A column of cell numbers, UInt64.

    Raises
    ------
    Malformed
        A cell has no number, or none from 0, or two have the same.
    """
    found = column
    if column.dtype.is_float() and (column == column.round()).all():
        found = column.cast(pl.Int64, strict=False)
    if found.dtype == pl.Utf8:
        found = numbers(found) if found.len() else found.cast(pl.UInt64)
    found = found.cast(pl.UInt64, strict=False) if found.dtype.is_integer() or not found.len() else found
    if found.dtype != pl.UInt64 or found.null_count():
        raise Malformed(
            f"{source.path}: column {column.name} holds something else than the numbers of cells", path=source.path, position=f"column {column.name}"
        )
    return found


def table_of(rows: Sequence[int] | np.ndarray[tuple[int], np.dtype[np.int32]], values: Sequence[pl.Series], columns: Sequence[Column]) -> Table:
    """Values about objects."""
    return Table("objects", pl.DataFrame([pl.Series("row", rows, dtype=pl.Int32), *values]), tuple(columns))


def typed(column: pl.Series, **facts: str) -> Column:
    """The description of a column that was read."""
    kind = next(name for name, dtype in TYPES.items() if dtype == column.dtype and name != "json")
    return Column(column.name, kind, **facts)  # type: ignore[arg-type]


def numbered(objects: Objects) -> pl.Series:
    """The number of each object: its label, else the next free one. UInt64."""
    label = objects.frame["label"]
    if not label.null_count():
        return label
    used = label.drop_nulls()
    free = pl.Series(range(1, len(label) + 1), dtype=pl.UInt64)
    free = free.filter(~free.is_in(used.implode())) if used.len() else free
    missing = label.is_null()
    return label.clone().scatter(missing.arg_true(), free.head(int(missing.sum())))


def values_of(s: ImageSet, tables: Mapping[str, Table]) -> list[pl.Series]:
    """Every column of some tables about objects, as long as there are objects, as it comes back."""
    found = []
    for table in tables.values():
        place = table.frame["row"].to_numpy()
        for column in table.columns:
            given = table.frame[column.name]
            empty = pl.Series(column.name, [None], dtype=given.dtype).new_from_index(0, len(s.objects))
            found.append(as_read(empty.scatter(place, given) if len(place) else empty))
    return found


def write_cells(file: BinaryIO, names: Sequence[str], columns: Sequence[pl.Series]) -> None:
    """Write a table: comma, point, empty cells where there is no value, ``NaN`` where that is the value."""
    write_delimited(file, pl.DataFrame([column.alias(str(nth)) for nth, column in enumerate(columns)]), header=[list(names)])
