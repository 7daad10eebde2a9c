"""Checked tables with fixed columns: what ``Objects``, ``Shapes``, ``Connections`` and the like have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
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
    if frame.columns == list(schema) and frame.dtypes == list(schema.values()):
        return frame
    absent = {dtype for name, dtype in schema.items() if name not in frame.columns}
    nulls = {dtype: pl.Series([None], dtype=dtype).new_from_index(0, frame.height) for dtype in absent}  # columns of one type share their memory
    return pl.DataFrame({name: _column(frame[name], dtype, what) if name in frame.columns else nulls[dtype].alias(name) for name, dtype in schema.items()})


def _column(given: pl.Series, dtype: Any, what: str) -> pl.Series:
    if given.dtype == dtype:
        return given
    try:
        cast = given.cast(dtype, strict=True)
    except pl.exceptions.PolarsError as error:
        raise ValueError(f"column {given.name} of {what}: {error}") from error
    if given.dtype.is_numeric() and (cast.dtype.is_numeric() or cast.dtype == pl.Boolean) and cast.cast(given.dtype, strict=False).ne_missing(given).any():
        raise ValueError(f"column {given.name} of {what} holds numbers that are no {dtype}")
    return cast


def replaced(frame: pl.DataFrame, columns: Mapping[str, Any]) -> pl.DataFrame:
    """The frame with some columns replaced: by a polars expression, a series, or one value for all rows (a text is a value, never a column)."""
    return frame.with_columns(**{name: value if isinstance(value, pl.Expr | pl.Series) else pl.lit(value) for name, value in columns.items()})


def like(frame: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """The frame with the columns of another one, in its order and types (names such as ``*`` are names here)."""
    return pl.DataFrame({name: frame.get_column(name).cast(dtype) for name, dtype in other.schema.items()})


def taken(column: pl.Series, rows: npt.NDArray[Any] | pl.Series) -> pl.Series:
    """Some rows of a column, whatever it is called: polars takes a name such as ``^a$`` for a pattern, which that very name does not match."""
    return column.alias("").gather(rows).alias(column.name)


def all_different(column: pl.Series) -> bool:
    """Whether no value of a column of whole numbers or texts occurs twice; null is a value like any other.

    Numbers, and texts of numbers, that only grow are seen at once: different numbers are different texts.
    """
    numbers = column
    if column.dtype == pl.Utf8 and len(column) and (column[0] or "").isdecimal():
        numbers = column.cast(pl.Int64, strict=False)
    if numbers.dtype.is_integer() and not numbers.null_count() and bool((numbers.slice(1) > numbers.head(max(len(numbers) - 1, 0))).all()):
        return True
    return column.n_unique() == len(column)


def check_rows(frame: pl.DataFrame, name: str, height: int, what: str) -> None:
    """Raise ValueError unless a column of row numbers lies within a table of ``height`` rows."""
    if frame.height and (frame[name].null_count() or frame[name].min() < 0 or frame[name].max() >= height):  # type: ignore[operator]
        raise ValueError(f"{what}: column {name} points outside the {height} rows it refers to")


def remapped(frame: pl.DataFrame, names: tuple[str, ...], rows: pl.Series) -> pl.DataFrame:
    """Keep the rows whose references are among ``rows`` (old row numbers in new order) and renumber the references."""
    taken = rows.to_numpy()
    for name in names:
        old = frame[name].to_numpy()
        new = np.full(max(old.max(initial=-1), taken.max(initial=-1)) + 1, -1, np.int32)
        new[taken] = np.arange(len(taken), dtype=np.int32)
        frame = frame.with_columns(pl.Series(name, new[old])).filter(pl.Series(new[old] >= 0))
    return frame
