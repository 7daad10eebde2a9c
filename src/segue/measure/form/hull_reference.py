"""The two sides of convex hulls in plain numpy: what small inputs run, and what the compiled twin is held to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


def sides(xy: Floats, of: Ints) -> tuple[Bools, Bools]:
    """Which points are corners of the left side of their set's hull, and which of the right side; the first and last of a set are on both.

    Parameters
    ----------
    xy : (n, 2)
        Ascending by set, y, x; no point twice.
    of : (n,)
        The set of each.
    """
    return _side(xy, of, 1.0), _side(xy, of, -1.0)


def _side(xy: Floats, of: Ints, sign: float) -> Bools:
    """Points that lie inside of, or on, the line between their neighbours are no corners; without them others are not, either."""
    kept = np.arange(len(xy))
    while len(kept) > 2:
        a, b, c = xy[kept[:-2]], xy[kept[1:-1]], xy[kept[2:]]
        turn = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
        inner = (of[kept[:-2]] == of[kept[2:]]) & (sign * turn >= 0)
        if not inner.any():
            break
        kept = kept[~np.r_[False, inner, False]]
    corner = np.zeros(len(xy), bool)
    corner[kept] = True
    return corner
