"""Values as another number type and in another range, and how many of them that altered."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from segue.transform.change import Range

Array = np.ndarray[Any, np.dtype[Any]]
Counts = tuple[int, int, int]
"""Clipped, rounded, missing."""

NONE: Counts = (0, 0, 0)
SMALL = 200_000
"""Pixels of a block below which plain numpy does it: loading compiled code would take longer than some blocks of this size."""
_EXACT = 1 << 53


def changed(block: Array, renormalise: Range | None, dtype: np.dtype[Any], rule: Literal["clip", "ilastik"]) -> tuple[Array, Counts]:
    """A block in its new values.

    Parameters
    ----------
    block
        Of any shape; integers, fractions or bool.
    renormalise, dtype, rule
        See ``change.Change``.

    Returns
    -------
    block, (clipped, rounded, missing)
        ``rounded`` counts values that the type does not hold exactly; those that were clipped are not among them.
    """
    block = block.view(np.uint8) if block.dtype.kind == "b" else block
    if rule == "ilastik":
        return as_ilastik(block, renormalise, dtype), NONE
    if dtype.kind in "iu" and block.size >= SMALL and (renormalise is not None or block.dtype.kind == "f"):
        from segue.transform import values_kernel

        return values_kernel.rounded(block, dtype) if renormalise is None else values_kernel.scaled(block, renormalise, dtype)
    return _cast(block, dtype) if renormalise is None else scaled(block, renormalise, dtype)


def scaled(block: Array, to: Range, dtype: np.dtype[Any]) -> tuple[Array, Counts]:
    """Values clipped to a range, and put into another one."""
    outside = int(np.count_nonzero((block < to.low) | (block > to.high)))
    inside = np.clip(block.astype(np.float64), to.low, to.high)
    scaled = (inside - to.low) * ((to.new_high - to.new_low) / (to.high - to.low)) + to.new_low
    ends = np.sort([to.new_low, to.new_high])
    scaled = np.clip(scaled, *ends)  # the last bit of the product must not lead out of the range
    cast, (clipped, rounded, missing) = of_fractions(scaled, dtype)
    return cast, (outside + clipped, rounded, missing)


def _cast(block: Array, dtype: np.dtype[Any]) -> tuple[Array, Counts]:
    if block.dtype == dtype:
        return block, NONE
    if block.dtype.kind == "f":
        return of_fractions(block, dtype)
    if dtype.kind == "f":
        cast = block.astype(dtype)
        inexact = block.dtype.itemsize * 8 > np.finfo(dtype).nmant + 1
        return cast, (0, int(np.count_nonzero(~_same(block, cast))) if inexact else 0, 0)
    info, own = np.iinfo(dtype), np.iinfo(block.dtype)
    if info.min <= own.min and info.max >= own.max:
        return block.astype(dtype), NONE
    low, high = max(int(info.min), int(own.min)), min(int(info.max), int(own.max))
    outside = (block < block.dtype.type(low)) | (block > block.dtype.type(high))
    return np.clip(block, block.dtype.type(low), block.dtype.type(high)).astype(dtype), (int(np.count_nonzero(outside)), 0, 0)


def _same(block: Array, cast: Array) -> Array:
    """Which whole numbers are held exactly: they come back equal."""
    info = np.iinfo(block.dtype)
    with np.errstate(invalid="ignore"):
        back = np.where(cast < float(info.max), cast, 0).astype(block.dtype)
    return np.asarray((back == block) & (cast < float(info.max)) | (block == info.max) & (int(info.max) < _EXACT))


def of_fractions(block: Array, dtype: np.dtype[Any]) -> tuple[Array, Counts]:
    """Fractions as another number type: its nearest values."""
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            cast = block.astype(dtype)
        beyond = np.isinf(cast) & np.isfinite(block)
        if beyond.any():
            cast = np.where(beyond, np.copysign(np.finfo(dtype).max, cast), cast).astype(dtype)
        clipped = int(np.count_nonzero(beyond))
        other = int(np.count_nonzero((cast != block) & ~np.isnan(block))) if dtype.itemsize < block.dtype.itemsize else 0
        return cast, (clipped, max(other - clipped, 0), 0)
    missing = np.isnan(block)
    info = np.iinfo(dtype)
    whole = np.rint(np.where(missing, 0, block))
    below, above = whole < float(info.min), whole >= float(info.max) + 1
    inside = np.where(below | above, 0, whole).astype(dtype)
    cast = np.where(below, info.min, np.where(above, info.max, inside)).astype(dtype)
    outside = below | above
    rounded = (whole != block) & ~missing & ~outside
    return cast, (int(np.count_nonzero(outside)), int(np.count_nonzero(rounded)), int(np.count_nonzero(missing)))


def as_ilastik(block: Array, renormalise: Range | None, dtype: np.dtype[Any]) -> Array:
    """ilastik's arithmetic (1.4.2): without a range a plain cast; with one ``new_low + (x - low) * r`` in the type that NumPy gives it, r being of 32
    bits. Fractions that become whole numbers are rounded half to even with a range and cut off without; whole numbers are always cut off.

    What its processor leaves undefined (fractions beyond the whole numbers of 64 bits, NaN) is defined here: NaN becomes 0, the others the end of
    these numbers, before they wrap around.
    """
    if renormalise is None:
        return _wrapped(block, dtype)
    to, kind = renormalise, block.dtype.type
    width = np.float64(to.high - to.low)
    ratio = np.float32(0 if np.isclose(width, 0) else (to.new_high - to.new_low) / width)
    with np.errstate(all="ignore"):
        low = kind(to.low) if block.dtype.kind == "f" or float(to.low).is_integer() else np.float64(to.low)
        scaled = (block - low) * ratio
        scaled = scaled + scaled.dtype.type(to.new_low)
    rounding = block.dtype.kind == "f" and dtype.kind in "iu"
    return _wrapped(np.rint(scaled) if rounding else scaled, dtype)


def _wrapped(block: Array, dtype: np.dtype[Any]) -> Array:
    """A cast as processors of the x86 family do it: fractions by way of whole numbers of 64 bits, of which the lowest bits stay."""
    if block.dtype.kind != "f" or dtype.kind == "f":
        with np.errstate(all="ignore"):
            return block.astype(dtype)
    finite = np.trunc(np.nan_to_num(block.astype(np.float64), nan=0.0, posinf=2.0**63, neginf=-(2.0**63)))
    if dtype == np.uint64:
        high = (finite >= 2.0**63) & (finite < 2.0**64)
        low = np.clip(np.where(high, finite - 2.0**63, finite), -(2.0**63), 2.0**63 - 1024).astype(np.int64).view(np.uint64)
        return np.where(high, low + np.uint64(1 << 63), low)
    return np.clip(finite, -(2.0**63), 2.0**63 - 1024).astype(np.int64).astype(dtype)
