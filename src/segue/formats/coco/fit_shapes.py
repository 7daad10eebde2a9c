"""Shapes as annotations can hold them: points, rectangles, polygons without holes, and outlines of pixels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.formats.coco.options import Segmentation
from segue.formats.coco.pixels import pixelled
from segue.formats.coco.read_shapes import is_whole
from segue.formats.coco.terms import SIDE
from segue.formats.shape_files import area_rings, simplified
from segue.geometry.edits import without_holes
from segue.geometry.rings import Rings as Measured
from segue.model.grid import Grid
from segue.model.rings import Ints, Rings, concat
from segue.model.shapes import PARAMETERS, RINGED, STYLE, ShapeKind, Shapes

KINDS = (ShapeKind.POINT, ShapeKind.MULTIPOINT, ShapeKind.RECTANGLE, *RINGED)
_PIXELS = (ShapeKind.RECTANGLE, ShapeKind.OVAL, ShapeKind.MASK, *RINGED)
Bools = npt.NDArray[np.bool_]


def fitted_shapes(shapes: Shapes, grid: Grid, segmentation: Segmentation) -> Shapes:
    """The shapes in the order of their objects, without style; those of which nothing is left are dropped."""
    shapes = _finite(_by_object(shapes))
    kinds = {*KINDS, ShapeKind.OVAL, ShapeKind.MASK} if segmentation == "rle" else KINDS
    shapes = simplified(shapes, kinds)
    if segmentation == "rle":
        shapes = _pixels(shapes, is_kind(shapes, _PIXELS), grid)
    else:
        shapes = _ringed(shapes, grid, segmentation)
    shapes = shapes.with_columns(**dict.fromkeys([*PARAMETERS, *STYLE]))
    kept = _enough(shapes)
    return shapes if kept.all() else shapes.take(np.flatnonzero(kept))


def is_kind(shapes: Shapes, kinds: tuple[ShapeKind, ...]) -> Bools:
    """(shapes,) Which are of one of some kinds."""
    found: Bools = shapes.frame["kind"].cast(pl.Utf8).is_in([str(kind) for kind in kinds]).to_numpy()
    return found


def has_holes(rings: Rings) -> Bools:
    """(shapes,) Which have a part of more than one ring."""
    holes = np.concatenate([[0], np.cumsum(np.diff(rings.part_start) > 1)])
    found: Bools = holes[rings.shape_start[1:]] > holes[rings.shape_start[:-1]]
    return found


def _by_object(shapes: Shapes) -> Shapes:
    owner = shapes.frame["object"].to_numpy()
    return shapes if (np.diff(owner) >= 0).all() else shapes.take(np.argsort(owner, kind="stable"))


def _finite(shapes: Shapes) -> Shapes:
    bad = np.concatenate([[0], np.cumsum(~(np.abs(shapes.rings.coords) <= 1e12).all(axis=1))])
    kept = bad[shapes.rings.coord_start[1:]] == bad[shapes.rings.coord_start[:-1]]
    return shapes if kept.all() else shapes.take(np.flatnonzero(kept))


def image_size(grid: Grid) -> tuple[int, int]:
    """Height and width of the image; the largest possible where it is not known."""
    height, width = (grid.size(axis) for axis in "yx")
    return SIDE if height is None else min(height, SIDE), SIDE if width is None else min(width, SIDE)


def _pixels(shapes: Shapes, which: Bools, grid: Grid) -> Shapes:
    """Some shapes as the outlines of their pixels."""
    rows = np.flatnonzero(which)
    if not len(rows):
        return shapes
    traced = pixelled(area_rings(shapes.take(rows)), *image_size(grid))
    return Shapes(shapes.frame, replaced(shapes.rings, rows, traced)).with_columns(kind=_kind(shapes, which, "traced"))


def _kind(shapes: Shapes, which: Bools, kind: str) -> pl.Expr:
    return pl.when(pl.Series(which)).then(pl.lit(kind)).otherwise(shapes.frame["kind"].cast(pl.Utf8))


def replaced(rings: Rings, rows: Ints, changed: Rings) -> Rings:
    """The shapes, those of some rows replaced."""
    if len(rows) == len(rings):
        return changed
    order = np.arange(len(rings))
    order[rows] = len(rings) + np.arange(len(rows))
    return concat([rings, changed]).take(order)


def _ringed(shapes: Shapes, grid: Grid, segmentation: Segmentation) -> Shapes:
    """Areas with rings: tidied; with holes as the outlines of their pixels, or filled; others as they are."""
    areas = np.flatnonzero(is_kind(shapes, RINGED))
    if not len(areas):
        return shapes
    shapes = Shapes(shapes.frame, replaced(shapes.rings, areas, tidied(shapes.rings.take(areas))))
    holes = has_holes(shapes.rings) & is_kind(shapes, RINGED)
    if segmentation == "auto" and holes.any():
        tried = _pixels(shapes, holes, grid)
        lost = holes & (np.diff(tried.rings.shape_start) == 0)
        rows = np.flatnonzero(lost)
        shapes = Shapes(tried.frame, replaced(tried.rings, rows, shapes.rings.take(rows))) if len(rows) else tried
        holes = lost
    if holes.any():
        filled = without_holes(shapes.rings)
        shapes = Shapes(shapes.frame, replaced(shapes.rings, np.flatnonzero(holes), filled.take(np.flatnonzero(holes))))
    untrue = is_kind(shapes, (ShapeKind.TRACED,)) & ~is_whole(shapes.rings)
    return shapes.with_columns(kind=_kind(shapes, untrue, "polygon")) if untrue.any() else shapes


def tidied(rings: Rings) -> Rings:
    """Without repeated last corners, rings of fewer than three corners, and parts of which no outer ring is left."""
    length = np.diff(rings.ring_start)
    while True:
        end = rings.ring_start[:-1] + length
        more = np.flatnonzero(length > 1)
        closed = more[(rings.coords[end[more] - 1] == rings.coords[rings.ring_start[:-1][more]]).all(axis=1)]
        if not len(closed):
            break
        length[closed] -= 1
    outer = np.zeros(len(length), np.bool_)
    outer[rings.part_start[:-1][np.diff(rings.part_start) > 0]] = True
    part = np.repeat(np.arange(len(rings.part_start) - 1), np.diff(rings.part_start))
    good = length >= 3
    alive = np.zeros(len(rings.part_start) - 1, np.bool_)
    alive[part[outer & good]] = True
    kept = good & alive[part]
    if kept.all() and alive.all() and (length == np.diff(rings.ring_start)).all():
        return rings
    nth = np.arange(len(rings.coords)) - np.repeat(rings.ring_start[:-1], np.diff(rings.ring_start))
    vertex = np.repeat(kept, np.diff(rings.ring_start)) & (nth < np.repeat(length, np.diff(rings.ring_start)))
    of_part = np.bincount(part[kept], minlength=len(alive))[alive]
    of_shape = np.repeat(np.arange(len(rings)), np.diff(rings.shape_start))[alive]
    counts = np.bincount(of_shape, minlength=len(rings))
    return Rings(rings.coords[vertex], _offsets(length[kept]), _offsets(of_part), _offsets(counts))


def _offsets(lengths: Ints) -> Ints:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])


def _enough(shapes: Shapes) -> Bools:
    """Which shapes have vertices, and rectangles a size."""
    found: Bools = np.diff(shapes.rings.coord_start) > 0
    boxes = np.flatnonzero(is_kind(shapes, (ShapeKind.RECTANGLE,)))
    box = Measured.of(shapes.rings.take(boxes)).bounds()
    with np.errstate(invalid="ignore"):
        found[boxes] = (box[:, 2] > box[:, 0]) & (box[:, 3] > box[:, 1]) & (np.diff(shapes.rings.take(boxes).coord_start) == 2)
    return found
