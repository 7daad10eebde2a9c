# mypy: allow-untyped-defs, allow-untyped-calls
# ruff: noqa: ANN001, ANN202
"""Compiled ray test of ``raycast``: shape by shape, the points within its box."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.geometry.rings import Rings

    Int = NDArray[np.int64]


def inside(points: NDArray[np.float64], rings: Rings) -> tuple[Int, Int]:
    """As ``raycast.reference``, ascending by shape, then by point."""
    point, shape = _pairs(points, rings.coords, rings.ring_start, rings.part_start, rings.shape_start, rings.bounds())
    return point, shape


@njit(nogil=True)
def _pairs(points, coords, ring_start, part_start, shape_start, box):
    """(point, shape) pairs, shape by shape."""
    point, shape_of = np.empty(1024, np.int64), np.empty(1024, np.int64)
    n = 0
    for shape in range(len(shape_start) - 1):
        for p in range(len(points)):
            x, y = points[p, 0], points[p, 1]
            if not (box[shape, 0] <= x <= box[shape, 2] and box[shape, 1] <= y <= box[shape, 3]):
                continue
            if not _covers(x, y, coords, ring_start, part_start, shape_start[shape], shape_start[shape + 1]):
                continue
            if n == len(point):
                point, shape_of = np.append(point, np.empty_like(point)), np.append(shape_of, np.empty_like(point))
            point[n], shape_of[n] = p, shape
            n += 1
    return point[:n], shape_of[:n]


@njit(nogil=True)
def _covers(x, y, coords, ring_start, part_start, first_part, end_part):
    for part in range(first_part, end_part):
        odd = False
        for ring in range(part_start[part], part_start[part + 1]):
            a, b = ring_start[ring], ring_start[ring + 1]
            j = b - 1
            for i in range(a, b):
                xi, yi, xj, yj = coords[i, 0], coords[i, 1], coords[j, 0], coords[j, 1]
                if (yi > y) != (yj > y) and x < (xj - xi) * (y - yi) / (yj - yi) + xi:
                    odd = not odd
                j = i
        if odd:
            return True
    return False
