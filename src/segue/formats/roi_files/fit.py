"""What ROIs can hold of an image set."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from segue.formats.roi_files.extra import all_payloads, fitted_extras, picture
from segue.formats.roi_files.kinds import FORMS, Form, forms
from segue.formats.roi_files.members import group_number
from segue.formats.roi_files.outlines import FARTHEST, whole
from segue.formats.roi_files.parameters import fitted_parameters
from segue.formats.roi_files.planes import Stack
from segue.formats.roi_files.vertices import fitted_rings
from segue.formats.shape_files import simplified
from segue.model.populations import Membership, Population
from segue.model.rings import Bools
from segue.model.select import take_objects
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet

_LAST_PLANE = 2**31 - 2
_IMAGE, _POINT = str(ShapeKind.IMAGE), str(ShapeKind.POINT)


def fitted_rois(s: ImageSet, populations: tuple[Population, ...], stack: Stack = Stack()) -> ImageSet:  # noqa: B008  (frozen)
    """Objects with shapes, in the precision of ROIs; details that ROIs can carry.

    Parameters
    ----------
    s
        What the format keeps.
    populations
        Those that its objects are members of.
    stack
        What the places of points in a stack count.
    """
    s = replace(s, shapes=_shapes(s), aliases=s.aliases.clear(), history=())
    with_shapes = np.flatnonzero(np.bincount(s.shapes.frame["object"].to_numpy(), minlength=len(s.objects)))
    if len(with_shapes) < len(s.objects):
        s = take_objects(s, with_shapes)
    name, t = pl.col("name"), pl.col("t")
    s = replace(s, objects=s.objects.with_columns(name=pl.when(name != "").then(name), t=pl.when((t >= 0) & (t <= _LAST_PLANE)).then(t)))
    return replace(s, extras=fitted_extras(s, stack, _grouped(s, populations)), membership=_membership(s.membership))


def _shapes(s: ImageSet) -> Shapes:
    shapes = simplified(s.shapes, [ShapeKind(name) for name in FORMS])
    holdable = _holdable(shapes) & _drawable_images(s, shapes)
    if not holdable.all():
        shapes = shapes.take(np.flatnonzero(holdable))
    if len(shapes) and (shapes.frame["object"].diff().drop_nulls() < 0).any():
        shapes = shapes.take(np.argsort(shapes.frame["object"].to_numpy(), kind="stable"))
    width = pl.col("stroke_width").cast(pl.Float32, strict=False).cast(pl.Float64)
    frame = shapes.frame.with_columns(
        *fitted_parameters(shapes.frame),
        *(pl.when((pl.col(name) >= 0) & (pl.col(name) <= _LAST_PLANE)).then(name).alias(name) for name in "zc"),
        *(pl.when(pl.col(name) != 0).then(name).alias(name) for name in ("stroke", "fill")),
        stroke_width=pl.when(width.is_finite() & (width > 0)).then(width),
    )
    rings = fitted_rings(shapes.rings, frame)
    return Shapes(frame.with_columns(whole=whole(frame["kind"].cast(pl.Utf8), rings)), rings)


def _holdable(shapes: Shapes) -> Bools:
    """Which shapes have vertices at places in an image, and as many as their kind needs."""
    start = shapes.rings.coord_start
    far = np.zeros(2 * len(shapes.rings.coords) + 1, np.int64)
    outside = ~(np.abs(shapes.rings.coords.reshape(-1)) < FARTHEST / 2)
    if outside.any():
        np.cumsum(outside, out=far[1:])
    kind, count = shapes.frame["kind"].cast(pl.Utf8), np.diff(start)
    form = forms(kind)
    pairs = (form == Form.BOX) | (form == Form.ENDS)
    enough = np.where(pairs, count == 2, np.where((kind == _POINT).to_numpy(), count == 1, count > 0))
    found: Bools = (far[2 * start[1:]] == far[2 * start[:-1]]) & enough
    return found


def _drawable_images(s: ImageSet, shapes: Shapes) -> Bools:
    """All shapes but images without pixels: these are in the extras of the object, whose only shape the image is."""
    images = (shapes.frame["kind"] == _IMAGE).to_numpy()
    if not images.any():
        return ~images
    objects = shapes.frame["object"].to_numpy()
    drawn = [row for row, payload in all_payloads(s).items() if picture(payload)]
    found: Bools = ~images | np.isin(objects, drawn) & (np.bincount(objects)[objects] == 1)
    return found


def _grouped(s: ImageSet, populations: tuple[Population, ...]) -> Bools:
    """Per object: whether its ROIs have a group."""
    groups = [population.id for population in populations if group_number(population)]
    rows = s.membership.frame.filter(pl.col("population").is_in(groups))["object"].to_numpy()
    found: Bools = np.bincount(rows, minlength=len(s.objects)) > 0
    return found


def _membership(membership: Membership) -> Membership:
    return Membership.of(membership.frame.sort("object", "nth_of_object").select("population", "object"))


def fitted_population(population: Population) -> Population:
    """A definition with numbers that JSON can hold."""
    return replace(population, order=_within(population.order), number=_within(population.number))


def _within(number: int | None) -> int | None:
    return number if number is not None and -(2**63) <= number < 2**63 else None
