"""Shapes as annotations can hold them: points, lines, upright rectangles, and areas without holes, one annotation per part."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.formats.nimbus_files.choice import Holes
from segue.formats.outline_files import Bools, as_rings_or_masks, by_object, finite, is_kind
from segue.formats.shape_files import simplified
from segue.geometry.rings import Rings as Measured
from segue.geometry.tidy import replaced
from segue.model.grid import Grid
from segue.model.rings import Rings
from segue.model.shapes import PARAMETERS, RINGED, STYLE, ShapeKind, Shapes

K = ShapeKind
KINDS = (K.POINT, K.LINE, K.POLYLINE, K.RECTANGLE, *RINGED)


def fitted_shapes(shapes: Shapes, holes: Holes = "fill") -> Shapes:
    """The shapes in the order of their objects, without style and parameters; holes are filled unless there is a way to write them."""
    shapes = simplified(finite(by_object(shapes)), KINDS)
    shapes = as_rings_or_masks(shapes, Grid(), masks=False, holes=holes != "fill")
    shapes = shapes.with_columns(**dict.fromkeys([*PARAMETERS, *STYLE]))
    kept = _enough(shapes)
    shapes = shapes if kept.all() else shapes.take(np.flatnonzero(kept))
    boxes = np.flatnonzero(is_kind(shapes, (K.RECTANGLE,)))
    if not len(boxes):
        return shapes
    corners = Measured.of(shapes.rings.take(boxes)).bounds().reshape(-1, 2)
    return Shapes(shapes.frame, replaced(shapes.rings, boxes, Rings.simple(corners, np.arange(len(boxes) + 1) * 2)))


def _enough(shapes: Shapes) -> Bools:
    """Which have as many vertices as their kind needs, and rectangles a size."""
    fewest = shapes.frame["kind"].cast(pl.Utf8).replace_strict({"point": 1, "line": 2, "polyline": 2, "rectangle": 2}, default=3, return_dtype=pl.Int64)
    found: Bools = np.diff(shapes.rings.coord_start) >= fewest.to_numpy()
    boxes = np.flatnonzero(is_kind(shapes, (K.RECTANGLE,)) & found)
    if len(boxes):
        box = Measured.of(shapes.rings.take(boxes)).bounds()
        found[boxes] = (box[:, 2] > box[:, 0]) & (box[:, 3] > box[:, 1])
    return found
