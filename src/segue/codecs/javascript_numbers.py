"""Numbers as JavaScript writes them (ECMA-262, ``Number::toString``): the shortest digits that give the same double, ``385`` not ``385.0``.

Mantis Viewer and NimbusImage have such texts in their files.
"""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import polars as pl
from numpy.typing import NDArray

_LARGEST_PLAIN = 1e21
"""From here on numbers have an exponent; also those below a millionth."""
_DIGITS = 1e15
_SMALL = 1e-4


def javascript_text(value: float) -> str:
    """One number: ``28``, ``0.5``, ``1e-7``, ``1e+21``, ``NaN``, ``-Infinity``; -0 is ``0``."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    size = abs(value)
    if size == 0:
        return "0"
    if 1e-6 <= size < _LARGEST_PLAIN:
        text = f"{Decimal(repr(float(value))):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, _, exponent = repr(float(value)).partition("e")
    return f"{mantissa.removesuffix('.0')}e{'-' if exponent.startswith('-') else '+'}{exponent.lstrip('+-').lstrip('0')}"


def javascript_texts(column: pl.Series) -> pl.Series:
    """The texts of a column of numbers; null stays null. Whole numbers of 64 bits keep all their digits.

    Parameters
    ----------
    column
        Of whole numbers, floating point, or truth values (1 and 0).
    """
    if column.dtype == pl.Boolean:
        column = column.cast(pl.Int64)
    if not column.dtype.is_float():
        return column.cast(pl.Utf8)
    values = column.cast(pl.Float64).fill_null(0.0).to_numpy()
    size = np.abs(values)
    with np.errstate(invalid="ignore"):
        whole = (np.trunc(values) == values) & (size < _DIGITS)
        usual = np.isfinite(values) & (size >= _SMALL) & (size < _DIGITS) & ~whole
    bare = pl.Series(np.where(whole, values, 0.0)).cast(pl.Int64).cast(pl.Utf8)
    texts = pl.select(pl.when(pl.Series(usual)).then(pl.Series(np.where(usual, values, 0.5)).cast(pl.Utf8)).otherwise(bare)).to_series()
    texts = _with_exceptions(texts, values, ~(whole | usual))
    return texts.set(column.is_null(), None).alias(column.name) if column.null_count() else texts.alias(column.name)


def _with_exceptions(texts: pl.Series, values: NDArray[np.float64], odd: NDArray[np.bool_]) -> pl.Series:
    """The texts with those of the tiny, the huge and what is no number, each different value once."""
    rows = np.flatnonzero(odd)
    if not len(rows):
        return texts
    different, places = np.unique(values[rows], return_inverse=True)
    found = pl.Series([javascript_text(value) for value in different.tolist()], dtype=pl.Utf8)
    return texts.clone().scatter(rows, found.gather(places))
