"""Row numbers and ids: inside, things are referred to by row; in the files by id, so that every file can be read on its own."""

from __future__ import annotations

from typing import cast

import polars as pl

from segue.codecs import parquet
from segue.formats.segue_study.plain import as_record, from_text, to_text
from segue.model.tables import KEYS, TYPES, Column, Table

_ABOUT = "segue.about"
_COLUMNS = "segue.columns"
_KEY = "segue.key"
_STALE = "segue.stale"
_ROW = "row"


def with_ids(frame: pl.DataFrame, column: str, ids: pl.Series, name: str | None = None) -> pl.DataFrame:
    """The table with a column of row numbers replaced by the ids of those rows, under another name if one is given."""
    index = frame.columns.index(column)
    return frame.drop(column).insert_column(index, ids.gather(frame[column]).alias(name or column))


def with_rows(frame: pl.DataFrame, column: str, ids: pl.Series, name: str | None = None) -> pl.DataFrame:
    """The opposite of `with_ids`.

    Raises
    ------
    ValueError
        An id is unknown, or there is no such column.
    """
    if column not in frame.columns:
        raise ValueError(f"there is no column {column!r}")
    known = pl.DataFrame({"id": ids, "row": pl.int_range(ids.len(), dtype=pl.Int32, eager=True)}, schema={"id": pl.Utf8, "row": pl.Int32})
    rows = frame.select(pl.col(column).cast(pl.Utf8).alias("id")).join(known, on="id", how="left", maintain_order="left")["row"]
    if rows.null_count():
        raise ValueError(f"column {column!r} names {frame[column].filter(rows.is_null())[0]!r}, which is not there")
    index = frame.columns.index(column)
    return frame.drop(column).insert_column(index, rows.alias(name or column))


def encode_table(table: Table, ids: pl.Series) -> bytes:
    """A table of values as Parquet: the key columns first (objects or connections by their ids), then the values.

    ``ids`` are those of the objects, or of the connections if the table is about these.
    """
    frame, key = table.frame, ""
    if _ROW in KEYS[table.about]:
        key = _free("connection" if table.about == "connections" else "object", frame.columns)
        frame = with_ids(frame, _ROW, ids, key)
    described = {_ABOUT: table.about, _KEY: key, _COLUMNS: to_text(table.columns, indent=None).decode()}
    if len(table.stale):
        described[_STALE] = _free("stale", frame.columns)
        frame = frame.insert_column(len(table.keys), table.frame["row"].is_in(table.stale.implode()).alias(described[_STALE]))
    return parquet.encode(frame, described)


def decode_table(data: bytes, ids: dict[str, pl.Series], where: str) -> Table:
    """A table of values.

    Parameters
    ----------
    data
        The Parquet file.
    ids
        ``objects`` and ``connections``: the ids of their rows.
    where
        What to call the file in messages.

    Raises
    ------
    Malformed, ValueError
    """
    described = parquet.metadata(data, where)
    about, key = described.get(_ABOUT, ""), described.get(_KEY, "")
    if about not in KEYS:
        raise ValueError(f"it does not say what it is about: {about!r}")
    columns = as_record(from_text(described.get(_COLUMNS, "").encode(), where), tuple[Column, ...], where)
    frame = parquet.decode(data, where)
    if _ROW in KEYS[about]:
        frame = with_rows(frame, key, ids["connections" if about == "connections" else "objects"], _ROW)
    mark = described.get(_STALE)
    marked = {} if mark is None else {mark: pl.Boolean}
    expected = {**KEYS[about], **marked, **{column.name: TYPES[column.type] for column in columns}}
    if dict(frame.schema) != expected or (mark is not None and frame[mark].null_count()):
        raise ValueError("its columns are not those that it describes")
    if mark is None:
        return Table(cast("object", about), frame, columns)  # type: ignore[arg-type]
    stale = frame["row"].filter(frame[mark])
    return Table(cast("object", about), frame.drop(mark), columns, stale)  # type: ignore[arg-type]


def _free(name: str, taken: list[str]) -> str:
    while name in taken:
        name += "_id"
    return name
