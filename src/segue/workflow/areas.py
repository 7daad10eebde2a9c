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
    Rings in pixels. A rectangle or oval with the parameter ``whole`` covers the pixels that ImageJ gives it, else those whose centres are inside.
    """
    rows: list[Ints] = []
    rings: list[Rings] = []
    for (kind, whole), mine in shapes.frame.select("kind", "whole", pl.int_range(pl.len()).alias("row")).group_by("kind", "whole", maintain_order=True):
        rows.append(mine["row"].to_numpy())
        rings.append(_as_rings(ShapeKind(str(kind)), shapes.rings.take(rows[-1]), whole=whole == 1))
    if len(rows) < 2:
        return rings[0] if rings else Rings.empty()
    return concat(rings).take(np.argsort(np.concatenate(rows), kind="stable").astype(np.int64))


def _as_rings(kind: ShapeKind, rings: Rings, *, whole: bool) -> Rings:
    if kind in RINGED:
        return rings
    if kind is ShapeKind.MASK:
        return _runs_as_rings(rings)
    from segue.geometry.ovals import ovals, rectangles

    boxes = np.hstack([rings.coords[0::2], rings.coords[1::2] - rings.coords[0::2]])
    return (rectangles if kind is ShapeKind.RECTANGLE else ovals)(boxes, "imagej" if whole else "centre")


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
