"""What files that have polygons without holes, and masks, share: areas of a study as one or the other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.formats.shape_files import area_rings
from segue.geometry.edits import without_holes
from segue.geometry.pixelled import pixelled
from segue.geometry.tidy import has_holes, is_finite, is_whole, replaced, tidied
from segue.model.grid import Grid
from segue.model.shapes import RINGED, ShapeKind, Shapes

Bools = npt.NDArray[np.bool_]
SIDE = 2**31 - 1
"""Pixels along an edge of an image."""


def by_object(shapes: Shapes) -> Shapes:
    """The shapes in the order of their objects."""
    owner = shapes.frame["object"].to_numpy()
    return shapes if (np.diff(owner) >= 0).all() else shapes.take(np.argsort(owner, kind="stable"))


def finite(shapes: Shapes) -> Shapes:
    """Only shapes whose vertices are places in an image."""
    kept = is_finite(shapes.rings)
    return shapes if kept.all() else shapes.take(np.flatnonzero(kept))


def is_kind(shapes: Shapes, kinds: tuple[ShapeKind, ...]) -> Bools:
    """(shapes,) Which are of one of some kinds."""
    found: Bools = shapes.frame["kind"].cast(pl.Utf8).is_in([str(kind) for kind in kinds]).to_numpy()
    return found


def image_size(grid: Grid) -> tuple[int, int]:
    """Height and width of the image; the largest possible where it is not known."""
    height, width = (grid.size(axis) for axis in "yx")
    return SIDE if height is None else min(height, SIDE), SIDE if width is None else min(width, SIDE)


def as_pixels(shapes: Shapes, which: Bools, grid: Grid) -> Shapes:
    """Some shapes as the outlines of their pixels."""
    rows = np.flatnonzero(which)
    if not len(rows):
        return shapes
    traced = pixelled(area_rings(shapes.take(rows)), *image_size(grid))
    return Shapes(shapes.frame, replaced(shapes.rings, rows, traced)).with_columns(kind=_kind(shapes, which, "traced"))


def _kind(shapes: Shapes, which: Bools, kind: str) -> pl.Expr:
    return pl.when(pl.Series(which)).then(pl.lit(kind)).otherwise(shapes.frame["kind"].cast(pl.Utf8))


def as_rings_or_masks(shapes: Shapes, grid: Grid, *, masks: bool, holes: bool = False) -> Shapes:
    """Areas with rings: tidied; with holes as the exact outlines of their pixels if there are ``masks``, as they are if there are ``holes``, else filled.

    An outline with holes in which no pixel centre lies keeps its outer ring. Kinds stay, but that outlines of pixels are ``traced``, and what
    is not on whole pixels is not.
    """
    areas = np.flatnonzero(is_kind(shapes, RINGED))
    if not len(areas):
        return shapes
    given = shapes.rings if len(areas) == len(shapes) else shapes.rings.take(areas)
    tidy = tidied(given)
    shapes = shapes if tidy is given else Shapes(shapes.frame, replaced(shapes.rings, areas, tidy))
    holed = np.zeros(len(shapes), np.bool_) if holes else has_holes(shapes.rings) & is_kind(shapes, RINGED)
    if masks and holed.any():
        tried = as_pixels(shapes, holed, grid)
        lost = holed & (np.diff(tried.rings.shape_start) == 0)
        rows = np.flatnonzero(lost)
        shapes = Shapes(tried.frame, replaced(tried.rings, rows, shapes.rings.take(rows))) if len(rows) else tried
        holed = lost
    if holed.any():
        filled = without_holes(shapes.rings)
        shapes = Shapes(shapes.frame, replaced(shapes.rings, np.flatnonzero(holed), filled.take(np.flatnonzero(holed))))
    untrue = is_kind(shapes, (ShapeKind.TRACED,))
    untrue = untrue & ~is_whole(shapes.rings) if untrue.any() else untrue
    return shapes.with_columns(kind=_kind(shapes, untrue, "polygon")) if untrue.any() else shapes
