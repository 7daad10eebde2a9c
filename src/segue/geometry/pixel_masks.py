"""Sets of pixels as masks of the model (a box, and the start and end of each row run), and back; many at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.model.rings import Rings

Int = NDArray[np.int64]


def masks_of_pixels(owner: Int, x: Int, y: Int, count: int) -> tuple[Rings, int]:
    """One mask for each set of pixels.

    Parameters
    ----------
    owner, x, y
        (pixels,) the number of the set from 0, and where the pixel is; in any order. Pixels that a set has several times count once.
    count
        How many sets there are; an empty one is an empty box at the origin.

    Returns
    -------
    masks
        ``count`` shapes of the kind ``mask``.
    repeated
        How many pixels were in a set already.
    """
    order = np.lexsort((x, y, owner))
    owner, x, y = owner[order], x[order], y[order]
    new = np.ones(len(owner), np.bool_)
    new[1:] = (owner[1:] != owner[:-1]) | (y[1:] != y[:-1]) | (x[1:] != x[:-1])
    repeated = len(owner) - int(new.sum())
    owner, x, y = owner[new], x[new], y[new]
    first = np.ones(len(owner), np.bool_)
    first[1:] = (owner[1:] != owner[:-1]) | (y[1:] != y[:-1]) | (x[1:] != x[:-1] + 1)
    begin = np.flatnonzero(first)
    last = np.append(begin[1:], len(owner)) - 1 if len(begin) else begin
    return masks_of_runs(owner[begin], y[begin], x[begin], x[last] + 1, count), repeated


def masks_of_runs(owner: Int, y: Int, x0: Int, x1: Int, count: int) -> Rings:
    """One mask for each set of row runs.

    Parameters
    ----------
    owner, y, x0, x1
        (runs,) the number of the set from 0, ascending; the row, its first pixel, and the one behind its last.
    count
        How many sets there are.
    """
    runs = np.bincount(owner, minlength=count).astype(np.int64)
    box = np.zeros((count, 4))
    here = np.flatnonzero(runs)
    if len(here):
        at = (np.cumsum(runs) - runs)[here]
        ends = (np.minimum.reduceat(x0, at), np.minimum.reduceat(y, at), np.maximum.reduceat(x1, at), np.maximum.reduceat(y, at) + 1)
        box[here] = np.stack(ends, axis=1)
    coords = np.empty((2 * (count + len(owner)), 2))
    start = 2 * (np.cumsum(runs + 1) - runs - 1)  # of each box
    coords[start], coords[start + 1] = box[:, :2], box[:, 2:]
    places = 2 * (np.arange(len(owner)) + owner + 1)
    coords[places] = np.stack([x0, y], axis=1)
    coords[places + 1] = np.stack([x1, y], axis=1)
    rings = np.append(np.stack([start, start + 2], axis=1).reshape(-1), len(coords))
    return Rings(coords, rings, np.arange(0, 2 * count + 1, 2), np.arange(count + 1))


def runs_of_masks(masks: Rings) -> tuple[Int, Int, Int, Int]:
    """(owner, y, x0, x1) of the runs of shapes of the kind ``mask``; runs that are not whole pixels are rounded."""
    ring = masks.part_start[masks.shape_start[:-1]] + 1
    begin, end = masks.ring_start[ring], masks.ring_start[ring + 1]
    counts = (end - begin) // 2
    owner = np.repeat(np.arange(len(masks)), counts)
    place = np.repeat(begin, counts) + 2 * (np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts))
    first, last = (np.rint(masks.coords[place + nth]).astype(np.int64) for nth in (0, 1))
    return owner, first[:, 1], first[:, 0], last[:, 0]


def pixels_of_runs(owner: Int, y: Int, x0: Int, x1: Int) -> tuple[Int, Int, Int]:
    """(owner, x, y) of every pixel, in the order of the runs."""
    length = np.maximum(x1 - x0, 0)
    within: NDArray[Any] = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
    return np.repeat(owner, length), np.repeat(x0, length) + within, np.repeat(y, length)
