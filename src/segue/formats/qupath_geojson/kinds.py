"""Kinds of shapes as GeoJSON geometries and back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.geometry.figures import equal_rings, ovals, rectangles
from segue.model.rings import Ints, Rings, concat
from segue.model.shapes import RINGED, ShapeKind, Shapes

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
