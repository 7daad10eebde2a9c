"""Shapes as annotations can hold them: points, rectangles, polygons without holes, and outlines of pixels."""

from __future__ import annotations

import numpy as np

from segue.formats.coco.options import Segmentation
from segue.formats.outline_files import Bools, as_pixels, as_rings_or_masks, by_object, finite, is_kind
from segue.formats.shape_files import simplified
from segue.geometry.rings import Rings as Measured
from segue.model.grid import Grid
from segue.model.shapes import PARAMETERS, RINGED, STYLE, ShapeKind, Shapes

KINDS = (ShapeKind.POINT, ShapeKind.MULTIPOINT, ShapeKind.RECTANGLE, *RINGED)
_PIXELS = (ShapeKind.RECTANGLE, ShapeKind.OVAL, ShapeKind.MASK, *RINGED)


def fitted_shapes(shapes: Shapes, grid: Grid, segmentation: Segmentation) -> Shapes:
    """The shapes in the order of their objects, without style; those of which nothing is left are dropped."""
    shapes = finite(by_object(shapes))
    kinds = {*KINDS, ShapeKind.OVAL, ShapeKind.MASK} if segmentation == "rle" else KINDS
    shapes = simplified(shapes, kinds)
    if segmentation == "rle":
        shapes = as_pixels(shapes, is_kind(shapes, _PIXELS), grid)
    else:
        shapes = as_rings_or_masks(shapes, grid, masks=segmentation == "auto")
    shapes = shapes.with_columns(**dict.fromkeys([*PARAMETERS, *STYLE]))
    kept = _enough(shapes)
    return shapes if kept.all() else shapes.take(np.flatnonzero(kept))


def _enough(shapes: Shapes) -> Bools:
    """Which shapes have vertices, and rectangles a size."""
    found: Bools = np.diff(shapes.rings.coord_start) > 0
    boxes = np.flatnonzero(is_kind(shapes, (ShapeKind.RECTANGLE,)))
    box = Measured.of(shapes.rings.take(boxes)).bounds()
    with np.errstate(invalid="ignore"):
        found[boxes] = (box[:, 2] > box[:, 0]) & (box[:, 3] > box[:, 1]) & (np.diff(shapes.rings.take(boxes).coord_start) == 2)
    return found
