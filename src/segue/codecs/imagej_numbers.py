"""Numbers as ImageJ writes them in its results tables: the text of every cell, digit for digit.

ImageJ 1.53t (``ij.measure.ResultsTable``): a column whose first 24 values are whole is written without decimals where its values are whole; any
other with the decimals of Set Measurements. What these would show as zero, and what is beyond 999,999,999,999, is in scientific notation.
"""

from __future__ import annotations

import io
import math
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

import numpy as np
import polars as pl
from numpy.typing import NDArray

MOST_DECIMALS = 9
"""ImageJ writes no more."""
DECIDING_ROWS = 24
"""Rows that decide whether a column is one of whole numbers."""
LARGEST_PLAIN = 999_999_999_999
"""Beyond, the notation is scientific."""
_SCIENTIFIC_DECIMALS = 3
_DIVIDED_BY_ZERO = 3.4028234663852886e38
"""The largest 32-bit float, which ImageJ writes as 3.4e38."""
_PLAIN_DIGITS = 1e15
"""Up to so many units of the last decimal, the digits of a number are beyond doubt; above, Java fills up with zeros."""
_WHOLE = 2.0**31
_EXACT = Context(prec=400)

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def imagej_texts(column: pl.Series, decimals: int = 3, *, scientific: bool = False, fractions: bool = False) -> pl.Series:
    """The texts of a column of numbers.

    Parameters
    ----------
    column
        Float64; null stays null.
    decimals
        0 to 9.
    scientific
        Whether all numbers are in scientific notation (with 0 decimals, none is).
    fractions
        Whether whole numbers have decimals too, whatever the first values are.
    """
    values = column.alias("").fill_null(0.0).to_numpy().astype(np.float64)
    places = -decimals if scientific else decimals
    texts = _scientific_texts(values, decimals) if places < 0 else _plain_texts(values, places, fractions=fractions)
    found = pl.Series(column.name, texts, dtype=pl.Utf8)
    return found.set(column.is_null(), None) if column.null_count() else found


def imagej_text(value: float, places: int) -> str:
    """One number (ImageJ's ``d2s``).

    Parameters
    ----------
    value
        Any.
    places
        Decimals, 0 to 9; -1 to -9 = decimals in scientific notation.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == _DIVIDED_BY_ZERO:
        return "3.4e38"
    size = abs(value)
    if places < 0:
        return _scientific(value, min(-places, MOST_DECIMALS))
    if size > LARGEST_PLAIN or (size != 0 and size < 0.001 and size < 1.0 / 10.0**places):
        return _scientific(value, _SCIENTIFIC_DECIMALS)
    return _fixed(value, min(places, MOST_DECIMALS))


def _plain_texts(values: Floats, places: int, *, fractions: bool) -> pl.Series:
    whole = np.isfinite(values) & (np.trunc(values) == values) & (values >= -_WHOLE) & (values < _WHOLE)
    bare = np.zeros(len(values), np.bool_) if fractions or _has_fractions(values, whole) else whole
    size = np.abs(values)
    with np.errstate(over="ignore", invalid="ignore"):
        usual = np.isfinite(values) & (size <= LARGEST_PLAIN) & (size * 10.0**places < _PLAIN_DIGITS)
    usual &= (size == 0) | (size >= 0.001) | (size >= 1.0 / 10.0**places)
    if not places:
        usual &= np.modf(size)[0] != 0.5  # halves are rounded up then, else to even
    texts = _fixed_texts(np.where(usual, values, 0.0), places)
    if bare.any():
        numbers = pl.Series(np.where(bare, values, 0.0)).cast(pl.Int64).cast(pl.Utf8)
        texts = pl.select(pl.when(pl.Series(bare)).then(numbers).otherwise(texts)).to_series()
    return _with_exceptions(texts, values, ~usual | (bare & (values == 0) & np.signbit(values)), np.where(bare, 0, places))


def _has_fractions(values: Floats, whole: Bools) -> bool:
    return bool((~whole & ~np.isnan(values))[:DECIDING_ROWS].any())


def _fixed_texts(values: Floats, places: int) -> pl.Series:
    """Every number with so many decimals, correctly rounded."""
    file = io.BytesIO()
    pl.DataFrame({"text": values}).write_csv(file, include_header=False, float_precision=places)
    if not len(values):
        return pl.Series("text", [], pl.Utf8)
    file.seek(0)
    return pl.read_csv(file, has_header=False, schema={"text": pl.Utf8}).to_series()


def _scientific_texts(values: Floats, decimals: int) -> list[str]:
    return [imagej_text(value, -decimals) for value in values.tolist()]


def _with_exceptions(texts: pl.Series, values: Floats, odd: Bools, places: NDArray[np.int64]) -> pl.Series:
    missing = np.isnan(values)
    if missing.any():
        texts = texts.set(pl.Series(missing), "NaN")
    rows = np.flatnonzero(odd & ~missing)
    if not len(rows):
        return texts
    found = [imagej_text(value, nth) for value, nth in zip(values[rows].tolist(), places[rows].tolist(), strict=True)]
    return texts.clone().scatter(rows, pl.Series(found, dtype=pl.Utf8))


def _fixed(value: float, places: int) -> str:
    """With decimals. Java knows the digits that tell a number from its neighbours, and fills up with zeros."""
    digits = Decimal(repr(value))
    if -int(digits.as_tuple().exponent) > places:
        digits = Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN if places else ROUND_HALF_UP, _EXACT)
    return f"{digits:.{places}f}"


def _scientific(value: float, decimals: int) -> str:
    if value == 0:
        return f"{'-' if math.copysign(1, value) < 0 else ''}0.{'0' * decimals}E0"
    digits = Decimal(repr(value))
    if len(digits.normalize().as_tuple().digits) > decimals + 1:
        ties = ROUND_HALF_UP if value.is_integer() and abs(value) < 2**62 else ROUND_HALF_EVEN  # Java does not know that digits of whole numbers are all
        digits = Context(prec=decimals + 1, rounding=ties).create_decimal(Decimal(value))
    mantissa, exponent = f"{digits:.{decimals}e}".split("e")
    return f"{mantissa}E{int(exponent)}"
