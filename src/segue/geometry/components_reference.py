"""Connected parts in plain numpy: what small images run, and what the tests hold the compiled kernel to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Int = NDArray[np.int64]

NEIGHBOURS = {
    False: np.array([[0, -1], [-1, 0]]),
    True: np.array([[0, -1], [-1, -1], [-1, 0], [-1, 1]]),
}
"""By edges only, also by corners -> (dz, dy) of the rows before a row whose pixels can touch its own."""


class Runs(NamedTuple):
    """Runs of equal non-zero pixels within a row, in raster order."""

    row: Int
    begin: Int
    end: Int
    value: NDArray[Any]


def number(volume: NDArray[Any], *, corners: bool) -> tuple[NDArray[np.unsignedinteger[Any]], int]:
    """Parts of a (z, y, x) volume, numbered from 1 in raster order of their first pixels."""
    flat = volume.reshape(-1)
    width = max(volume.shape[2], 1)
    start = _starts(flat, width)
    run = np.flatnonzero(flat[start])
    length = np.diff(start, append=flat.size)
    first, value = start[run], flat[start[run]]
    runs = Runs(first // width, first % width, first % width + length[run], value)
    one, other = touching(runs, volume.shape, corners=corners)
    part, count = join(len(run), one, other)
    named = np.zeros(len(start), np.min_scalar_type(count))
    named[run] = part + 1
    return np.repeat(named, length).reshape(volume.shape), count


def join(count: int, one: Int, other: Int) -> tuple[Int, int]:
    """Number the groups of ``count`` things of which ``one[k]`` and ``other[k]`` belong together.

    Returns
    -------
    group : (count,) int64
        From 0, in the order of the first thing of each group.
    groups
        How many there are.
    """
    parent = np.arange(count)
    while len(one):
        low, high = np.minimum(parent[one], parent[other]), np.maximum(parent[one], parent[other])
        apart = low != high
        one, other, low, high = one[apart], other[apart], low[apart], high[apart]
        np.minimum.at(parent, high, low)
        while not np.array_equal(shorter := parent[parent], parent):
            parent = shorter
    first = parent == np.arange(count)
    return (np.cumsum(first) - 1)[parent], int(first.sum())


def _starts(flat: NDArray[Any], width: int) -> Int:
    """Where a run of equal pixels (background too) or a row begins."""
    edge = np.ones(flat.size, np.bool_)
    np.not_equal(flat[1:], flat[:-1], out=edge[1:])
    edge[::width] = True
    return np.flatnonzero(edge)


def touching(runs: Runs, shape: tuple[int, ...], *, corners: bool) -> tuple[Int, Int]:
    """Pairs of runs of one value that touch, the later run first."""
    height, width = shape[1:]
    stride, reach = width + 2, int(corners)
    begins, ends = runs.row * stride + runs.begin, runs.row * stride + runs.end
    later, earlier = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for dz, dy in NEIGHBOURS[corners].tolist():
        y, z = runs.row % max(height, 1) + dy, runs.row // max(height, 1) + dz
        run = np.flatnonzero((y >= 0) & (y < height) & (z >= 0))
        before = (runs.row[run] + dz * height + dy) * stride
        low = np.searchsorted(ends, before + runs.begin[run] - reach, "right")
        count = np.maximum(np.searchsorted(begins, before + runs.end[run] + reach, "left") - low, 0)
        offset = np.cumsum(count) - count
        one, other = np.repeat(run, count), np.arange(count.sum()) + np.repeat(low - offset, count)
        same = runs.value[one] == runs.value[other]
        later.append(one[same])
        earlier.append(other[same])
    return np.concatenate(later), np.concatenate(earlier)
