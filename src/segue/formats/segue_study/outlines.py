"""Shapes as geometries for other programs: the geometry column of shapes.parquet. segue itself reads the exact columns beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from segue.geometry.shapely_rings import to_shapely
from segue.model.rings import Bools, Floats, Ints, Rings
from segue.model.shapes import RINGED, ShapeKind, Shapes

if TYPE_CHECKING:
    from numpy.typing import NDArray

CORNERS = 64
"""Corners of the polygon that stands for an oval or ellipse."""
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
    corners = _corners(kind)(*_two(rings), shapes)
    drawn = np.asarray(shapely.polygons(np.nan_to_num(corners)))
    drawn[~np.isfinite(corners).all(axis=(1, 2))] = None
    return drawn


def _two(rings: Rings) -> tuple[Floats, Floats]:
    """The first two vertices of every shape, each (shapes, 2)."""
    first: Ints = rings.coord_start[:-1]
    return rings.coords[first], rings.coords[first + 1]


def _corners(kind: ShapeKind) -> Callable[[Floats, Floats, Shapes], Floats]:
    """(shapes, corners, 2) from the two vertices of a shape."""
    return _box if kind in _BOXES else {ShapeKind.OVAL: _oval, ShapeKind.ELLIPSE: _ellipse}.get(kind, _band)


def _box(a: Floats, b: Floats, _: Shapes) -> Floats:
    return np.stack([a, np.column_stack([b[:, 0], a[:, 1]]), b, np.column_stack([a[:, 0], b[:, 1]])], axis=1)


def _band(a: Floats, b: Floats, shapes: Shapes) -> Floats:
    with np.errstate(all="ignore"):
        across = _turned(b - a) / np.hypot(*(b - a).T)[:, None] * (_parameter(shapes, "width") / 2)
    return np.stack([a + across, b + across, b - across, a - across], axis=1)


def _oval(a: Floats, b: Floats, _: Shapes) -> Floats:
    half = (b - a) / 2
    zero = np.zeros(len(half))
    return _around((a + b) / 2, np.column_stack([half[:, 0], zero]), np.column_stack([zero, half[:, 1]]))


def _ellipse(a: Floats, b: Floats, shapes: Shapes) -> Floats:
    half = (b - a) / 2
    return _around((a + b) / 2, half, _turned(half) * _parameter(shapes, "ratio"))


def _around(centre: Floats, u: Floats, v: Floats) -> Floats:
    angle = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)[:, None]
    points: Floats = centre[:, None] + np.cos(angle) * u[:, None] + np.sin(angle) * v[:, None]
    return points


def _turned(vectors: Floats) -> Floats:
    return np.column_stack([-vectors[:, 1], vectors[:, 0]])


def _parameter(shapes: Shapes, name: str) -> Floats:
    return shapes.frame[name].fill_null(float("nan")).to_numpy()[:, None]
