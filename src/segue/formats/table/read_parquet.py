"""Parquet: columns have types; what segue wrote says what they mean."""

from __future__ import annotations

from typing import Any

import polars as pl

from segue.codecs.json_text import loads
from segue.codecs.parquet_foreign import facts, table
from segue.errors import SegueError
from segue.formats.table.options import ReadOptions
from segue.formats.table.raw import Raw
from segue.model.tables import TYPES, Column
from segue.notes import Kind, Note
from segue.storage.source import Source

KEY = "segue"
"""The key of the metadata that holds what the columns mean."""
MAGIC = b"PAR1"


def read_parquet(source: Source, options: ReadOptions) -> Raw:
    """Read a Parquet file of plain columns; lists, structures and bytes are passed over, and said.

    Raises
    ------
    SourceError
    """
    name, stated = _stated(facts(source).metadata.get(KEY, ""))
    frame = table(source)
    found = {column.name: plain(column) for column in frame}
    names = [name for name, column in found.items() if column is not None]
    skipped = [name for name, column in found.items() if column is None]
    notes = [Note(Kind.SKIPPED, f"columns that hold no plain values: {', '.join(skipped[:5])}{', ...' if len(skipped) > 5 else ''}")] if skipped else []
    columns = [column for column in found.values() if column is not None]
    known = {one.name: one for one in stated if one.name in found and found[one.name] is not None and found[one.name].dtype == TYPES[one.type]}  # type: ignore[union-attr]
    return Raw(
        names,
        columns,
        typed=True,
        own=name is not None,
        facts=known,
        table="measurements" if name is None else name,
        notes=tuple(notes),
        row_numbers=_row_numbers(names, columns),
    )


def plain(column: pl.Series) -> pl.Series | None:
    """A column in one of the types of the model; None = it is none of them."""
    kind = column.dtype
    if kind in (pl.Utf8, pl.Boolean, pl.Int64, pl.Float64, pl.UInt64):
        return column
    if kind.is_integer():
        return column.cast(pl.Int64, strict=False) if kind.is_signed_integer() or kind != pl.UInt64 else column
    if kind.is_numeric():
        return column.cast(pl.Float64)
    if kind in (pl.Categorical, pl.Enum):
        return column.cast(pl.Utf8)
    if kind.is_temporal():
        return column.cast(pl.Utf8)
    return column.cast(pl.Float64) if kind == pl.Null else None


def _row_numbers(names: list[str], columns: list[pl.Series]) -> bool | None:
    """pandas writes its row numbers into a column of its own."""
    return False if names and names[0].startswith("__index_level_0__") and columns[0].dtype.is_integer() else None


def _stated(text: str) -> tuple[str | None, list[Column]]:
    """(name of the table, its columns) as segue wrote them; nothing if it did not."""
    if not text:
        return None, []
    try:
        found = loads(text.encode())
        return str(found["table"]), [_column(one) for one in found["columns"]]
    except (SegueError, LookupError, TypeError, ValueError):
        return None, []


def _column(facts: dict[str, Any]) -> Column:
    texts = {name: None if facts.get(name) is None else str(facts[name]) for name in ("property", "unit", "measurement", "channel", "layer")}
    if facts["type"] not in TYPES:
        raise ValueError(facts["type"])
    return Column(str(facts["name"]), facts["type"], path=tuple(str(one) for one in facts.get("path", ())), **texts)
