"""Convex hulls of many sets of points at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.geometry.rings import following, sum_runs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

SMALL = 200_000
"""Points below which the numpy twin runs: loading compiled code would take longer."""


def convex_hulls(points: Floats, owner: Ints, sets: int) -> tuple[Floats, Ints]:
    """The corners of the convex hulls, and nothing between two corners.

    Each begins at its topmost, then leftmost corner and runs down the left side, so counter-clockwise on the screen, as ImageJ's
    ``FloatPolygon.getConvexHull`` does.

    Parameters
    ----------
    points : (n, 2) float64
        x, y; finite.
    owner : (n,) int64
        Which set each belongs to.
    sets
        How many there are.

    Returns
    -------
    corners : (h, 2) float64
    start : (sets + 1,) int64
        Offsets into ``corners``.
    """
    order = np.lexsort((points[:, 0], points[:, 1], owner))
    xy, of = points[order], owner[order]
    new = np.ones(len(xy), bool)
    new[1:] = (of[1:] != of[:-1]) | (xy[1:] != xy[:-1]).any(axis=1)
    xy, of = xy[new], of[new]
    if len(points) < SMALL:
        from segue.measure.form.hull_reference import sides
    else:
        from segue.measure.form.hull_kernel import sides
    left, right = sides(xy, of)
    inner = right & ~_ends(of)
    corner = np.concatenate([np.flatnonzero(left), np.flatnonzero(inner)[::-1]])
    corner = corner[np.argsort(of[corner], kind="stable")]
    return xy[corner], np.searchsorted(of[corner], np.arange(sets + 1))


def hull_areas(corners: Floats, start: Ints) -> Floats:
    """(s,) Area of each hull; 0 where it is a point or a line."""
    after = following(start)
    return np.abs(sum_runs(corners[:, 0] * corners[after, 1] - corners[after, 0] * corners[:, 1], start)) / 2


def _ends(of: Ints) -> NDArray[np.bool_]:
    """Whether a point is the first or the last of its set."""
    change = of[1:] != of[:-1]
    found: NDArray[np.bool_] = np.r_[True, change] | np.r_[change, True]
    return found
