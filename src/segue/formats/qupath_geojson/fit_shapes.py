"""Shapes as a file can hold them: native kinds, on the grid, valid."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.formats.qupath_geojson import kinds, valid
from segue.model.rings import Rings
from segue.model.shapes import PARAMETERS, RINGED, STYLE, ShapeKind, Shapes

_BOXES = (ShapeKind.RECTANGLE, ShapeKind.OVAL)
_RENAMED = {
    ShapeKind.ANGLE: ShapeKind.POLYLINE,
    ShapeKind.ARROW: ShapeKind.LINE,
    ShapeKind.TEXT: ShapeKind.RECTANGLE,
    ShapeKind.IMAGE: ShapeKind.RECTANGLE,
    ShapeKind.ROTATED_RECTANGLE: ShapeKind.POLYGON,
    ShapeKind.ELLIPSE: ShapeKind.POLYGON,
    ShapeKind.MASK: ShapeKind.POLYGON,
}
"""What other kinds become; splines become lines or polygons."""


def fitted_shapes(shapes: Shapes) -> Shapes:
    """The shapes of native kinds without parameters and style; those of which nothing is left are dropped."""
    shapes = _native(shapes)
    shapes = _placed(shapes)
    kind = shapes.frame["kind"].cast(pl.Utf8)
    areas = np.flatnonzero(kind.is_in([str(one) for one in RINGED]).to_numpy())
    traced = (kind == "traced").to_numpy()
    if len(areas):
        trusted = traced & kinds.is_whole(shapes.rings) if traced.any() else traced
        shapes = Shapes(shapes.frame, kinds.replaced(shapes.rings, areas, valid.made_valid(kinds.taken(shapes.rings, areas), trusted[areas])))
    untrue = traced & ~kinds.is_whole(shapes.rings) if traced.any() else traced
    if untrue.any():
        shapes = shapes.with_columns(kind=pl.when(pl.Series(untrue)).then(pl.lit("polygon")).otherwise(kind))
    kept = np.flatnonzero(_enough(shapes))
    return shapes if len(kept) == len(shapes) else shapes.take(kept)


def _native(shapes: Shapes) -> Shapes:
    """Every shape as one of the kinds that come back as they were."""
    frame = shapes.frame
    kind = frame["kind"].cast(pl.Utf8)
    foreign = not kind.is_in([str(one) for one in kinds.NATIVE]).all()
    rings = shapes.rings
    if foreign:
        rings = _with_outlines(shapes, kind)
        closed = (frame["closed"] > 0).fill_null(value=False) & pl.Series(np.diff(rings.coord_start) > 2)
        spline = pl.when(closed).then(pl.lit("polygon")).otherwise(pl.lit("polyline"))
        renamed = kind.replace({str(old): str(new) for old, new in _RENAMED.items()})
        kind = pl.select(pl.when(kind == "spline").then(spline).otherwise(renamed)).to_series()
    planes = {axis: pl.when(pl.col(axis) >= 0).then(axis) for axis in "zc"}
    return Shapes(frame, rings).with_columns(kind=kind, **dict.fromkeys([*PARAMETERS, *STYLE]), **planes)


def _with_outlines(shapes: Shapes, kind: pl.Series) -> Rings:
    ratio = shapes.frame["ratio"].filter(kind == "ellipse").fill_null(1.0).to_numpy()
    width = shapes.frame["width"].filter(kind == "rotated rectangle").fill_null(0.0).to_numpy()
    how: dict[str, Any] = {
        "ellipse": lambda axes: kinds.ellipses(axes, ratio),
        "rotated rectangle": lambda axes: kinds.rotated_rectangles(axes, width),
        "mask": _mask_outlines,
    }
    return kinds.converted(shapes, how)


def _mask_outlines(masks: Rings) -> Rings:
    """The outline of the pixels of masks: ring 0 is the box, ring 1 the starts and ends of row runs."""
    from segue.geometry.shapely_rings import from_shapely

    flat = from_shapely([_united(masks, shape) for shape in range(len(masks))])
    return Rings(flat.coords, flat.ring_start, flat.part_start, flat.shape_start)


def _united(masks: Rings, shape: int) -> Any:
    import shapely

    ring = masks.part_start[masks.shape_start[shape]] + 1
    runs = masks.coords[masks.ring_start[ring] : masks.ring_start[ring + 1]] if ring < masks.part_start[masks.shape_start[shape + 1]] else np.empty((0, 2))
    first, last = runs[0::2], runs[1::2]
    return shapely.union_all(shapely.box(first[:, 0], first[:, 1], last[:, 0], first[:, 1] + 1))


def _placed(shapes: Shapes) -> Shapes:
    """On the grid: vertices of areas that become equal are merged, boxes go from the top left to the bottom right."""
    kind = shapes.frame["kind"].cast(pl.Utf8)
    rings = shapes.rings.with_coords(valid.rounded(shapes.rings.coords))
    areas = np.flatnonzero(kind.is_in([str(one) for one in RINGED]).to_numpy())
    if len(areas):
        rings = kinds.replaced(rings, areas, valid.without_repeats(kinds.taken(rings, areas)))
    boxes = np.flatnonzero(kind.is_in([str(one) for one in _BOXES]).to_numpy() & (np.diff(rings.coord_start) > 0))
    if len(boxes):
        rings = kinds.replaced(rings, boxes, kinds.bounds(rings.take(boxes)))
    return Shapes(shapes.frame, rings)


def _enough(shapes: Shapes) -> npt.NDArray[np.bool_]:
    """(shapes,) Which shapes have as many vertices as their kind needs, and boxes a size."""
    kind = shapes.frame["kind"].cast(pl.Utf8)
    fewest = kind.replace_strict({"point": 1, "multipoint": 1, "line": 2, "polyline": 2, "rectangle": 2, "oval": 2}, default=3, return_dtype=pl.Int64)
    enough: npt.NDArray[np.bool_] = np.diff(shapes.rings.coord_start) >= fewest.to_numpy()
    boxes = np.flatnonzero(kind.is_in([str(one) for one in _BOXES]).to_numpy() & enough)
    start = shapes.rings.coord_start[boxes]
    enough[boxes] = (shapes.rings.coords[start] < shapes.rings.coords[start + 1]).all(axis=1)
    return enough
