"""What a ROI file can hold of a study."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import numpy as np
import polars as pl

from segue.formats.imagej_roi.options import WriteOptions
from segue.formats.imagej_roi.spec import FORMAT
from segue.formats.roi_files import about
from segue.formats.roi_files.extra import fitted_extras
from segue.formats.roi_files.kinds import TYPES
from segue.formats.roi_files.outlines import FARTHEST, boxes, united, whole
from segue.model.grid import Axis, Grid
from segue.model.keep import keep
from segue.model.populations import Membership, Population
from segue.model.rings import Bools, Ints, Rings, concat
from segue.model.select import take_objects
from segue.model.shapes import PARAMETERS, RINGED, ShapeKind, Shapes
from segue.model.study import ImageSet, Study

_LAST_PLANE = 2**31 - 2
_BOXED = [str(kind) for kind in TYPES if kind not in RINGED]


def fit(study: Study, options: WriteOptions) -> Study:
    """One image set: objects with areas, in the precision of the file."""
    kept = keep(study, FORMAT.keeps)
    s = kept.image_sets[0] if kept.image_sets else ImageSet("")
    s = replace(s, grid=_grid(s.grid), shapes=_shapes(s.shapes), aliases=s.aliases.clear(), history=())
    with_shapes = np.flatnonzero(np.bincount(s.shapes.frame["object"].to_numpy(), minlength=len(s.objects)))
    if len(with_shapes) < len(s.objects):
        s = take_objects(s, with_shapes)
    name, t = pl.col("name"), pl.col("t")
    s = replace(s, objects=s.objects.with_columns(name=pl.when(name != "").then(name), t=pl.when((t >= 0) & (t <= _LAST_PLANE)).then(t)))
    s = replace(s, extras=fitted_extras(s), membership=_membership(s.membership))
    populations = tuple(_population(population) for population in kept.populations)
    if len(about.render(s, populations)) > about.LONGEST and not len(s.shapes):
        populations = ()
    return replace(kept, image_sets=(s,), populations=populations)


def _shapes(shapes: Shapes) -> Shapes:
    holdable = _holdable(shapes)
    if not holdable.all():
        shapes = shapes.take(np.flatnonzero(holdable))
    if len(shapes) and (shapes.frame["object"].diff().drop_nulls() < 0).any():
        shapes = shapes.take(np.argsort(shapes.frame["object"].to_numpy(), kind="stable"))
    boxed = shapes.frame["kind"].cast(pl.Utf8).is_in(_BOXED).to_numpy()
    frame = shapes.frame.with_columns(
        *(pl.lit(None).alias(name) for name in [*PARAMETERS, "text", "font", "font_size"] if shapes.frame[name].null_count() < len(shapes)),
        *(pl.when((pl.col(name) >= 0) & (pl.col(name) <= _LAST_PLANE)).then(name).alias(name) for name in "zc"),
        *(pl.when(pl.col(name) != 0).then(name).alias(name) for name in ("stroke", "fill")),
        stroke_width=_width(),
    )
    rings = _rings(shapes.rings, boxed)
    return Shapes(frame.with_columns(whole=whole(frame["kind"].cast(pl.Utf8), rings)), rings)


def _width() -> pl.Expr:
    width = pl.col("stroke_width").cast(pl.Float32, strict=False).cast(pl.Float64)
    return pl.when(width.is_finite() & (width > 0)).then(width)


def _holdable(shapes: Shapes) -> Bools:
    """Which shapes have vertices at places in an image, and as many as their kind needs."""
    start = shapes.rings.coord_start
    far = np.zeros(2 * len(shapes.rings.coords) + 1, np.int64)
    outside = ~(np.abs(shapes.rings.coords.reshape(-1)) < FARTHEST / 2)
    if outside.any():
        np.cumsum(outside, out=far[1:])
    boxed = shapes.frame["kind"].cast(pl.Utf8).is_in(_BOXED).to_numpy()
    count = np.diff(start)
    square = ~(shapes.frame["arc"].fill_null(0) > 0).to_numpy() | ~(shapes.frame["kind"] == str(ShapeKind.RECTANGLE)).to_numpy()
    found: Bools = (far[2 * start[1:]] == far[2 * start[:-1]]) & np.where(boxed, count == 2, count > 0) & square
    return found


def _rings(rings: Rings, boxed: Bools) -> Rings:
    """Rings and boxes as they will be read back, in their order."""
    if not boxed.any():
        return united(rings)
    corners = boxes(rings.take(np.flatnonzero(boxed)).coords.reshape(-1, 4))[0].reshape(-1, 2)
    pairs = Rings.simple(corners, np.arange(0, len(corners) + 1, 2))
    ringed = united(rings.take(np.flatnonzero(~boxed)))
    order: Ints = np.empty(len(boxed), np.int64)
    order[~boxed], order[boxed] = np.arange(len(ringed)), len(ringed) + np.arange(len(pairs))
    return concat([ringed, pairs]).take(order)


def _membership(membership: Membership) -> Membership:
    return Membership.of(membership.frame.sort("object", "nth_of_object").select("population", "object"))


def _population(population: Population) -> Population:
    return replace(population, order=_within(population.order), number=_within(population.number))


def _within(number: int | None) -> int | None:
    return number if number is not None and -(2**63) <= number < 2**63 else None


def _grid(grid: Grid) -> Grid:
    world = grid.world
    if world is not None and not all(isfinite(value) for row in world for value in row):
        world = None
    return Grid(tuple(_axis(axis) for axis in grid.axes), world)


def _axis(axis: Axis) -> Axis:
    scale = axis.scale if axis.scale is not None and isfinite(axis.scale) else None
    return replace(axis, scale=scale, translation=axis.translation if isfinite(axis.translation) else 0.0)
