"""Means of neighbours, compiled. The plain twin is ``halving.mean_of_neighbours``."""

from __future__ import annotations

from typing import Any

import numpy as np

from segue.storage.compiled import njit

Array = np.ndarray[Any, np.dtype[Any]]


@njit(nogil=True)
def mean_of_whole(block: Array, steps: tuple[int, int, int], out: Array) -> None:
    """Means of whole numbers, rounded half to even.

    Parameters
    ----------
    block
        (n, z, y, x); contiguous.
    steps
        1 or 2 along z, y, x.
    out
        (n, z', y', x') of the same type.
    """
    bits = 0
    for step in steps:
        bits += step - 1
    mask = (1 << bits) - 1
    kind = out.dtype.type
    for n in range(out.shape[0]):
        for z in range(out.shape[1]):
            for y in range(out.shape[2]):
                for x in range(out.shape[3]):
                    high = kind(0)
                    low = np.int64(0)
                    for dz in range(steps[0]):
                        at_z = min(z * steps[0] + dz, block.shape[1] - 1)
                        for dy in range(steps[1]):
                            at_y = min(y * steps[1] + dy, block.shape[2] - 1)
                            for dx in range(steps[2]):
                                value = block[n, at_z, at_y, min(x * steps[2] + dx, block.shape[3] - 1)]
                                high = kind(high + kind(value >> kind(bits)))
                                low += np.int64(value & kind(mask))
                    whole = kind(high + kind(low >> bits))
                    twice = (low & mask) << 1
                    if twice > mask + 1 or (twice == mask + 1 and whole & kind(1)):
                        whole = kind(whole + kind(1))
                    out[n, z, y, x] = whole


@njit(nogil=True)
def mean_of_fractions(block: Array, steps: tuple[int, int, int], out: Array) -> None:
    """Means of fractions, computed in 64 bits. Parameters as above; the order of the sum is that of the twin: z, then y, then x."""
    number = steps[0] * steps[1] * steps[2]
    for n in range(out.shape[0]):
        for z in range(out.shape[1]):
            for y in range(out.shape[2]):
                for x in range(out.shape[3]):
                    by_x = 0.0
                    for dx in range(steps[2]):
                        at_x = min(x * steps[2] + dx, block.shape[3] - 1)
                        by_y = 0.0
                        for dy in range(steps[1]):
                            at_y = min(y * steps[1] + dy, block.shape[2] - 1)
                            by_z = 0.0
                            for dz in range(steps[0]):
                                value = np.float64(block[n, min(z * steps[0] + dz, block.shape[1] - 1), at_y, at_x])
                                by_z = value if dz == 0 else by_z + value
                            by_y = by_z if dy == 0 else by_y + by_z
                        by_x = by_y if dx == 0 else by_x + by_y
                    out[n, z, y, x] = by_x / number
