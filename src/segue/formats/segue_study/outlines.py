"""Shapes as geometries for other programs: the geometry column of shapes.parquet. segue itself reads the exact columns beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from segue.geometry.figures import ellipses, equal_rings, ovals, rectangles, rotated_rectangles
from segue.geometry.shapely_rings import to_shapely
from segue.model.rings import Bools, Floats, Ints, Rings
from segue.model.shapes import RINGED, ShapeKind, Shapes

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BOXES = (ShapeKind.RECTANGLE, ShapeKind.TEXT, ShapeKind.IMAGE, ShapeKind.MASK)
_LINES = (ShapeKind.LINE, ShapeKind.POLYLINE, ShapeKind.ANGLE, ShapeKind.ARROW, ShapeKind.SPLINE)


def geometries(shapes: Shapes) -> NDArray[Any]:
    """(shapes,) shapely geometries; None where a shape has too few vertices, or vertices that are no numbers.

    Areas are polygons (ovals and ellipses with 64 corners, masks, texts and images as their boxes), lines are their vertices.
    """
    out = np.full(len(shapes), None, object)
    finite = _finite(shapes.rings)
    kinds = shapes.frame["kind"].to_physical().to_numpy()
    for number, kind in enumerate(ShapeKind):
        rows = np.flatnonzero((kinds == number) & finite).astype(np.int64)
        if len(rows):
            rows = rows[_drawable(kind, shapes.rings.take(rows))]
        if len(rows):
            out[rows] = _drawn(kind, shapes.take(rows))
    return out


def _finite(rings: Rings) -> Bools:
    """(shapes,) whether all vertices of a shape are numbers."""
    wrong = np.flatnonzero(~np.isfinite(rings.coords).all(axis=1))
    finite = np.ones(len(rings), np.bool_)
    finite[np.searchsorted(rings.coord_start, wrong, side="right") - 1] = False
    return finite


def _drawable(kind: ShapeKind, rings: Rings) -> Bools:
    """(shapes,) whether a shape has the vertices that its kind needs."""
    vertices = np.diff(rings.coord_start)
    if kind in RINGED:
        return _whole(rings)
    if kind is ShapeKind.MASK:
        return (vertices >= 2) & (np.diff(rings.part_start[rings.shape_start]) >= 1)
    if kind is ShapeKind.POINT or kind is ShapeKind.MULTIPOINT:
        return vertices >= 1
    return vertices >= 2


def _whole(rings: Rings) -> Bools:
    """(shapes,) whether there are parts, every part has rings, and every ring has three vertices."""
    part_whole = np.diff(rings.part_start) > 0
    ring_part = np.repeat(np.arange(len(part_whole)), np.diff(rings.part_start))
    part_whole[ring_part[np.diff(rings.ring_start) < 3]] = False
    whole = np.diff(rings.shape_start) > 0
    whole[np.repeat(np.arange(len(whole)), np.diff(rings.shape_start))[~part_whole]] = False
    return whole


def _drawn(kind: ShapeKind, shapes: Shapes) -> NDArray[Any]:
    import shapely

    rings = shapes.rings
    owner = np.repeat(np.arange(len(rings)), np.diff(rings.coord_start))
    if kind in RINGED:
        return to_shapely(cast("Any", rings))
    if kind is ShapeKind.POINT:
        return np.asarray(shapely.points(rings.coords[rings.coord_start[:-1]]))
    if kind is ShapeKind.MULTIPOINT:
        return np.asarray(shapely.multipoints(shapely.points(rings.coords), indices=owner))
    if kind in _LINES:
        return np.asarray(shapely.linestrings(rings.coords, indices=owner))
    corners = _corners(kind, _two(rings), shapes).coords.reshape(len(shapes), -1, 2)
    drawn = np.asarray(shapely.polygons(np.nan_to_num(corners)))
    drawn[~np.isfinite(corners).all(axis=(1, 2))] = None
    return drawn


def _two(rings: Rings) -> Rings:
    """Shapes of the first two vertices of every shape."""
    first: Ints = rings.coord_start[:-1]
    return equal_rings(np.stack([rings.coords[first], rings.coords[first + 1]], axis=1))


def _corners(kind: ShapeKind, pairs: Rings, shapes: Shapes) -> Rings:
    """Polygons from the two vertices of every shape."""
    if kind is ShapeKind.OVAL:
        return ovals(pairs)
    if kind is ShapeKind.ELLIPSE:
        return ellipses(pairs, _parameter(shapes, "ratio"))
    return rectangles(pairs) if kind in _BOXES else rotated_rectangles(pairs, _parameter(shapes, "width"))


def _parameter(shapes: Shapes, name: str) -> Floats:
    return shapes.frame[name].fill_null(float("nan")).to_numpy()
