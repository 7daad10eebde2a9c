"""The values between which a channel is shown: ranks of its values, found block by block whatever the size of the image."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Blocks = Callable[[], Iterable[Array]]

LOW, HIGH = 0.1, 99.9
"""Percentiles that are shown as black and in full colour, where nobody says otherwise."""
_PIECE = 1 << 20
_HALF = 1 << 16


def percentiles(blocks: Blocks, dtype: np.dtype[Any], low: float = LOW, high: float = HIGH) -> tuple[float, float] | None:
    """The values at two ranks of all numbers that are finite.

    Whole numbers of up to 16 bits are counted in one pass. Others are ranked by their upper 16 bits, and those that share them with the wanted
    rank in a second pass by their lower ones; numbers of 64 bits are rounded to fractions of 32 before.

    Parameters
    ----------
    blocks
        The pixels, as often as asked for.
    dtype
        Their type.
    low, high
        Percentiles; of n numbers in order, those at ``floor(low / 100 (n - 1))`` and ``ceil(high / 100 (n - 1))``.

    Returns
    -------
    None where no pixel holds a number.
    """
    upper = np.zeros(_HALF, np.int64)
    for keys in _keys(blocks, dtype):
        upper += np.bincount(keys >> 16, minlength=_HALF)
    total = int(upper.sum())
    if not total:
        return None
    ranks = [math.floor(low / 100 * (total - 1)), math.ceil(high / 100 * (total - 1))]
    passed = np.cumsum(upper)
    halves = [int(np.searchsorted(passed, rank, side="right")) for rank in ranks]
    if _small(dtype):
        return _value(halves[0] << 16, dtype), _value(halves[1] << 16, dtype)
    lower = {half: np.zeros(_HALF, np.int64) for half in halves}
    for keys in _keys(blocks, dtype):
        for half, counts in lower.items():
            counts += np.bincount(keys[keys >> 16 == half] & (_HALF - 1), minlength=_HALF)
    found = []
    for half, rank in zip(halves, ranks, strict=True):
        before = int(passed[half] - upper[half])
        found.append(half << 16 | int(np.searchsorted(np.cumsum(lower[half]), rank - before, side="right")))
    return _value(found[0], dtype), _value(found[1], dtype)


def _small(dtype: np.dtype[Any]) -> bool:
    return dtype.kind == "b" or (dtype.kind in "iu" and dtype.itemsize <= 2)


def _keys(blocks: Blocks, dtype: np.dtype[Any]) -> Iterator[NDArray[np.int64]]:
    """Whole numbers of 32 bits in the order of the values; of small types in the upper 16 of them."""
    for block in blocks():
        flat = np.ascontiguousarray(block).reshape(-1)
        for begin in range(0, flat.size, _PIECE):
            piece = flat[begin : begin + _PIECE]
            if _small(dtype):
                yield (piece.astype(np.int64) - _least(dtype)) << 16
            elif dtype.kind in "iu" and dtype.itemsize == 4:
                yield piece.astype(np.int64) - _least(dtype)
            else:
                yield _of_fractions(piece)


def _least(dtype: np.dtype[Any]) -> int:
    return int(np.iinfo(dtype).min) if dtype.kind == "i" else 0


def _of_fractions(values: Array) -> NDArray[np.int64]:
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    bits = single[np.isfinite(single)].view(np.uint32).astype(np.int64)
    return np.where(bits >> 31, 0xFFFFFFFF - bits, bits + 0x80000000)


def _value(key: int, dtype: np.dtype[Any]) -> float:
    if _small(dtype):
        return float((key >> 16) + _least(dtype))
    if dtype.kind in "iu" and dtype.itemsize == 4:
        return float(key + _least(dtype))
    bits = key - 0x80000000 if key >= 0x80000000 else 0xFFFFFFFF - key
    return float(np.array([bits], np.uint32).view(np.float32)[0])
