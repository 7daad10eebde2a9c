"""Numbers as JavaScript writes them (ECMA-262, Number::toString): what Mantis Viewer and NimbusImage have in their files."""

from __future__ import annotations

import numpy as np
import polars as pl

LEAST, MOST = 1e-6, 1e21
"""Between these JavaScript writes all digits; outside it writes an exponent."""


def javascript_texts(values: pl.Series) -> pl.Series:
    """The texts of a column of numbers: the shortest that read back equal, whole numbers without a point.

    Parameters
    ----------
    values
        Integers or float64; null stays null. Zero has no sign; NaN and infinities are ``NaN``, ``Infinity``, ``-Infinity``.
    """
    if values.dtype.is_integer():
        return values.cast(pl.Utf8)
    values = values.cast(pl.Float64)
    texts = values.cast(pl.Utf8).str.strip_suffix(".0")
    texts = texts.replace({"-0": "0", "inf": "Infinity", "-inf": "-Infinity"})
    size = values.abs()
    odd = (texts.str.contains("e", literal=True) & (size >= LEAST) & (size < MOST)).fill_null(value=False)
    rows = odd.arg_true()
    if not len(rows):
        return texts
    digits = [np.format_float_positional(value, unique=True, trim="-") for value in values.gather(rows).to_list()]
    return texts.clone().scatter(rows, pl.Series(digits, dtype=pl.Utf8))


def javascript_text(value: float) -> str:
    """`javascript_texts` of one number."""
    return str(javascript_texts(pl.Series([value], dtype=pl.Float64))[0])
