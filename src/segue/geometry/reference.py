"""The kernels in plain numpy: what small inputs run, and what the tests hold the compiled kernels to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.geometry.parts import RawRings, measured
from segue.geometry.rings import gather

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Int = NDArray[np.int64]


def trace(padded: NDArray[np.signedinteger]) -> RawRings:
    """Simple rings along the pixel edges of a label image that has a border of background.

    A vertex is a corner of the pixel grid at which an outline turns. Around a corner lie the pixels nw, ne, sw, se; with the label on the
    right-hand side an outline that arrives in one direction leaves in another. Along a grid line the k-th outline to leave a vertex
    arrives at the k-th vertex that is arrived at, in the direction of that line: this gives every vertex its successor.
    """
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
    start, vertices = gather(found.start, order)
    length = np.diff(start)
    turned = vertices + np.repeat(found.first[order] - found.start[order], length)
    turned -= np.where(turned >= np.repeat(found.start[order + 1], length), np.repeat(length, length), 0)
    return found.xy[turned].astype(np.float64), start


_CONVEX = ((3, 0), (0, 1), (1, 2), (2, 3))
"""Direction (0 east, 1 south, 2 west, 3 north) in which an outline arrives and leaves at the corner of a pixel at se, sw, nw, ne."""

_CONCAVE = ((2, 1), (3, 2), (0, 3), (1, 0))
"""The same where the three other pixels have the label and the one at se, sw, nw, ne has not."""


def _vertices(padded: NDArray[np.signedinteger]) -> tuple[Int, Int, Int, NDArray[np.bool_], NDArray[np.signedinteger]]:
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
