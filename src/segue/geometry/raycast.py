"""Which whole-numbered points lie in which polygons by the ray test that Mantis Viewer 1.0 used, exactly: for its results, and for nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.geometry.rings import Rings, check_coordinates, following

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from segue.geometry.rings import Flat

    Int = NDArray[np.int64]

SMALL = 20_000_000
"""Points times vertices below which the numpy twin runs: at most 0.1 s."""
AT_ONCE = 1 << 22
"""Points times edges that the twin looks at together."""


def points_in_rings(points: ArrayLike, rings: Flat) -> tuple[Int, Int]:
    """Every pair of a point and a shape around it: an odd number of edges, of all rings of a part, at its right.

    An edge from (xj, yj) to (xi, yi) is at the right of (x, y) if one of yi and yj is greater than y, the other is not, and
    ``x < (xj - xi) * (y - yi) / (yj - yi) + xi``. So a point on an edge counts by x in [left, right), unlike in ``points_in_shapes``.

    ``points`` (n, 2) are x, y as the edges have them; otherwise as ``inside.points_in_shapes``.
    """
    at = np.ascontiguousarray(points, np.float64).reshape(-1, 2)
    flat = Rings.of(rings)
    check_coordinates(flat)
    if len(at) * len(flat.coords) < SMALL:
        return reference(at, flat)
    from segue.geometry.raycast_kernel import inside

    point, shape = inside(at, flat)
    order = np.lexsort((shape, point))
    return point[order], shape[order]


def reference(points: NDArray[np.float64], flat: Rings) -> tuple[Int, Int]:
    """The same in plain numpy."""
    found = np.zeros((len(points), len(flat)), np.bool_)
    after = following(flat.ring_start)
    for shape in range(len(flat)):
        for part in range(flat.shape_start[shape], flat.shape_start[shape + 1]):
            begin, end = flat.ring_start[flat.part_start[part]], flat.ring_start[flat.part_start[part + 1]]
            step = max(1, AT_ONCE // max(1, int(end - begin)))
            for first in range(0, len(points), step):
                some = points[first : first + step]
                found[first : first + step, shape] |= _odd(some, flat.coords[after[begin:end]], flat.coords[begin:end])
    point, shape_row = np.nonzero(found)
    return point.astype(np.int64), shape_row.astype(np.int64)


def _odd(points: NDArray[np.float64], i: NDArray[np.float64], j: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each point has an odd number of the edges from ``j`` to ``i`` at its right."""
    x, y = points[:, 0, None], points[:, 1, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        right = ((i[:, 1] > y) != (j[:, 1] > y)) & (x < (j[:, 0] - i[:, 0]) * (y - i[:, 1]) / (j[:, 1] - i[:, 1]) + i[:, 0])
    odd: NDArray[np.bool_] = right.sum(axis=1) % 2 == 1
    return odd
