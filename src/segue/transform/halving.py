"""Half as many pixels along some axes: the mean of neighbours, or every second one."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

SMALL = 2_000_000
"""Pixels up to which numpy alone is faster than loading the compiled kernel."""
Rule = Literal["mean", "nearest"]


def halved(block: Array, axes: tuple[bool, ...], rule: Rule) -> Array:
    """A block at half its size.

    Parameters
    ----------
    block
        Of any shape and number type.
    axes
        For each axis whether it is halved; an odd size is rounded up.
    rule
        ``mean`` = of 2, 4 or 8 pixels (of fewer where an odd size ends); whole numbers are computed exactly and rounded half to even, fractions in 64
        bits; NaN makes NaN. ``nearest`` = the first of them, so no new value appears; bool is always halved so.

    Returns
    -------
    Array of the same number type, contiguous.
    """
    if rule == "nearest" or block.dtype.kind == "b" or not any(axes):
        return np.ascontiguousarray(block[tuple(slice(None, None, 2 if half else 1) for half in axes)])
    if block.size > SMALL and block.dtype.kind in "iuf" and block.dtype != np.float16 and not any(axes[:-3]):
        return _compiled(block, axes)
    return mean_of_neighbours(block, axes)


def mean_of_neighbours(block: Array, axes: tuple[bool, ...]) -> Array:
    """The mean, without a compiled kernel (its oracle). The last pixel of an odd size stands for two, which does not change a mean."""
    if block.dtype.kind in "fc":
        wide = block.astype(np.complex128 if block.dtype.kind == "c" else np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            return (_sum(wide, axes) / (1 << sum(axes))).astype(block.dtype)
    bits = sum(axes)
    high, low = _sum(block >> block.dtype.type(bits), axes), _sum((block & block.dtype.type((1 << bits) - 1)).astype(np.int64), axes)
    whole = high + (low >> bits).astype(block.dtype)
    twice = (low & ((1 << bits) - 1)) << 1
    up = (twice > 1 << bits) | ((twice == 1 << bits) & ((whole & block.dtype.type(1)) != 0))
    rounded: Array = whole + up.astype(block.dtype)
    return rounded


def _sum(block: Array, axes: tuple[bool, ...]) -> Array:
    for axis, half in enumerate(axes):
        if half:
            first, second = (block[(slice(None),) * axis + (slice(start, None, 2),)] for start in (0, 1))
            if second.shape[axis] < first.shape[axis]:
                second = np.concatenate((second, block[(slice(None),) * axis + (slice(-1, None),)]), axis)
            block = first + second
    return block


def _compiled(block: Array, axes: tuple[bool, ...]) -> Array:
    """The kernel takes (outer, z, y, x), of which the last three may be halved."""
    from segue.transform.halving_kernel import mean_of_fractions, mean_of_whole

    out = np.empty([(size + 1) // 2 if half else size for size, half in zip(block.shape, axes, strict=True)], block.dtype)
    z, y, x = (2 if half else 1 for half in (False, False, *axes)[-3:])
    (mean_of_fractions if block.dtype.kind == "f" else mean_of_whole)(_volumes(block), (z, y, x), _volumes(out))
    return out


def _volumes(block: Array) -> Array:
    return np.ascontiguousarray(block).reshape(-1, *(1, 1, *block.shape)[-3:])
