# mypy: allow-untyped-defs, allow-untyped-calls
# ruff: noqa: ANN001, ANN202
"""Compiled points in shapes. The edges of a shape lie in slabs of equal height, so that a point meets only those near its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.geometry import bands
from segue.geometry.rule import NUDGE
from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.geometry.rings import Rings

    Int = NDArray[np.int64]

FEW = 8
"""Shapes up to which each is compared with all points; for more, the points are sorted into a grid."""

PARALLEL_FROM = 500_000
"""Points that take about 10 ms with one shape."""

MOST_SLABS = 1024

MOST_ENTRIES = 1 << 25
"""Edges counted once per slab, beyond which a shape gets a single slab: otherwise they would take more than 1 GB."""


def inside(points: NDArray[np.float64], rings: Rings) -> tuple[Int, Int]:
    """As ``reference.inside``."""
    if len(rings.coords) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    found = _each(points, rings) if len(rings) <= FEW else _gridded(points, rings)
    if len(rings) == 1:
        return found
    order = np.lexsort((found[1], found[0]))
    return found[0][order], found[1][order]


def _each(points: NDArray[np.float64], rings: Rings) -> tuple[Int, Int]:
    """Shape by shape, all points."""
    box, vertices = rings.bounds(), rings.coord_start
    pieces = bands.count(len(points), worth=len(points) >= PARALLEL_FROM)
    rows = []
    for shape in range(len(rings)):
        if vertices[shape] == vertices[shape + 1]:
            rows.append(np.empty(0, np.int64))
            continue
        slabs = _slabs(rings.coords, rings.ring_start, rings.part_start, rings.shape_start[shape], rings.shape_start[shape + 1], *box[shape, 1::2])
        hits = bands.run(partial(_hits_between, points, box[shape], slabs), len(points), pieces)
        rows.append(np.concatenate(hits))
    return np.concatenate(rows), np.repeat(np.arange(len(rings)), [len(row) for row in rows])


def _hits_between(points: NDArray[np.float64], box: NDArray[np.float64], slabs: Any, _: int, begin: int, end: int) -> Any:
    return _hits(points, begin, end, box, *slabs)


def _gridded(points: NDArray[np.float64], rings: Rings) -> tuple[Int, Int]:
    """Shape by shape, the points of the grid cells that its box meets."""
    box = rings.bounds()
    known = np.flatnonzero(~np.isnan(box[:, 0]))
    low, high = box[known, :2].min(axis=0), box[known, 2:].max(axis=0)
    side = int(min(2048, max(1, np.sqrt(len(points) / 4))))
    scale = side / np.maximum(high - low, 1e-9)
    cell_start, members = _grid(points, low, high, scale, side)
    pieces = bands.count(len(rings), worth=max(len(points), len(rings.coords)) >= PARALLEL_FROM)
    found = bands.run(
        lambda _, begin, end: _pairs(
            points, rings.coords, rings.ring_start, rings.part_start, rings.shape_start, box, begin, end, low, scale, side, cell_start, members
        ),
        len(rings),
        pieces,
    )
    return np.concatenate([point for point, _ in found]), np.concatenate([shape for _, shape in found])


@njit(nogil=True)
def _slabs(coords, ring_start, part_start, first_part, end_part, top, bottom):
    """Edges by slab: offsets, edges (upper y, lower y, x at the upper end, slope) and the part of each; within a slab part by part."""
    edges = ring_start[part_start[end_part]] - ring_start[part_start[first_part]]
    slabs = min(MOST_SLABS, max(1, edges), max(1, MOST_ENTRIES // max(1, edges)))
    scale = slabs / max(bottom - top, 1e-9)
    start = np.zeros(slabs + 1, np.int64)
    edge = np.empty((0, 4))
    part_of = np.empty(0, np.int64)
    place = np.zeros(0, np.int64)
    for filling in range(2):
        if filling:
            for slab in range(slabs):
                start[slab + 1] += start[slab]
            edge, part_of, place = np.empty((start[slabs], 4)), np.empty(start[slabs], np.int64), start.copy()
        for part in range(first_part, end_part):
            for ring in range(part_start[part], part_start[part + 1]):
                a, b = ring_start[ring], ring_start[ring + 1]
                for k in range(a, b):
                    j = k + 1 if k + 1 < b else a
                    if coords[k, 1] == coords[j, 1]:
                        continue
                    up, down = (k, j) if coords[k, 1] < coords[j, 1] else (j, k)
                    s0 = min(slabs - 1, int((coords[up, 1] - top) * scale))
                    s1 = min(slabs - 1, int((coords[down, 1] - top) * scale))
                    for slab in range(s0, s1 + 1):
                        if not filling:
                            start[slab + 1] += 1
                            continue
                        n = place[slab]
                        place[slab] += 1
                        part_of[n] = part
                        edge[n, 0], edge[n, 1], edge[n, 2] = coords[up, 1], coords[down, 1], coords[up, 0]
                        edge[n, 3] = (coords[down, 0] - coords[up, 0]) / (coords[down, 1] - coords[up, 1])
    return start, edge, part_of, scale


@njit(nogil=True)
def _covers(x, y, top, start, edge, part_of, scale):
    """Whether the point, whose y is within the shape's, has an odd number of edges at its left in any part."""
    slab = min(len(start) - 2, int((y - top) * scale))
    odd, part = False, -1
    for k in range(start[slab], start[slab + 1]):
        if part_of[k] != part:
            if odd:
                return True
            part = part_of[k]
        if edge[k, 0] <= y < edge[k, 1] and edge[k, 2] + (y - edge[k, 0]) * edge[k, 3] + NUDGE < x:
            odd = not odd
    return odd


@njit(nogil=True)
def _hits(points, begin, end, box, start, edge, part_of, scale):
    """Rows of the points begin..end that lie in the shape."""
    out = np.empty(end - begin, np.int64)
    n = 0
    for i in range(begin, end):
        x, y = points[i, 0], points[i, 1]
        if box[0] <= x <= box[2] + 1 and box[1] <= y < box[3] and _covers(x, y, box[1], start, edge, part_of, scale):
            out[n] = i
            n += 1
    return out[:n].copy()


@njit(nogil=True)
def _grid(points, low, high, scale, side):
    """The points inside low..high sorted by grid cell: offsets of the cells, rows of the points."""
    start = np.zeros(side * side + 1, np.int64)
    cell = np.full(len(points), -1, np.int64)
    for i in range(len(points)):
        x, y = points[i, 0], points[i, 1]
        if low[0] <= x <= high[0] + 1 and low[1] <= y <= high[1]:
            cell[i] = _cell(y, low[1], scale[1], side) * side + _cell(x, low[0], scale[0], side)
            start[cell[i] + 1] += 1
    for c in range(side * side):
        start[c + 1] += start[c]
    members, place = np.empty(start[-1], np.int64), start[:-1].copy()
    for i in range(len(points)):
        if cell[i] >= 0:
            members[place[cell[i]]] = i
            place[cell[i]] += 1
    return start, members


@njit(nogil=True)
def _cell(at, low, scale, side):
    return min(side - 1, max(0, int((at - low) * scale)))


@njit(nogil=True)
def _pairs(points, coords, ring_start, part_start, shape_start, box, begin, end, low, scale, side, cell_start, members):
    """(point, shape) for the shapes begin..end."""
    point, shape_of = np.empty(1024, np.int64), np.empty(1024, np.int64)
    n = 0
    for shape in range(begin, end):
        if np.isnan(box[shape, 0]):
            continue
        left, top, right, bottom = box[shape, 0], box[shape, 1], box[shape, 2] + 1, box[shape, 3]
        start, edge, part_of, slab_scale = _slabs(coords, ring_start, part_start, shape_start[shape], shape_start[shape + 1], top, bottom)
        c0, c1 = _cell(left, low[0], scale[0], side), _cell(right, low[0], scale[0], side)
        for row in range(_cell(top, low[1], scale[1], side), _cell(bottom, low[1], scale[1], side) + 1):
            for k in range(cell_start[row * side + c0], cell_start[row * side + c1 + 1]):
                x, y = points[members[k], 0], points[members[k], 1]
                if not (left <= x <= right and top <= y < bottom and _covers(x, y, top, start, edge, part_of, slab_scale)):
                    continue
                if n == len(point):
                    point, shape_of = np.append(point, np.empty_like(point)), np.append(shape_of, np.empty_like(point))
                point[n], shape_of[n] = members[k], shape
                n += 1
    return point[:n], shape_of[:n]
