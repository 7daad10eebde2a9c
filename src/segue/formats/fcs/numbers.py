"""Numbers of the model as single precision, and back: missing ones, whole ones, texts by number."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

MOST = 2**24
"""Up to here single precision holds every whole number."""
NONE = -1.0
"""What stands for no position, plane, time or track."""
_MISSING = 0x7FC007A2
"""A NaN whose last bits are those of R's NA: missing; any other NaN is an undefined number."""
_LARGEST_WHOLE = float(2**63 - 2**39)
"""The largest single-precision number below 2**63."""
Array = npt.NDArray[Any]
Singles = npt.NDArray[np.float32]


def singles(values: pl.Series, policy: str) -> Singles:
    """A column of numbers or truth values as single precision.

    Parameters
    ----------
    values
        Numbers, integers or truth values; null = missing.
    policy
        What becomes of missing, undefined and infinite numbers: ``zero``, ``lowest`` or ``keep``.
    """
    missing = values.is_null().to_numpy() if values.null_count() else None
    numbers = values.cast(pl.Float64).fill_null(0.0) if missing is not None else values.cast(pl.Float64)
    with np.errstate(over="ignore"):
        found = numbers.to_numpy().astype(np.float32)
    if values.dtype.is_integer():
        np.minimum(found, np.float32(_LARGEST_WHOLE), out=found)
    if missing is not None:
        found.view(np.uint32)[missing] = _MISSING
    if policy == "keep":
        undefined = np.isnan(found)
        if undefined.any():
            found.view(np.uint32)[undefined & (found.view(np.uint32) != _MISSING)] = 0x7FC00000
        return found
    odd = ~np.isfinite(found)
    if odd.any():
        found[odd] = 0 if policy == "zero" or odd.all() else found[~odd].min()
    return found


def series(column: Array, kind: str) -> pl.Series:
    """A channel as a column of numbers of the model; missing ones are null."""
    missing = None
    if column.dtype == np.float32 and (undefined := np.isnan(column)).any():
        missing = undefined if kind != "number" else np.ascontiguousarray(column).view(np.uint32) == _MISSING
    elif column.dtype.kind == "f" and kind != "number" and np.isnan(column).any():
        missing = np.isnan(column)
    filled = np.where(missing, 0, column) if missing is not None else column
    if kind == "boolean":
        found = pl.Series(filled != 0)
    elif kind == "integer":
        found = pl.Series(_whole(filled))
    else:
        found = pl.Series(filled.astype(np.float64))
    return found if missing is None else found.set(pl.Series(missing), None)


def _whole(column: Array) -> npt.NDArray[np.int64]:
    if column.dtype.kind in "iu":
        return column.astype(np.int64)
    return np.clip(np.rint(column.astype(np.float64)), -(2.0**63), _LARGEST_WHOLE).astype(np.int64)


def naturals(column: Array) -> tuple[npt.NDArray[np.uint64], int]:
    """Whole numbers from 0; and how many were something else, which are 0 here."""
    if column.dtype.kind == "u":
        return column.astype(np.uint64), 0
    wide = column.astype(np.float64)
    with np.errstate(invalid="ignore"):
        good = np.isfinite(wide) & (wide >= 0) & (wide < 2.0**64) & (wide == np.floor(wide))
    return np.where(good, wide, 0).astype(np.uint64), int((~good).sum())


def places(column: Array, most: int = MOST) -> pl.Series:
    """Planes, times or tracks: whole numbers from 0 to ``most``; anything else is null."""
    wide = column.astype(np.float64)
    with np.errstate(invalid="ignore"):
        good = (wide >= 0) & (wide <= most) & (wide == np.floor(wide))
    return pl.Series(np.where(good, wide, 0).astype(np.int64)).set(pl.Series(~good), None)


def digits(labels: npt.NDArray[np.uint64]) -> list[Singles]:
    """Labels as one to three channels of 24 bits, the lowest first. A channel alone holds up to 2**24 - 1."""
    top = int(labels.max(initial=0))
    count = max(1, -(-top.bit_length() // 24))
    return [((labels >> np.uint64(24 * place)) & np.uint64(MOST - 1)).astype(np.float32) for place in range(count)]


def coded(texts: pl.Series) -> tuple[Singles, list[str]]:
    """Texts as numbers from 1 in the order of their first occurrence, and the texts; null is 0."""
    levels = texts.drop_nulls().unique(maintain_order=True)
    numbers = pl.DataFrame({"text": levels, "number": pl.int_range(1, len(levels) + 1, dtype=pl.Int64, eager=True)})
    found = texts.to_frame("text").join(numbers, on="text", how="left", maintain_order="left")["number"]
    return found.fill_null(0).to_numpy().astype(np.float32), levels.to_list()


def decoded(column: Array, levels: list[str]) -> pl.Series:
    """The texts that numbers stand for; null for numbers that stand for none."""
    found, _ = naturals(column)
    known = pl.Series(levels, dtype=pl.Utf8)
    inside = (found > 0) & (found <= len(levels))
    return known.gather(pl.Series(np.where(inside, found - np.uint64(1), 0).astype(np.int64)).set(pl.Series(~inside), None))
