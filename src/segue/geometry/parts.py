"""A bag of directed pixel-edge rings with their labels, put in order: labels, their parts, and the holes of each part."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segue.geometry.rings import Rings, following
from segue.model.rings import laid_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Int = NDArray[np.int64]


class RawRings(NamedTuple):
    """Simple rings in any order, with the label's pixels on the right-hand side of each edge."""

    xy: NDArray[np.integer]
    """(n, 2) corners, from any start."""
    begin: NDArray[np.int64]
    """(r,) index in ``xy`` of the vertex that a ring begins with."""
    length: NDArray[np.int64]
    """(r,) number of its vertices."""
    label: NDArray[np.integer]
    """(r,)"""
    first: NDArray[np.int64]
    """(r,) index in ``xy`` of the topmost, then leftmost corner."""
    area: NDArray[np.int64]
    """(r,) square pixels; negative for a hole."""


def arrange(found: RawRings, shape: tuple[int, ...], in_order: Callable[[RawRings, Int], tuple[NDArray[np.float64], Int]]) -> tuple[NDArray[np.uint64], Rings]:
    """One shape per label, ascending; parts and holes in the raster order of their first corners.

    ``in_order(found, order)`` lays out the vertices of the rings ``order`` (reference or kernel).
    """
    corner = found.xy[found.first].astype(np.int64)
    place = corner[:, 1] * (shape[1] + 1) + corner[:, 0]
    outer = outer_rings(found, place, shape)
    order = np.lexsort((place, found.area < 0, place[outer], found.label))
    labels, outers = found.label[order], outer[order]
    part_start = np.r_[np.flatnonzero(np.r_[True, outers[1:] != outers[:-1]]), len(order)] if len(order) else np.zeros(1, np.int64)
    names = labels[part_start[:-1]]
    shape_start = np.r_[np.flatnonzero(np.r_[True, names[1:] != names[:-1]]), len(names)] if len(order) else np.zeros(1, np.int64)
    coords, ring_start = in_order(found, order)
    return names[shape_start[:-1]].astype(np.uint64), Rings(coords, ring_start, part_start.astype(np.int64), shape_start.astype(np.int64))


def outer_rings(found: RawRings, place: Int, shape: tuple[int, ...]) -> Int:
    """(r,) For each hole the ring that its part's outer ring is; an outer ring is its own.

    A hole's first corner has a pixel of its part at its left. The run of the label that this pixel ends begins at an edge of the same
    part: of its outer ring, or of another hole whose first corner comes earlier. Following these leads to the outer ring.
    """
    outer = np.arange(len(found.label), dtype=np.int64)
    holes = np.flatnonzero(found.area < 0)
    if not len(holes):
        return outer
    names, of = np.unique(found.label, return_inverse=True)
    parts = np.bincount(of[found.area > 0], minlength=len(names))
    alone = np.zeros(len(names), np.int64)
    alone[of[found.area > 0]] = np.flatnonzero(found.area > 0)
    single = parts[of[holes]] == 1
    outer[holes[single]] = alone[of[holes[single]]]
    if not single.all():
        holes = holes[~single]
        relevant = np.flatnonzero(np.isin(of, of[holes]))
        outer[holes] = _left_of(found, relevant, holes, of, shape)
        while (outer[outer] != outer).any():
            outer = outer[outer]
    return outer


def _left_of(found: RawRings, relevant: Int, holes: Int, of: Int, shape: tuple[int, ...]) -> Int:
    """For each of ``holes`` the ring whose upward edge begins the run of pixels that ends left of the hole's first corner."""
    start, vertices = laid_out(found.begin[relevant], found.length[relevant])
    a = found.xy[vertices].astype(np.int64)
    b = a[following(start)]
    up = np.flatnonzero(b[:, 1] < a[:, 1])
    ring = np.repeat(relevant, np.diff(start))[up]
    rows = a[up, 1] - b[up, 1]
    edge_start = np.zeros(len(up) + 1, np.int64)
    np.cumsum(rows, out=edge_start[1:])
    y = np.arange(edge_start[-1]) - np.repeat(edge_start[:-1] - b[up, 1], rows)
    owner = np.repeat(ring, rows)
    _, dense = np.unique(of[relevant], return_inverse=True)
    number = np.zeros(len(of), np.int64)
    number[relevant] = dense
    key = (number[owner] * shape[0] + y) * (shape[1] + 1) + np.repeat(a[up, 0], rows)
    order = np.argsort(key)
    corner = found.xy[found.first[holes]].astype(np.int64)
    wanted = (number[holes] * shape[0] + corner[:, 1]) * (shape[1] + 1) + corner[:, 0]
    return np.asarray(owner[order[np.searchsorted(key[order], wanted) - 1]])


def measured(xy: NDArray[np.integer], start: Int, label: NDArray[np.integer]) -> RawRings:
    """The rings with their first corners and areas."""
    x, y = xy[:, 0].astype(np.int64), xy[:, 1].astype(np.int64)
    place = y * (int(x.max(initial=0)) + 1) + x
    least = np.minimum.reduceat(place, start[:-1]) if len(label) else place
    first = np.flatnonzero(place == np.repeat(least, np.diff(start)))
    after = following(start)
    twice = np.zeros(len(x) + 1, np.int64)
    np.cumsum(x * y[after] - x[after] * y, out=twice[1:])
    area = (twice[start[1:]] - twice[start[:-1]]) // 2
    return RawRings(xy, start[:-1], np.diff(start), label, first, area)
