"""What files of shapes share: shapes as kinds that a format has, and areas of every kind as rings.

The one place, beside ``pixel_files``, that several formats know; the workflow uses it, too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
import polars as pl

from segue.geometry import centres, figures
from segue.model.frames import replaced
from segue.model.rings import Floats, Ints, Rings, concat
from segue.model.shapes import AREAS, PARAMETERS, RINGED, VERTICES, ShapeKind, Shapes, joined

K = ShapeKind
_SUBSTITUTES: dict[ShapeKind, tuple[ShapeKind, ...]] = {
    K.POINT: (K.MULTIPOINT,),
    K.MULTIPOINT: (K.POINT,),
    K.ARROW: (K.LINE, K.POLYLINE),
    K.LINE: (K.POLYLINE,),
    K.ANGLE: (K.POLYLINE,),
    K.RECTANGLE: (K.POLYGON,),
    K.ROTATED_RECTANGLE: (K.POLYGON,),
    K.OVAL: (K.ELLIPSE, K.POLYGON),
    K.ELLIPSE: (K.POLYGON,),
    K.POLYGON: (K.FREEHAND,),
    K.FREEHAND: (K.POLYGON,),
    K.TRACED: (K.POLYGON, K.FREEHAND),
    K.MASK: (K.TRACED, K.POLYGON),
    K.SPLINE: (K.POLYGON, K.POLYLINE),
}
"""What each kind may become, the nearest first. Texts and images are no figures: they have no substitute."""


def simplified(shapes: Shapes, kinds: Collection[ShapeKind]) -> Shapes:
    """Every shape as one of some kinds; the first step of ``fit`` for formats that do not have all of them.

    Parameters
    ----------
    shapes
        Of any kind.
    kinds
        What the format has. A kind that is not among them becomes the nearest that is: ovals and ellipses polygons of 64 corners,
        masks the exact outlines of their pixels, multipoints several shapes of one point, splines the straight pieces that ImageJ draws them with.

    Returns
    -------
    In the order given. A shape whose kind has no substitute, or that has too few vertices to become one, is left out. What the new
    kind has no word for (a line's width, the head of an arrow) is gone.
    """
    present = [ShapeKind(kind) for kind in shapes.frame["kind"].unique().cast(pl.Utf8)]
    if set(present) <= set(kinds):
        return shapes
    frame = shapes.frame.select(pl.col("kind").cast(pl.Utf8), closed=(pl.col("closed") > 0).fill_null(value=False))
    found, order = [], []
    for (kind, closed), rows in frame.with_row_index("row").group_by("kind", "closed", maintain_order=True):
        own = ShapeKind(str(kind))
        target = _substitute(own, kinds, closed=bool(closed))
        mine = rows["row"].to_numpy().astype(np.int64)
        mine = mine[_drawable(own, shapes.rings, mine)] if target not in (None, own) else mine
        if target is not None and len(mine):
            made, of_made = _become(shapes.take(mine), own, target)
            found.append(made)
            order.append(mine[of_made])
    return joined(found).take(np.argsort(np.concatenate(order), kind="stable").astype(np.int64)) if found else Shapes.empty()


def _substitute(kind: ShapeKind, kinds: Collection[ShapeKind], *, closed: bool) -> ShapeKind | None:
    if kind in kinds:
        return kind
    steps = _SUBSTITUTES.get(kind, ())
    if kind is K.SPLINE:
        steps = steps[:1] if closed else steps[1:]
    return next((one for one in steps if one in kinds), None)


def _drawable(kind: ShapeKind, rings: Rings, rows: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which rows have the vertices that the figure is made of."""
    vertices = np.diff(rings.coord_start)[rows]
    if kind in (K.RECTANGLE, K.OVAL, K.ELLIPSE, K.ROTATED_RECTANGLE):
        return np.asarray(vertices == 2)
    fewest = 1 if kind in (K.POINT, K.MULTIPOINT) else 3 if kind is K.SPLINE else 2
    return np.asarray(vertices >= fewest)


def _become(shapes: Shapes, kind: ShapeKind, target: ShapeKind) -> tuple[Shapes, Ints]:
    """Shapes of one kind as another, and the row that each came from."""
    rows = np.arange(len(shapes), dtype=np.int64)
    if kind is target:
        return shapes, rows
    rings = shapes.rings
    if kind is K.MULTIPOINT:
        rows = np.repeat(rows, np.diff(rings.coord_start))
        rings = Rings.simple(rings.coords, np.arange(len(rings.coords) + 1))
    changes: dict[str, object] = dict.fromkeys(set(PARAMETERS) - set(VERTICES[target][1]))
    if kind is K.OVAL and target is K.ELLIPSE:
        rings, ratio = figures.oval_axes(rings)
        changes["ratio"] = pl.Series(ratio)
    elif kind in _FIGURES:
        rings = _FIGURES[kind](rings, shapes.frame)
    frame = shapes.frame if len(rows) == len(shapes) else shapes.frame[rows]
    return Shapes(frame, rings).with_columns(kind=pl.lit(str(target)), **changes), rows


_FIGURES: dict[ShapeKind, Callable[[Rings, pl.DataFrame], Rings]] = {
    K.RECTANGLE: lambda rings, _: figures.rectangles(rings),
    K.OVAL: lambda rings, _: figures.ovals(rings),
    K.ELLIPSE: lambda rings, frame: figures.ellipses(rings, frame["ratio"].fill_null(1.0).to_numpy()),
    K.ROTATED_RECTANGLE: lambda rings, frame: figures.rotated_rectangles(rings, frame["width"].fill_null(0.0).to_numpy()),
    K.MASK: lambda rings, _: figures.mask_outlines(rings),
    K.SPLINE: lambda rings, frame: _curves(rings, frame),
}
"""The polygons of kinds that are given otherwise."""


def centre_points(shapes: Shapes) -> Shapes:
    """Points where shapes are: for files that hold nothing else.

    Points stay, multipoints become several, areas their centre of gravity, other figures the middle of their vertices. An object that has
    points keeps only these. Texts, images and shapes without vertices are left out.
    """
    shapes = simplified(shapes, [kind for kind in ShapeKind if kind not in (K.MULTIPOINT, K.MASK, K.TEXT, K.IMAGE)])
    kind = shapes.frame["kind"].cast(pl.Utf8)
    pointed = shapes.frame["object"].filter(kind == str(K.POINT)).unique()
    kept = ((kind == str(K.POINT)) | ~shapes.frame["object"].is_in(pointed.implode())).to_numpy() & (np.diff(shapes.rings.coord_start) > 0)
    shapes = shapes.take(np.flatnonzero(kept))
    ringed = shapes.frame["kind"].cast(pl.Utf8).is_in([str(kind) for kind in RINGED]).to_numpy()
    places = centres.means(shapes.rings)
    places[ringed] = centres.centroids(shapes.rings.take(np.flatnonzero(ringed)))
    frame = replaced(shapes.frame, {"kind": str(K.POINT), **dict.fromkeys(PARAMETERS)})
    return Shapes(frame, Rings.simple(places, np.arange(len(places) + 1)))


def _curves(rings: Rings, frame: pl.DataFrame) -> Rings:
    """Splines as the vertices of their curves."""
    from segue.geometry.imagej_figures import splines

    closed, by_hand = ((frame[name] > 0).fill_null(value=False).to_numpy() for name in ("closed", "freehand"))
    return splines(rings, closed, smoothed=by_hand)


def area_rows(shapes: Shapes) -> Ints:
    """Rows of the shapes that are outlines of an area and that ``area_rings`` can turn into rings."""
    area = shapes.are(AREAS)
    curves = shapes.are((K.SPLINE,))
    if curves.any():
        area |= curves & (shapes.frame["closed"].to_numpy() > 0)
    rows = np.flatnonzero(area & (shapes.frame["role"] == "outline").to_numpy()).astype(np.int64)
    framed = shapes.are(_FRAMED)[rows]
    return rows[~framed | (np.diff(shapes.rings.coord_start)[rows] == 2)] if framed.any() else rows


_FRAMED = (K.RECTANGLE, K.OVAL, K.ELLIPSE, K.ROTATED_RECTANGLE)
"""Kinds of two vertices."""


def area_rings(shapes: Shapes) -> Rings:
    """The rings of area shapes, row by row.

    Parameters
    ----------
    shapes
        Only rows that ``area_rows`` names.

    Returns
    -------
    Rings in pixels. A rectangle or oval with the parameter ``whole`` covers the pixels that ImageJ gives it, else those whose centres are inside.
    Ellipses, rotated rectangles, rounded corners and closed splines have the vertices that ImageJ gives them.
    """
    rows: list[Ints] = []
    rings: list[Rings] = []
    round_ = (pl.col("kind") == str(K.RECTANGLE)) & (pl.col("arc") > 0).fill_null(value=False)
    keys = shapes.frame.select("kind", "whole", round_.alias("round"), pl.int_range(pl.len()).alias("row"))
    for (kind, whole, rounded), mine in keys.group_by("kind", "whole", "round", maintain_order=True):
        rows.append(mine["row"].to_numpy())
        own = shapes if len(mine) == len(shapes) else shapes.take(rows[-1])
        rings.append(_as_rings(ShapeKind(str(kind)), own, whole=whole == 1, rounded=bool(rounded)))
    if len(rows) < 2:
        return rings[0] if rings else Rings.empty()
    return concat(rings).take(np.argsort(np.concatenate(rows), kind="stable").astype(np.int64))


def _as_rings(kind: ShapeKind, shapes: Shapes, *, whole: bool, rounded: bool) -> Rings:
    rings = shapes.rings
    if kind in RINGED:
        return rings
    if kind is ShapeKind.MASK:
        return _runs_as_rings(rings)
    if kind in (K.RECTANGLE, K.OVAL) and not rounded:
        from segue.geometry.ovals import ovals, rectangles

        return (rectangles if kind is K.RECTANGLE else ovals)(_boxes(rings), "imagej" if whole else "centre")
    return _drawn(kind, shapes, whole=whole)


def _drawn(kind: ShapeKind, shapes: Shapes, *, whole: bool) -> Rings:
    """Figures that are no plain boxes, as ImageJ draws them."""
    from segue.geometry import imagej_figures as drawn

    rings, frame = shapes.rings, shapes.frame
    if kind is K.SPLINE:
        return _curves(rings, frame)
    if kind is K.RECTANGLE:
        boxes = _boxes(rings)
        boxes = np.hstack([np.trunc(boxes[:, :2]), np.maximum(np.ceil(boxes[:, 2:]), 1)]) if whole else boxes
        return drawn.rounded_rectangles(boxes, frame["arc"].to_numpy())
    ends = rings.coords.reshape(-1, 4)
    if kind is K.ELLIPSE:
        return figures.equal_rings(drawn.ellipses(ends, frame["ratio"].fill_null(1.0).to_numpy()))
    return figures.equal_rings(drawn.rotated_rectangles(ends, frame["width"].fill_null(0.0).to_numpy()))


def _boxes(rings: Rings) -> Floats:
    """x, y, width, height from two opposite corners."""
    low, high = np.minimum(rings.coords[0::2], rings.coords[1::2]), np.maximum(rings.coords[0::2], rings.coords[1::2])
    return np.hstack([low, high - low])


def _runs_as_rings(rings: Rings) -> Rings:
    """Each row run of a mask as a part one pixel high."""
    second = rings.part_start[rings.shape_start[:-1]] + 1
    begin, end = rings.ring_start[second], rings.ring_start[second + 1]
    counts = (end - begin) // 2
    shape_start = np.concatenate([[0], np.cumsum(counts)])
    first = np.repeat(begin - 2 * shape_start[:-1], counts) + 2 * np.arange(shape_start[-1])
    x0, y = rings.coords[first, 0], rings.coords[first, 1]
    x1 = rings.coords[first + 1, 0]
    corners = np.stack([np.stack([x0, y], 1), np.stack([x1, y], 1), np.stack([x1, y + 1], 1), np.stack([x0, y + 1], 1)], axis=1).reshape(-1, 2)
    runs = np.arange(shape_start[-1] + 1, dtype=np.int64)
    return Rings(corners, runs * 4, runs, shape_start.astype(np.int64))
