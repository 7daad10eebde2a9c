"""Kinds of shapes as GeoJSON geometries and back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.model.rings import Floats, Ints, Rings, concat
from segue.model.shapes import RINGED, ShapeKind, Shapes

CORNERS = 64
"""Of the polygon that an ellipse is written as; a multiple of 4, so that it touches its box."""
LINES = (ShapeKind.LINE, ShapeKind.POLYLINE)
NATIVE = (ShapeKind.POINT, ShapeKind.MULTIPOINT, *LINES, ShapeKind.RECTANGLE, ShapeKind.OVAL, *RINGED)
"""Kinds that come back as they were."""


def geometries(shapes: Shapes) -> tuple[pl.Series, Rings]:
    """GeoJSON types and vertices of shapes of native kinds: boxes become rings."""
    kind = shapes.frame["kind"].cast(pl.Utf8)
    names = {"point": "Point", "multipoint": "MultiPoint", "line": "LineString", "polyline": "LineString"}
    several = pl.Series(np.diff(shapes.rings.shape_start) > 1)
    areas = pl.select(pl.when(several).then(pl.lit("MultiPolygon")).otherwise(pl.lit("Polygon"))).to_series()
    types = kind.replace_strict(names, default=areas, return_dtype=pl.Utf8)
    return types, converted(shapes, {"rectangle": rectangles, "oval": ovals})


def converted(shapes: Shapes, how: dict[str, Callable[[Rings], Rings]]) -> Rings:
    """The rings of all shapes, those of some kinds replaced."""
    kind = shapes.frame["kind"].cast(pl.Utf8)
    if not kind.is_in(list(how)).any():
        return shapes.rings
    group = kind.replace_strict({name: number for number, name in enumerate(how, 1)}, default=0, return_dtype=pl.Int64).to_numpy()
    rows = [np.flatnonzero(group == number) for number in range(len(how) + 1)]
    parts = [shapes.rings.take(rows[0]), *(change(shapes.rings.take(rows[number])) for number, change in enumerate(how.values(), 1))]
    return concat(parts).take(np.argsort(np.concatenate(rows), kind="stable"))


def equal_rings(corners: Floats) -> Rings:
    """Shapes of one ring each from (shapes, corners, 2)."""
    count, size, _ = corners.shape
    return Rings.simple(corners.reshape(-1, 2), np.arange(count + 1, dtype=np.int64) * size)


def rectangles(boxes: Rings) -> Rings:
    """The four corners of boxes of two vertices, from the top left, clockwise on the screen."""
    a, b = boxes.coords[0::2], boxes.coords[1::2]
    return equal_rings(np.stack([a, np.stack([b[:, 0], a[:, 1]], 1), b, np.stack([a[:, 0], b[:, 1]], 1)], axis=1))


def ovals(boxes: Rings) -> Rings:
    """Polygons that touch the four sides of boxes of two vertices."""
    a, b = boxes.coords[0::2, None], boxes.coords[1::2, None]
    turn = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    unit = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    corners = (a + b) / 2 + unit[None] * (b - a) / 2
    for corner, axis, side in ((0, 0, b), (CORNERS // 4, 1, b), (CORNERS // 2, 0, a), (3 * CORNERS // 4, 1, a)):
        corners[:, corner, axis] = side[:, 0, axis]
    return equal_rings(corners)


def ellipses(axes: Rings, ratio: Floats) -> Rings:
    """Polygons of ellipses given by the two ends of their major axis and minor / major."""
    a, b = axes.coords[0::2, None], axes.coords[1::2, None]
    turn = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    major = (b - a) / 2
    minor = np.stack([-major[..., 1], major[..., 0]], axis=-1) * ratio[:, None, None]
    return equal_rings((a + b) / 2 + np.cos(turn)[None, :, None] * major + np.sin(turn)[None, :, None] * minor)


def rotated_rectangles(axes: Rings, width: Floats) -> Rings:
    """Corners of rectangles given by the two ends of their middle line and their width."""
    a, b = axes.coords[0::2], axes.coords[1::2]
    along = b - a
    length = np.hypot(along[:, 0], along[:, 1])
    side = np.stack([-along[:, 1], along[:, 0]], axis=1) * (width / 2 / np.where(length > 0, length, 1))[:, None]
    return equal_rings(np.stack([a - side, b - side, b + side, a + side], axis=1))


def is_box(rings: Rings) -> npt.NDArray[np.bool_]:
    """(shapes,) Which shapes are one ring around an upright rectangle."""
    found = np.zeros(len(rings), np.bool_)
    rows = np.flatnonzero((np.diff(rings.shape_start) == 1) & (np.diff(rings.coord_start) == 4))
    rows = rows[np.diff(rings.part_start)[rings.shape_start[rows]] == 1]
    x, y = np.moveaxis(rings.coords[rings.coord_start[rows][:, None] + np.arange(4)], 2, 0)
    level = (y[:, 0] == y[:, 1]) & (x[:, 1] == x[:, 2]) & (y[:, 2] == y[:, 3]) & (x[:, 3] == x[:, 0])
    steep = (x[:, 0] == x[:, 1]) & (y[:, 1] == y[:, 2]) & (x[:, 2] == x[:, 3]) & (y[:, 3] == y[:, 0])
    found[rows] = (level | steep) & (x[:, 0] != x[:, 2]) & (y[:, 0] != y[:, 2])
    return found


def bounds(rings: Rings) -> Rings:
    """The boxes around shapes that have vertices: top-left and bottom-right corner."""
    start = rings.coord_start[:-1]
    low, high = np.minimum.reduceat(rings.coords, start, axis=0), np.maximum.reduceat(rings.coords, start, axis=0)
    return equal_rings(np.stack([low, high], axis=1))


def implied(types: pl.Series, ellipse: pl.Series, rings: Rings) -> pl.Series:
    """The kind that a geometry is where nothing else is said."""
    vertices = pl.Series(np.diff(rings.coord_start))
    area = pl.when(ellipse).then(pl.lit("oval")).when(pl.Series(is_box(rings))).then(pl.lit("rectangle")).otherwise(pl.lit("polygon"))
    line = pl.when(vertices == 2).then(pl.lit("line")).otherwise(pl.lit("polyline"))
    kind = pl.when(types.is_in(["LineString", "MultiLineString"])).then(line).otherwise(area)
    simple = types.replace_strict({"Point": "point", "MultiPoint": "multipoint"}, default=None, return_dtype=pl.Utf8)
    return pl.select(pl.coalesce(simple, kind).alias("kind")).to_series()


def is_whole(rings: Rings) -> npt.NDArray[np.bool_]:
    """(shapes,) Which shapes have whole numbers as coordinates."""
    x, y = rings.coords[:, 0], rings.coords[:, 1]
    fraction = np.concatenate([[0], np.cumsum((x != np.floor(x)) | (y != np.floor(y)))])
    start: Ints = rings.coord_start
    found: npt.NDArray[np.bool_] = fraction[start[1:]] == fraction[start[:-1]]
    return found


def taken(rings: Rings, rows: Ints) -> Rings:
    """The shapes of some rows, without a copy where they are all."""
    return rings if len(rows) == len(rings) and (rows == np.arange(len(rings))).all() else rings.take(rows)


def replaced(rings: Rings, rows: Ints, changed: Rings) -> Rings:
    """The shapes, those of some rows replaced."""
    if len(rows) == len(rings):
        return changed
    order = np.arange(len(rings))
    order[rows] = len(rings) + np.arange(len(rows))
    return concat([rings, changed]).take(order)
