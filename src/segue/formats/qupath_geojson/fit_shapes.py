"""Shapes as a file can hold them: native kinds, on the grid, valid."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.formats.qupath_geojson import kinds, valid
from segue.formats.shape_files import simplified
from segue.model.shapes import PARAMETERS, RINGED, STYLE, ShapeKind, Shapes

_BOXES = (ShapeKind.RECTANGLE, ShapeKind.OVAL)
_FRAMES = [str(kind) for kind in (ShapeKind.TEXT, ShapeKind.IMAGE)]
"""Kinds of which the box remains."""


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
    frames = pl.col("kind").cast(pl.Utf8).is_in(_FRAMES)
    shapes = shapes.with_columns(kind=pl.when(frames).then(pl.lit(str(ShapeKind.RECTANGLE))).otherwise(pl.col("kind").cast(pl.Utf8)))
    planes = {axis: pl.when(pl.col(axis) >= 0).then(axis) for axis in "zc"}
    return simplified(shapes, kinds.NATIVE).with_columns(**dict.fromkeys([*PARAMETERS, *STYLE]), **planes)


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
