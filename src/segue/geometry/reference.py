"""The kernels in plain numpy: what small inputs run, and what the tests hold the compiled kernels to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.geometry.parts import RawRings, measured
from segue.geometry.rings import Rings, following
from segue.geometry.rule import NUDGE
from segue.geometry.spans import spans
from segue.model.rings import laid_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Int = NDArray[np.int64]


def trace(image: NDArray[Any]) -> RawRings:
    """Simple rings along the pixel edges of a label image.

    A vertex is a corner of the pixel grid at which an outline turns. Around a corner lie the pixels nw, ne, sw, se; with the label on the
    right-hand side an outline that arrives in one direction leaves in another. Along a grid line the k-th outline to leave a vertex
    arrives at the k-th vertex that is arrived at, in the direction of that line: this gives every vertex its successor.
    """
    padded = np.pad(image, 1)
    width = padded.shape[1] - 1
    corner, arrives, leaves, pinched, label = _vertices(padded)
    after = np.empty(len(corner), np.int64)
    transposed = corner % width * padded.shape[0] + corner // width
    for direction, key in enumerate((corner, transposed, corner, transposed)):
        here, there = np.flatnonzero(leaves == direction), np.flatnonzero(arrives == direction)
        after[here[np.argsort(key[here])]] = there[np.argsort(key[there])]
    order, start = _cycles(after)
    if pinched.any():
        _cut_loops(after, corner, np.flatnonzero(pinched), order, start)
        order, start = _cycles(after)
    xy = np.stack((corner[order] % width, corner[order] // width), axis=1)
    return measured(xy, start, label[order[start[:-1]]])


def in_order(found: RawRings, order: Int) -> tuple[NDArray[np.float64], Int]:
    """The vertices of the rings ``order``, each ring turned so that it starts at its first corner."""
    begin, length = found.begin[order], found.length[order]
    start, vertices = laid_out(begin, length)
    turned = vertices + np.repeat(found.first[order] - begin, length)
    turned -= np.where(turned >= np.repeat(begin + length, length), np.repeat(length, length), 0)
    return found.xy[turned].astype(np.float64), start


_CONVEX = ((3, 0), (0, 1), (1, 2), (2, 3))
"""Direction (0 east, 1 south, 2 west, 3 north) in which an outline arrives and leaves at the corner of a pixel at se, sw, nw, ne."""

_CONCAVE = ((2, 1), (3, 2), (0, 3), (1, 0))
"""The same where the three other pixels have the label and the one at se, sw, nw, ne has not."""


def _vertices(padded: NDArray[Any]) -> tuple[Int, Int, Int, NDArray[np.bool_], NDArray[Any]]:
    """Corner (flat index), direction of arrival and of leaving, whether the opposite pixel has the label too, and the label."""
    nw, ne, sw, se = padded[:-1, :-1], padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]
    around = (se, sw, nw, ne)
    top, bottom, left, right = nw == ne, sw == se, nw == sw, ne == se
    rising, falling = sw == ne, nw == se
    beside = ((bottom, right), (bottom, left), (top, left), (top, right))
    across = (falling, rising, falling, rising)
    found = []
    for quadrant in range(4):
        pixel, (one, other) = around[quadrant], beside[quadrant]
        convex = np.flatnonzero(~one & ~other & (pixel != 0))
        found.append((convex, *_CONVEX[quadrant], across[quadrant].ravel()[convex], pixel.ravel()[convex]))
        opposite = around[(quadrant + 2) % 4]
        (far_one, far_other) = beside[(quadrant + 2) % 4]
        concave = np.flatnonzero(far_one & far_other & ~across[quadrant] & (opposite != 0))
        found.append((concave, *_CONCAVE[quadrant], np.zeros(len(concave), np.bool_), opposite.ravel()[concave]))
    count = [len(corner) for corner, *_ in found]
    return (
        np.concatenate([corner for corner, *_ in found]),
        np.repeat([arrives for _, arrives, *_ in found], count),
        np.repeat([leaves for _, _, leaves, *_ in found], count),
        np.concatenate([pinched for *_, pinched, _ in found]),
        np.concatenate([label for *_, label in found]),
    )


def _cycles(after: Int) -> tuple[Int, Int]:
    """The cycles of a permutation laid end to end, and their offsets. A plain loop: nothing in numpy follows a chain faster."""
    following = after.tolist()
    order: list[int] = []
    start = [0]
    for first in range(len(following)):
        vertex = first
        while following[vertex] >= 0:
            order.append(vertex)
            following[vertex], vertex = -1, following[vertex]
        if len(order) > start[-1]:
            start.append(len(order))
    return np.array(order, np.int64), np.array(start, np.int64)


def _cut_loops(after: Int, corner: Int, pinched: Int, order: Int, start: Int) -> None:
    """Where a ring meets itself at a corner, exchange the two successors: the loop between becomes a ring of its own."""
    ring = np.empty(len(order), np.int64)
    ring[order] = np.repeat(np.arange(len(start) - 1), np.diff(start))
    pinched = pinched[np.lexsort((ring[pinched], corner[pinched]))]
    same = (corner[pinched[1:]] == corner[pinched[:-1]]) & (ring[pinched[1:]] == ring[pinched[:-1]])
    one, two = pinched[:-1][same], pinched[1:][same]
    after[one], after[two] = after[two], after[one]


CHUNK = 4_000_000
"""Pixels painted at a time."""


def paint(rings: Rings, values: NDArray[np.generic], order: Int, shape: tuple[int, int]) -> tuple[NDArray[np.int32], Int]:
    """Which shape owns each pixel after all have been painted in ``order``.

    Returns
    -------
    owner : (y, x) int32
        Row of the shape + 1; 0 where there is none.
    lost : (s,) int64
        Pixels that each shape lost to a later one of another value.
    """
    ordered = rings.take(order)
    part, row, left, right = spans(ordered, (0, shape[0]), (0, shape[1]))
    shape_of = order[np.repeat(np.arange(len(ordered)), np.diff(ordered.shape_start))]
    width = right - left
    owner = np.zeros(shape[0] * shape[1], np.int32)
    lost = np.zeros(len(rings), np.int64)
    cuts = np.searchsorted(np.cumsum(width), np.arange(0, width.sum() + CHUNK, CHUNK)) if len(width) else np.zeros(1, np.int64)
    for begin, end in zip(cuts, np.r_[cuts[1:], len(width)], strict=True):
        w = width[begin:end]
        offset = np.cumsum(w) - w
        pixel = np.arange(w.sum()) + np.repeat(row[begin:end] * shape[1] + left[begin:end] - offset, w)
        _paint_over(owner, pixel, np.repeat(shape_of[part[begin:end]], w), values, lost)
    return owner.reshape(shape), lost


def colour(owner: NDArray[np.int32], values: NDArray[np.generic], out: NDArray[np.generic] | None) -> NDArray[np.generic]:
    """The values of the owners; painted on ``out`` where given."""
    table = np.concatenate([np.zeros(1, values.dtype), values])
    if out is None:
        return table[owner]
    np.copyto(out, table[owner], where=owner != 0)
    return out


def _paint_over(owner: NDArray[np.int32], pixel: Int, shape: Int, values: NDArray[np.generic], lost: Int) -> None:
    """Paint ``pixel`` in order, counting what each shape loses to the next one of another value on the same pixel."""
    order = np.argsort(pixel, kind="stable")
    pixel, shape = pixel[order], shape[order]
    new = np.r_[True, pixel[1:] != pixel[:-1]] if len(pixel) else np.zeros(0, np.bool_)
    before = np.r_[0, shape[:-1] + 1]
    before[new] = owner[pixel[new]]
    covered = np.flatnonzero((before != 0) & (before != shape + 1))
    covered = covered[values[before[covered] - 1] != values[shape[covered]]]
    lost += np.bincount(before[covered] - 1, minlength=len(lost))
    last = np.r_[new[1:], True] if len(pixel) else new
    owner[pixel[last]] = shape[last] + 1


def meetings(points: NDArray[np.float64], rings: Rings) -> int:
    """How many pairs of a point and an edge there are at the same height."""
    begin, end, *_ = _at_their_height(points, rings)
    return int((end - begin).sum())


def inside(points: NDArray[np.float64], rings: Rings) -> tuple[Int, Int]:
    """Pairs (point, shape), ascending: an odd number of edges of a part lie at the left of the point, at its height."""
    begin, end, order, upper, lower = _at_their_height(points, rings)
    count = end - begin
    edge = np.repeat(np.arange(len(count)), count)
    point = order[np.arange(count.sum()) + np.repeat(begin - (np.cumsum(count) - count), count)]
    a, b = rings.coords[upper], rings.coords[lower]
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
    left = a[edge, 0] + (points[point, 1] - a[edge, 1]) * slope[edge] + NUDGE < points[point, 0]
    part_of_ring = np.repeat(np.arange(len(rings.part_start) - 1), np.diff(rings.part_start))
    part = np.repeat(part_of_ring, rings.ring_lengths())[edge[left]]
    shape_of_part = np.repeat(np.arange(len(rings)), np.diff(rings.shape_start))
    parts = max(1, len(shape_of_part))
    pair, times = np.unique(point[left] * parts + part, return_counts=True)
    pair = pair[times % 2 == 1]
    shapes = max(1, len(rings))
    found = np.unique(pair // parts * shapes + shape_of_part[pair % parts])
    return found // shapes, found % shapes


def _at_their_height(points: NDArray[np.float64], rings: Rings) -> tuple[Int, Int, Int, Int, Int]:
    """For each edge the points with upper y <= y < lower y, as a range of ``order``; and the vertices of its upper and lower end."""
    after = following(rings.ring_start)
    here = np.arange(len(after))
    rises = rings.coords[after, 1] < rings.coords[:, 1]
    upper, lower = np.where(rises, after, here), np.where(rises, here, after)
    order = np.argsort(points[:, 1], kind="stable")
    order = order[np.isfinite(points[order]).all(axis=1)]
    begin, end = (np.searchsorted(points[order, 1], rings.coords[of, 1], side="left") for of in (upper, lower))
    return begin, end, order, upper, lower
