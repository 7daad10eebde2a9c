"""What runs add up to, in plain numpy: what small inputs run, and what the compiled twin is held to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


def boxes(owner: Ints, owners: int, row: Ints, z: Ints, y: Ints, begin: Ints, length: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Area (s,), first and behind the last plane, row and column (s, 3), first and last row (s, 2) of each owner; each has a run."""
    order, start = _sorted(owner, owners)
    low = np.stack([z, y, begin], axis=1)[order]
    high = np.stack([z + 1, y + 1, begin + length], axis=1)[order]
    row = row[order]
    rows = np.stack([np.minimum.reduceat(row, start), np.maximum.reduceat(row, start)], axis=1)
    return np.add.reduceat(length[order], start), np.minimum.reduceat(low, start, axis=0), np.maximum.reduceat(high, start, axis=0), rows


def sums(owner: Ints, low: Ints, z: Ints, y: Ints, begin: Ints, length: Ints) -> tuple[Ints, Ints]:
    """Sums over the pixels of each owner, counted from ``low``: of z, y and x, and of y * y, x * x and x * y."""
    order, start = _sorted(owner, len(low))
    z, y, x = (np.stack([z, y, begin], axis=1)[order] - low[owner[order]]).T
    n = length[order]
    sum_x = n * x + n * (n - 1) // 2
    sum_xx = n * x * x + x * n * (n - 1) + (n - 1) * n * (2 * n - 1) // 6
    first, second = np.stack([n * z, n * y, sum_x], axis=1), np.stack([n * y * y, sum_xx, y * sum_x], axis=1)
    return np.add.reduceat(first, start, axis=0), np.add.reduceat(second, start, axis=0)


def _sorted(owner: Ints, owners: int) -> tuple[Ints, Ints]:
    order = np.argsort(owner, kind="stable")
    return order, np.searchsorted(owner[order], np.arange(owners))
