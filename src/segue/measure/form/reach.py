"""The largest distance within bodies that are stacks of flat hulls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.measure.form.reach_reference import squares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

SMALL = 20_000_000
"""Pairs of corners below which the numpy twin runs: loading compiled code would take longer."""


def reaches(points: Floats, start: Ints, pixel: tuple[float, float, float]) -> Floats:
    """The largest distance of two corners of the voxels of each body.

    Parameters
    ----------
    points : (n, 3) float64
        Number of the plane, y and x of the corners of the convex hull of each plane, body after body. A plane is one voxel deep.
    start : (s + 1,) int64
        Where the points of each body begin; none is empty.
    pixel
        Depth, height and width of a voxel.
    """
    points, start = _far(points, start, pixel)
    if int((np.diff(start) ** 2).sum()) < SMALL:
        from segue.measure.form.reach_reference import largest_squares
    else:
        from segue.measure.form.reach_kernel import largest_squares
    return np.sqrt(largest_squares(points, start, pixel))


def _far(points: Floats, start: Ints, pixel: tuple[float, float, float]) -> tuple[Floats, Ints]:
    """The points that can be ends of the largest distance: those whose farthest corner of the box is as far away as two points that are known."""
    sizes = np.diff(start)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    if not len(points):
        return points, start
    low, high = np.minimum.reduceat(points, start[:-1], axis=0), np.maximum.reduceat(points, start[:-1], axis=0)
    end, known = start[:-1], np.zeros(len(sizes))
    for _ in range(3):
        square = squares(points, points[end][owner], pixel)
        known = np.maximum.reduceat(square, start[:-1])
        end = _first(square == known[owner], start)
    bound = squares(np.where(points - low[owner] > high[owner] - points, low[owner], high[owner]), points, pixel)
    kept = bound >= known[owner]
    return points[kept], np.searchsorted(owner[kept], np.arange(len(sizes) + 1))


def _first(marked: NDArray[np.bool_], start: Ints) -> Ints:
    """(s,) The first marked point of each body."""
    at = np.flatnonzero(marked)
    return at[np.searchsorted(at, start[:-1])]
