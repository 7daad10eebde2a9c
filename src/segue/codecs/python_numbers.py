"""Numbers as Python's ``str`` writes them, whole ones without a point: columns at a time."""

from __future__ import annotations

import numpy as np
import polars as pl

_LEAST, _MOST = 1e-4, 1e15
"""Between these, polars and Python write the same."""


def python_numbers(values: pl.Series) -> pl.Series:
    """The text of each number; null stays null.

    Parameters
    ----------
    values
        Of float64. Whole ones are written with all their digits and without a point, -0 as 0, others as ``repr`` does: ``nan``, ``inf``, ``1e-05``.
    """
    found = values.cast(pl.Utf8).str.strip_suffix(".0")
    zero = (values == 0).fill_null(value=False)
    found = found.set(zero, "0") if zero.any() else found
    odd = values.to_frame("").select(is_odd(pl.col("")).arg_true()).to_series()
    return found.scatter(odd, _odd(values.gather(odd).to_numpy())) if len(odd) else found


def is_odd(values: pl.Expr) -> pl.Expr:
    """Which numbers polars writes in another way than Python, beside the point of whole ones; false for null."""
    size = values.abs()
    return ((~size.is_between(_LEAST, _MOST, closed="left") & (values != 0)) | values.is_nan()).fill_null(value=False)


def _odd(numbers: np.ndarray[tuple[int], np.dtype[np.float64]]) -> pl.Series:
    """Very small and very large numbers, and what is none, by their distinct values."""
    distinct, place = np.unique(numbers, return_inverse=True)
    texts = [repr(one) if not np.isfinite(one) or one != np.floor(one) else str(int(one)) for one in distinct.tolist()]
    return pl.Series(texts, dtype=pl.Utf8).gather(place)
