"""Shapes that enclose pixels, as rings: whatever their kind, one geometry for rasterising, measuring and outlines."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.model.rings import Ints, Rings, concat
from segue.model.shapes import RINGED, ShapeKind, Shapes


def area_rows(shapes: Shapes) -> Ints:
    """Rows of the shapes that are outlines of an area and that ``area_rings`` can turn into rings."""
    kinds = [str(kind) for kind in (*RINGED, ShapeKind.RECTANGLE, ShapeKind.OVAL, ShapeKind.MASK)]
    kind = shapes.frame["kind"].cast(pl.Utf8)
    return np.flatnonzero((kind.is_in(kinds) & (shapes.frame["role"] == "outline")).to_numpy()).astype(np.int64)


def area_rings(shapes: Shapes) -> Rings:
    """The rings of area shapes, row by row.

    Parameters
    ----------
    shapes
        Only rows that ``area_rows`` names.

    Returns
    -------
    Rings in pixels. A rectangle or oval covers the pixels that ImageJ gives it (its box in whole pixels).
    """
    kind = shapes.frame["kind"].cast(pl.Utf8)
    rows: list[Ints] = []
    rings: list[Rings] = []
    for name in kind.unique(maintain_order=True):
        mine = np.flatnonzero((kind == name).to_numpy()).astype(np.int64)
        rows.append(mine)
        rings.append(_as_rings(ShapeKind(name), shapes.rings.take(mine)))
    if len(rows) < 2:
        return rings[0] if rings else Rings.empty()
    return concat(rings).take(np.argsort(np.concatenate(rows), kind="stable").astype(np.int64))


def _as_rings(kind: ShapeKind, rings: Rings) -> Rings:
    if kind in RINGED:
        return rings
    if kind is ShapeKind.MASK:
        return _runs_as_rings(rings)
    from segue.geometry.ovals import oval_rings, rectangle_rings

    boxes = np.hstack([rings.coords[0::2], rings.coords[1::2]])
    flat = rectangle_rings(boxes) if kind is ShapeKind.RECTANGLE else oval_rings(boxes)
    return Rings(flat.coords, flat.ring_start, flat.part_start, flat.shape_start)


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
