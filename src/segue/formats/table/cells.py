"""From cells to values: what type a column has, whatever kind of file it stands in."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from segue.codecs.delimited_numbers import MISSING, numbers
from segue.model.tables import TYPES

_TRUE, _FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")
KINDS = {pl.Float64: "number", pl.Int64: "integer", pl.Utf8: "text", pl.Boolean: "boolean"}


def typed(texts: pl.Series, decimal: str = ".", missing: Collection[str] = MISSING) -> pl.Series:
    """A column of text as what it looks like: whole numbers, numbers, truth values, else text. Without any value it is a column of numbers.

    The same rule decides what is read, and in ``fit`` what can be written.
    """
    if texts.dtype != pl.Utf8:
        return texts
    filled = texts.drop_nulls()
    if not filled.len():
        return texts.cast(pl.Float64)
    first = filled[0]
    if first in missing and filled.is_in(list(missing)).all():
        return pl.Series(texts.name, [None], dtype=pl.Float64).new_from_index(0, texts.len())
    if first in (*_TRUE, *_FALSE) and filled.is_in([*_TRUE, *_FALSE]).all():
        return texts.is_in(list(_TRUE))
    found = numbers(texts, decimal, missing)
    return texts if found.dtype == pl.UInt64 else found


def whole(values: pl.Series, kind: pl.DataType | type[pl.DataType]) -> pl.Series | None:
    """A column as whole numbers of some type; None = some cell is no such number."""
    if values.dtype == pl.Utf8:
        values = numbers(values, missing=MISSING) if values.null_count() < values.len() else values.cast(pl.Int64)
    if values.dtype.is_float():
        values = values.fill_nan(None)
        if not (values == values.round()).all():
            return None
    if not (values.dtype.is_numeric()):
        return None
    found = values.cast(kind, strict=False)
    return found if found.null_count() == values.null_count() and (found.cast(values.dtype, strict=False) == values).all() else None


def real(values: pl.Series, decimal: str = ".") -> pl.Series | None:
    """A column as numbers; None = some cell is none."""
    if values.dtype == pl.Utf8:
        values = numbers(values, decimal, MISSING) if values.null_count() < values.len() else values.cast(pl.Float64)
    return values.cast(pl.Float64) if values.dtype.is_numeric() else None


def text(values: pl.Series) -> pl.Series:
    """A column as text; whole numbers without a decimal point."""
    if values.dtype.is_float():
        as_whole = whole(values, pl.Int64)
        values = values if as_whole is None else as_whole
    return values.cast(pl.Utf8)


def kind_of(values: pl.Series) -> str:
    """The type of a column in the words of the model."""
    return next(name for name, dtype in TYPES.items() if dtype == values.dtype and name != "json")
