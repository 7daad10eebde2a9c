"""Convex hulls of bodies in plain numpy: what small inputs run, and what the compiled twin is held to.

A hull grows point by point: the triangles that a point outside sees are taken away, and the rim of the gap is joined to it. A triangle in whose plane the
point lies counts as not seen; so no triangle is ever without area.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


def six_volumes(points: Ints, start: Ints) -> Ints:
    """(s,) Six times the volume of each hull, a whole number; see ``bodies.hull_volumes``."""
    found = [_six_volume(points[begin:end]) for begin, end in pairwise(start.tolist())]
    return np.array(found, np.int64)


def _six_volume(points: Ints) -> int:
    triangles = tetrahedron(points)
    for row in range(len(points)):
        seen = _heights(points, triangles, row) > 0
        if seen.any():
            rim = _rim(triangles[seen], len(points))
            triangles = np.concatenate([triangles[~seen], np.column_stack([rim, np.full(len(rim), row)])])
    return int(-_heights(points, triangles, int(triangles[0, 0])).sum())


def _heights(points: Ints, triangles: Ints, row: int) -> Ints:
    """(f,) Six times the volume between each triangle and a point; positive outside."""
    a, b, c = points[triangles.T]
    heights: Ints = (np.cross(b - a, c - a) * (points[row] - a)).sum(axis=1)
    return heights


def tetrahedron(points: Ints) -> Ints:
    """(4, 3) The triangles around four points that do not lie in one plane, each the other way round than clockwise from outside."""
    along = points - points[0]
    one = int(np.flatnonzero(along.any(axis=1))[0])
    across = np.cross(along[one], along)
    two = int(np.flatnonzero(across.any(axis=1))[0])
    height = along @ across[two]
    three = int(np.flatnonzero(height)[0])
    one, two = (two, one) if height[three] > 0 else (one, two)
    return np.array([(0, one, two), (0, two, three), (0, three, one), (one, three, two)])


def _rim(seen: Ints, points: int) -> Ints:
    """(e, 2) Edges of the triangles that are edges of one of them only."""
    edges = np.concatenate([seen[:, [0, 1]], seen[:, [1, 2]], seen[:, [2, 0]]])
    there, back = edges @ np.array([points, 1]), edges @ np.array([1, points])
    rim: Ints = edges[~np.isin(there, back)]
    return rim
