"""The table of cells: centroids, areas, counts."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import polars as pl

from segue.codecs import parquet_foreign
from segue.codecs.delimited import MISSING, numbers, read_delimited
from segue.codecs.id_texts import id_texts
from segue.codecs.parquet_footer import look
from segue.errors import Malformed
from segue.model.objects import unique_texts
from segue.model.tables import Column, Table
from segue.storage.source import Source

NAME = "cells"
_ID = "cell_id"
Type = Literal["number", "integer", "text", "boolean"]


def read_cells(path: Path | None) -> pl.DataFrame | None:
    """The table with its ids as texts (column ``cell_id``, null and repeated ones left out); None where there is none.

    Raises
    ------
    Malformed
        It has no ids, or is damaged.
    """
    if path is None:
        return None
    source = Source(path)
    if look(source) is None:
        text = read_delimited(source)
        names = unique_texts(pl.Series([name or "row" for name in text.names], dtype=pl.Utf8)).to_list()
        columns = {name: text.columns[str(nth)] for nth, name in enumerate(names)}
        frame = pl.DataFrame({name: values if name == _ID else numbers(values, text.dialect.decimal, MISSING) for name, values in columns.items()})
    else:
        frame = parquet_foreign.table(source)
    if _ID not in frame.columns:
        raise Malformed(f"{path} has no column {_ID}, so its rows belong to no cells; fetch or export it again", path=path, expected=_ID)
    return frame.with_columns(id_texts(frame[_ID]).alias(_ID)).filter(pl.col(_ID).is_not_null()).unique(_ID, keep="first", maintain_order=True)


def cell_table(frame: pl.DataFrame, objects: pl.Series) -> Table:
    """The values as a table about the objects of the given ids."""
    rows = pl.DataFrame({"id": objects, "row": pl.int_range(len(objects), dtype=pl.Int32, eager=True)})
    found = frame.select(pl.col(_ID)).join(rows, left_on=_ID, right_on="id", how="left", maintain_order="left")["row"]
    made = {name: _plain(frame[name]) for name in frame.columns if name != _ID}
    names = unique_texts(pl.Series(["row", *made], dtype=pl.Utf8))[1:].to_list()
    columns = tuple(Column(name, kind, unit=_unit(given)) for name, (given, (kind, _)) in zip(names, made.items(), strict=True))
    values = {name: series for name, (_, series) in zip(names, made.values(), strict=True)}
    return Table("objects", pl.DataFrame({"row": found} | values), columns)


def _plain(values: pl.Series) -> tuple[Type, pl.Series]:
    values = values.alias("")
    if values.dtype == pl.Boolean:
        return "boolean", values
    if values.dtype.is_integer():
        whole = values.cast(pl.Int64, strict=False)
        return ("integer", whole) if whole.null_count() == values.null_count() else ("text", values.cast(pl.Utf8))
    if values.dtype.is_numeric():
        return "number", values.cast(pl.Float64)
    return "text", values.cast(pl.Utf8, strict=False)


def _unit(name: str) -> str | None:
    return "um" if name.endswith("_centroid") else "um^2" if name.endswith("_area") else None
