"""Checked tables with fixed columns: what ``Objects``, ``Shapes``, ``Connections`` and the like have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

Schema = Mapping[str, Any]


def conform(frame: pl.DataFrame, schema: Schema, what: str) -> pl.DataFrame:
    """The frame with exactly the columns of the schema, in its order; missing columns become null.

    Raises
    ------
    ValueError
        A column is unknown or cannot be cast without loss: a bug of whoever built the table.
    """
    unknown = set(frame.columns) - set(schema)
    if unknown:
        raise ValueError(f"{what} have no column {sorted(unknown)}")
    if dict(frame.schema) == dict(schema) and frame.columns == list(schema):
        return frame
    columns = [_column(frame, name, dtype, what) for name, dtype in schema.items()]
    return pl.DataFrame(columns)


def _column(frame: pl.DataFrame, name: str, dtype: Any, what: str) -> pl.Series:
    if name not in frame.columns:
        return pl.Series(name, [None], dtype=dtype).new_from_index(0, frame.height)
    try:
        return frame[name].cast(dtype, strict=True)
    except pl.exceptions.PolarsError as error:
        raise ValueError(f"column {name} of {what}: {error}") from error


def check_rows(frame: pl.DataFrame, name: str, height: int, what: str) -> None:
    """Raise ValueError unless a column of row numbers lies within a table of ``height`` rows."""
    if frame.height and (frame[name].null_count() or frame[name].min() < 0 or frame[name].max() >= height):  # type: ignore[operator]
        raise ValueError(f"{what}: column {name} points outside the {height} rows it refers to")


def remapped(frame: pl.DataFrame, names: tuple[str, ...], rows: pl.Series) -> pl.DataFrame:
    """Keep the rows whose references are among ``rows`` (old row numbers in new order) and renumber the references."""
    new = pl.DataFrame({"_old": rows.cast(pl.Int32), "_new": pl.int_range(rows.len(), dtype=pl.Int32, eager=True)})
    columns = frame.columns
    for name in names:
        frame = frame.join(new, left_on=name, right_on="_old", how="inner", maintain_order="left").with_columns(pl.col("_new").alias(name)).drop("_new")
    return frame.select(columns)
