"""Shapes as OME-XML can hold them, so that they come back equal."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.codecs.ome_masks import pixels_of, runs_of
from segue.codecs.xml_write import holdable_texts
from segue.formats.ome_files.grids import near, snapped, snapped_ratio
from segue.formats.ome_files.masks_read import mask_rings
from segue.formats.ome_files.shapes_read import along_edges
from segue.formats.shape_files import simplified
from segue.model.rings import Bools, Floats, Ints, Rings, concat
from segue.model.shapes import PARAMETERS, RINGED, VERTICES, Shapes, joined
from segue.model.shapes import ShapeKind as K

KINDS = tuple(kind for kind in K if kind is not K.IMAGE)
_BOXES = (K.RECTANGLE, K.OVAL, K.TEXT)
_TURNED = (K.ELLIPSE, K.ROTATED_RECTANGLE)
_EXACTLY = {K.POINT: 1, K.ANGLE: 3, **dict.fromkeys((K.LINE, K.ARROW, *_BOXES, *_TURNED), 2)}
"""Vertices of kinds that have a fixed number of them."""


def fitted_shapes(shapes: Shapes) -> Shapes:
    """The shapes in the order of their objects: those with places in an image, boxes and ellipses on a fine grid, masks of whole pixels."""
    shapes = simplified(shapes, KINDS)
    shapes = _only(shapes, _drawable(shapes))
    shapes = _only(shapes, np.argsort(shapes.frame["object"].to_numpy(), kind="stable").astype(np.int64))
    shapes = _changed(shapes, _BOXES, _boxes)
    shapes = _changed(shapes, _TURNED, _on_grid)
    shapes = _changed(shapes, (K.MASK,), _masks)
    untrue = _of(shapes, (K.TRACED,)) & ~along_edges(shapes.rings)
    if untrue.any():
        kind = shapes.frame["kind"].cast(pl.Utf8)
        shapes = shapes.with_columns(kind=pl.select(pl.when(pl.Series(untrue)).then(pl.lit("polygon")).otherwise(kind)).to_series())
    return Shapes(shapes.frame.with_columns(**_parameters(), **_styles()), shapes.rings)


def _of(shapes: Shapes, kinds: tuple[K, ...]) -> Bools:
    found: Bools = shapes.frame["kind"].cast(pl.Utf8).is_in([str(kind) for kind in kinds]).to_numpy()
    return found


def _only(shapes: Shapes, rows: Ints) -> Shapes:
    return shapes if len(rows) == len(shapes) and (rows == np.arange(len(rows))).all() else shapes.take(rows)


def _drawable(shapes: Shapes) -> Ints:
    """Rows of shapes with finite vertices, no empty ring, and as many vertices as their kind has."""
    rings, kind = shapes.rings, shapes.frame["kind"].cast(pl.Utf8)
    endless = np.append(0, np.cumsum(~np.isfinite(rings.coords).all(axis=1)))[rings.coord_start]
    empty = np.append(0, np.cumsum(np.diff(rings.ring_start) == 0))[rings.shape_rings]
    count, ringed = np.diff(rings.coord_start), _of(shapes, RINGED)
    wanted = kind.replace_strict({str(one): number for one, number in _EXACTLY.items()}, default=None, return_dtype=pl.Int64)
    right = (wanted.is_null() | (wanted == pl.Series(count))).to_numpy() & (count > 0)
    mask = _of(shapes, (K.MASK,))
    single = np.where(mask, np.diff(rings.shape_rings) == 2, ringed | (np.diff(rings.shape_rings) == 1))
    sound = (np.diff(endless) == 0) & ((np.diff(empty) == 0) | mask) & right & single & (np.diff(rings.shape_start) > 0)
    numbers = shapes.frame.select(
        usable=pl.when(pl.col("kind") == "rotated rectangle").then(pl.col("width").fill_null(0.0).is_finite()).otherwise(pl.lit(value=True))
        & pl.when(pl.col("kind") == "ellipse").then(pl.col("ratio").fill_null(1.0).is_between(0, 1)).otherwise(pl.lit(value=True))
    )["usable"]
    return np.flatnonzero(sound & numbers.to_numpy()).astype(np.int64)


def _changed(shapes: Shapes, kinds: tuple[K, ...], change: object) -> Shapes:
    """The shapes with those of some kinds changed; ``change(shapes)`` returns as many, in their order."""
    mine = _of(shapes, kinds)
    if not mine.any():
        return shapes
    rows, others = np.flatnonzero(mine), np.flatnonzero(~mine)
    assert callable(change)
    order = np.empty(len(shapes), np.int64)
    order[others], order[rows] = np.arange(len(others)), len(others) + np.arange(len(rows))
    return joined([shapes.take(others), change(shapes.take(rows))]).take(order)


def _boxes(shapes: Shapes) -> Shapes:
    """Corners from the top left to the bottom right; what position and size would not give back exactly goes to the fine grid."""
    a, b = shapes.rings.coords[0::2], shapes.rings.coords[1::2]
    low, high = np.minimum(a, b) + 0.0, np.maximum(a, b) + 0.0
    oval = _of(shapes, (K.OVAL,))
    back_low, back_high = box_and_back(low, high, oval)
    inexact = (back_low != low).any(axis=1) | (back_high != high).any(axis=1)
    low[inexact], high[inexact] = snapped(low[inexact]), snapped(high[inexact])
    back_low, back_high = box_and_back(low, high, oval)
    lost = np.asarray(((back_low != low) | (back_high != high)).any(axis=1))
    rings = shapes.rings.with_coords(np.stack([low, high], axis=1).reshape(-1, 2))
    return _as_polygons(Shapes(shapes.frame, rings), lost)


def box_and_back(low: Floats, high: Floats, oval: Bools) -> tuple[Floats, Floats]:
    """Boxes as they are read after they were written as position and size, or as centre and radii."""
    middle, reach = (low + high) / 2, (high - low) / 2
    oval = oval[:, None]
    return np.where(oval, middle - reach, low), np.where(oval, middle + reach, low + (high - low))


def _on_grid(shapes: Shapes) -> Shapes:
    far = np.asarray(~near(shapes.rings.coords).reshape(-1, 2).all(axis=1))
    coords = snapped(shapes.rings.coords)
    same = (coords[0::2] == coords[1::2]).all(axis=1)
    ratio = snapped_ratio(shapes.frame["ratio"].fill_null(1.0).to_numpy())
    ratio = np.where(same, 1.0, ratio)
    width = snapped(np.abs(shapes.frame["width"].fill_null(0.0).to_numpy()))
    ellipse = shapes.frame["kind"] == "ellipse"
    frame = shapes.frame.with_columns(
        ratio=pl.when(ellipse).then(pl.Series(ratio)).otherwise("ratio"), width=pl.when(~ellipse).then(pl.Series(width)).otherwise("width")
    )
    return _as_polygons(Shapes(frame, shapes.rings.with_coords(np.where(np.repeat(far, 2)[:, None], shapes.rings.coords, coords))), far)


def _as_polygons(shapes: Shapes, which: Bools) -> Shapes:
    """Some figures as polygons; texts, which have no polygon, shrink to the point where they begin."""
    if not which.any():
        return shapes
    rows, others = np.flatnonzero(which), np.flatnonzero(~which)
    texts = _of(shapes.take(rows), (K.TEXT,))
    parts = [shapes.take(others)]
    order = [others]
    if texts.any():
        mine = shapes.take(rows[texts])
        parts.append(Shapes(mine.frame, mine.rings.with_coords(np.repeat(mine.rings.coords[0::2], 2, axis=0))))
        order.append(rows[texts])
    if not texts.all():
        parts.append(simplified(shapes.take(rows[~texts]), [K.POLYGON]))
        order.append(rows[~texts])
    return joined(parts).take(np.argsort(np.concatenate(order), kind="stable").astype(np.int64))


def _masks(shapes: Shapes) -> Shapes:
    """Masks with their runs in order and joined where they touch; those that are not of whole pixels become outlines."""
    found: list[Rings] = []
    other = np.zeros(len(shapes), bool)
    for row in range(len(shapes)):
        one = shapes.rings.take([row])
        box = one.coords[:2]
        pixels = pixels_of(box, one.coords[2:])
        other[row] = pixels is None
        found.append(one if pixels is None else mask_rings(box[0], pixels.shape, runs_of(pixels)))
    return _as_polygons(Shapes(shapes.frame, concat(found)), other)


def _parameters() -> dict[str, pl.Expr]:
    kind = pl.col("kind").cast(pl.Utf8)
    found: dict[str, pl.Expr] = {}
    for name in PARAMETERS:
        having = [str(one) for one in K if name in VERTICES[one][1]]
        value = pl.when(pl.col("kind") == "arrow").then(pl.col("head").fill_null(0.0)).otherwise(pl.col("head")) if name == "head" else pl.col(name)
        if name == "double":
            value = pl.when(pl.col("double") > 0).then(pl.lit(1.0))
        found[name] = pl.when(kind.is_in(having) & value.is_finite()).then(value)
    return found


def _styles() -> dict[str, pl.Expr]:
    size = pl.col("font_size")
    return {
        "z": pl.when(pl.col("z") >= 0).then("z"),
        "c": pl.when(pl.col("c") >= 0).then("c"),
        "role": holdable_texts(pl.col("role")),
        "text": holdable_texts(pl.col("text")),
        "font": holdable_texts(pl.col("font")),
        "stroke_width": pl.when(pl.col("stroke_width").is_finite()).then("stroke_width"),
        "font_size": pl.when(size.is_finite() & size.is_between(0, 2**31 - 1)).then(size),
    }
