"""Row runs: the pixels of segments as (plane, row, first column, column behind the last); small where segments are, nothing elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.geometry.components_reference import Runs, join, touching

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Int = NDArray[np.int64]


def row_runs(plane: NDArray[Any], wanted: NDArray[Any] | None = None) -> tuple[Int, Int, Int, NDArray[Any]]:
    """Runs of equal non-zero pixels within each row.

    Parameters
    ----------
    plane
        (y, x) integer.
    wanted
        Only these labels; None = all.

    Returns
    -------
    y, x0, x1, value : (runs,)
        In raster order.
    """
    if wanted is not None:
        found = plane == wanted[0] if len(wanted) == 1 else np.isin(plane, wanted)
        rows = np.flatnonzero(found.any(axis=1))
        if not len(rows):
            none = np.zeros(0, np.int64)
            return none, none, none, np.zeros(0, plane.dtype)
        first, last = int(rows[0]), int(rows[-1]) + 1
        y, x0, x1, value = row_runs(np.where(found[first:last], plane[first:last], plane.dtype.type(0)))
        return y + first, x0, x1, value
    flat = np.ascontiguousarray(plane).reshape(-1)
    edge = np.ones(flat.size, bool)
    np.not_equal(flat[1:], flat[:-1], out=edge[1:])
    edge[:: max(plane.shape[1], 1)] = True
    start = np.flatnonzero(edge)
    length = np.diff(start, append=flat.size)
    value = flat[start]
    kept = value != 0
    start, length, width = start[kept], length[kept], max(plane.shape[1], 1)
    return start // width, start % width, start % width + length, value[kept]


def parts_of_runs(plane: Int, y: Int, x0: Int, x1: Int, owner: Int, shape: tuple[int, int, int], *, corners: bool) -> tuple[Int, int]:
    """Number the connected parts of things given by their runs.

    Parameters
    ----------
    plane, y, x0, x1, owner : (runs,)
        In raster order; runs of different owners never belong together.
    shape
        Planes, rows and columns of the volume.
    corners
        Whether pixels that touch only at a corner (or edge, in a volume) belong together.

    Returns
    -------
    part : (runs,)
        From 0, in the order of the first run of each part.
    count
    """
    one, other = touching(Runs(plane * shape[1] + y, x0, x1, owner), shape, corners=corners)
    return join(len(y), one, other)
