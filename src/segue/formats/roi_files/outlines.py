"""Rings as a ROI file can hold them: float32, open, nested by how they lie in each other. Used when reading and when fitting, so both agree."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from segue.geometry.nest import nested
from segue.model.rings import Floats, Ints, Rings, concat
from segue.model.shapes import ShapeKind

FARTHEST = 1e9
"""Coordinates beyond this belong to no image."""


def settled(rings: Rings) -> Rings:
    """The rings of ``ordered``."""
    return ordered(rings)[0]


def ordered(rings: Rings) -> tuple[Rings, Ints | None]:
    """Rounded to float32, closing vertices that repeat the first one dropped, empty rings dropped, holes and parts found again.

    Returns
    -------
    The rings, and which of those that are not empty each was; None where all are at their places.
    """
    coords = rings.coords.astype(np.float32).astype(np.float64)
    per_shape = rings.part_start[rings.shape_start]
    coords, ring_start, per_shape = _opened(coords, rings.ring_start, per_shape)
    flat = Rings(coords, ring_start, np.arange(len(ring_start)), per_shape)
    if (np.diff(per_shape) < 2).all():
        return flat, None
    found, order = nested(flat)
    return Rings(found.coords, found.ring_start, found.part_start, found.shape_start), order


def _opened(coords: Floats, ring_start: Ints, per_shape: Ints) -> tuple[Floats, Ints, Ints]:
    length = np.diff(ring_start)
    several = np.flatnonzero(length > 1)
    closed = several[(coords[ring_start[several]] == coords[ring_start[several + 1] - 1]).all(axis=1)]
    if len(closed):
        kept = np.ones(len(coords), np.bool_)
        kept[ring_start[closed + 1] - 1] = False
        coords, length = coords[kept], length.copy()
        length[closed] -= 1
    filled = np.concatenate([[0], np.cumsum(length > 0)])
    return coords, np.concatenate([[0], np.cumsum(length[length > 0])]), filled[per_shape]


def united(rings: Rings) -> Rings:
    """Settled rings whose parts do not overlap: a ROI shows what lies in two of its parts as a hole, so such parts become one."""
    found = settled(rings)
    suspects = np.flatnonzero((np.diff(rings.shape_start) > np.diff(found.shape_start)) & (np.diff(found.part_start[found.shape_start]) > 1))
    if not len(suspects):
        return found
    from segue.geometry.shapely_rings import from_shapely

    unions = np.empty(len(suspects), object)
    unions[:] = [_union(rings.take(suspects[row : row + 1])) for row in range(len(suspects))]
    merged = from_shapely(unions)
    usable = np.diff(merged.shape_start) > 0
    order = np.arange(len(rings))
    order[suspects[usable]] = len(rings) + np.flatnonzero(usable)
    return concat([found, settled(Rings(merged.coords, merged.ring_start, merged.part_start, merged.shape_start))]).take(order)


def _union(shape: Rings) -> object:
    """What the parts of one shape cover together."""
    import shapely

    from segue.geometry.shapely_rings import to_shapely

    each = np.arange(len(shape.part_start), dtype=np.int64)
    drawn = np.minimum.reduceat(np.diff(shape.ring_start), shape.part_start[:-1]) > 2
    parts = to_shapely(Rings(shape.coords, shape.ring_start, shape.part_start, each).take(np.flatnonzero(drawn)))
    pieces = shapely.get_parts(shapely.make_valid(parts))
    return shapely.union_all(pieces[shapely.get_type_id(pieces) == shapely.GeometryType.POLYGON])


def whole(kinds: pl.Series, rings: Rings) -> pl.Series:
    """The parameter ``whole`` of shapes: ImageJ covers ovals, and rectangles with fractions, by its own rule."""
    own = (kinds == str(ShapeKind.OVAL)).to_numpy().copy()
    rows = np.flatnonzero((kinds == str(ShapeKind.RECTANGLE)).to_numpy())
    corners = rings.take(rows).coords.reshape(-1, 4)
    own[rows] = (corners != np.rint(corners)).any(axis=1)
    return pl.select(pl.when(pl.Series(own)).then(pl.lit(1.0))).to_series()


def boxes(corners: Floats) -> tuple[Floats, NDArray[np.float32]]:
    """Rectangles as a ROI file can hold them.

    Parameters
    ----------
    corners
        (n, 4): x and y of two opposite corners.

    Returns
    -------
    corners : (n, 4) of the top-left and bottom-right corner, as they are read back
    stored : (n, 4) float32 x, y, width, height
    """
    low, high = np.minimum(corners[:, :2], corners[:, 2:]), np.maximum(corners[:, :2], corners[:, 2:])
    stored = np.concatenate([low, high - low.astype(np.float32)], 1).astype(np.float32)
    wide = stored.astype(np.float64)
    return np.concatenate([wide[:, :2], wide[:, :2] + wide[:, 2:]], 1), stored
