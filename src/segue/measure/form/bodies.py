"""Volumes of the convex hulls of bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

SMALL = 3_000
"""Points below which the numpy twin runs: loading compiled code would take longer."""


def hull_volumes(points: Ints, start: Ints) -> NDArray[np.float64]:
    """The volume of the convex hull of each set of points; exact, whatever lies on one line or in one plane.

    Parameters
    ----------
    points : (n, 3) int64
        z, y, x; the points of a set reach less than 2**20 along each axis, and do not all lie in one plane.
    start : (s + 1,) int64
        Where each set begins.
    """
    if len(points) < SMALL:
        from segue.measure.form.bodies_reference import six_volumes
    else:
        from segue.measure.form.bodies_kernel import six_volumes
    low = np.minimum.reduceat(points, start[:-1], axis=0) if len(points) else points
    return six_volumes(points - np.repeat(low, np.diff(start), axis=0), start) / 6
