"""How many pixels each label has, and the box around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Int = NDArray[np.int64]

BLOCK = 1_000_000
"""Pixels looked at together: what bounds the memory for an image in which no two neighbours are equal."""


class Extents(NamedTuple):
    """One entry per value that occurs, 0 left out, ascending."""

    values: NDArray[Any]
    """(v,) uint64; int64 for a signed image."""
    pixels: Int
    """(v,) Pixels that have the value."""
    runs: Int
    """(v,) Runs of such pixels along x."""
    box: Int
    """(v, 4) First row, first column, end row, end column."""

    def areas(self) -> Int:
        """(v,) Pixels in each box."""
        return np.asarray((self.box[:, 2] - self.box[:, 0]) * (self.box[:, 3] - self.box[:, 1]))


def extents(labels: NDArray[np.generic]) -> Extents:
    """Pixel count, run count and bounding box of every value but 0.

    Parameters
    ----------
    labels : (y, x) integer or bool
        Read in blocks of rows, so that little is held beside it.
    """
    image = np.asarray(labels)
    rows = max(1, BLOCK // max(image.shape[1], 1))
    return merged([_of_block(image[top : top + rows], top) for top in range(0, max(image.shape[0], 1), rows)])


def merged(found: Sequence[Extents]) -> Extents:
    """The extents of several images as one: pixels and runs added up, boxes around all."""
    if len(found) == 1:
        return found[0]
    values, index = compact(np.concatenate([one.values for one in found]))
    pixels, runs, box = (np.concatenate(parts) for parts in ([one[k] for one in found] for k in (1, 2, 3)))
    return Extents(values, _sums(index, pixels, len(values)), _sums(index, runs, len(values)), _boxes(index, box, len(values)))


def compact(values: NDArray[Any]) -> tuple[NDArray[Any], Int]:
    """The distinct values, ascending, and for each value its place among them."""
    if not len(values) or values.min() < 0 or values.max() > 4 * len(values) + 65_536:
        distinct, index = np.unique(values, return_inverse=True)
        return distinct, index.astype(np.int64)
    occurs = np.zeros(int(values.max()) + 1, np.bool_)
    occurs[values] = True
    return np.flatnonzero(occurs).astype(values.dtype), (np.cumsum(occurs) - 1)[values]


def _of_block(image: NDArray[np.generic], top: int) -> Extents:
    width = image.shape[1]
    flat = np.ascontiguousarray(image, image.dtype.newbyteorder("=")).reshape(-1)
    edge = np.ones(flat.size, np.bool_)
    np.not_equal(flat[1:], flat[:-1], out=edge[1:])
    if width:
        edge[::width] = True
    start = np.flatnonzero(edge)
    length = np.diff(start, append=flat.size)
    kept = flat[start] != 0
    start, length = start[kept], length[kept]
    values, index = compact(flat[start].astype(np.int64 if flat.dtype.kind == "i" else np.uint64))
    row, column = np.divmod(start, max(width, 1))
    box = np.stack((row + top, column, row + top + 1, column + length), axis=1)
    return Extents(values, _sums(index, length, len(values)), np.bincount(index, minlength=len(values)), _boxes(index, box, len(values)))


def _sums(index: Int, numbers: Int, count: int) -> Int:
    """Exact sums per index; ``bincount`` would add floats, exact below 2**53 too."""
    return np.bincount(index, numbers, minlength=count).astype(np.int64)


def _boxes(index: Int, box: Int, count: int) -> Int:
    out = np.empty((count, 4), np.int64)
    for side in range(4):
        of_side = np.full(count, np.iinfo(np.int64).max if side < 2 else -1)
        (np.minimum if side < 2 else np.maximum).at(of_side, index, box[:, side])
        out[:, side] = of_side
    return out
