"""Regions as lists of pixel numbers (y * width + x), which Mantis has had since v1.1, and as masks of the model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from segue.model.rings import Ints, Rings, concat

Floats = npt.NDArray[np.float64]


def mask_of(pixels: Ints, width: int) -> Rings:
    """One shape of the kind ``mask``: its box, and the start and end of each row run.

    Parameters
    ----------
    pixels
        (n,) numbers of pixels, from 0, in any order; repeated ones count once. An empty list is an empty box at the origin.
    width
        Of the image.
    """
    ordered = np.unique(pixels)
    if not len(ordered):
        return _mask(np.zeros((2, 2)), np.empty((0, 2)))
    y, x = np.divmod(ordered, width)
    first = np.ones(len(ordered), np.bool_)
    first[1:] = (ordered[1:] != ordered[:-1] + 1) | (y[1:] != y[:-1])
    begin = np.flatnonzero(first)
    last = np.append(begin[1:], len(ordered)) - 1
    runs = np.stack([x[begin], y[begin], x[last] + 1, y[begin]], axis=1).reshape(-1, 2).astype(np.float64)
    box = np.array([[x.min(), y.min()], [x.max() + 1, y.max() + 1]], np.float64)
    return _mask(box, runs)


def masks_of(many: Sequence[Ints], width: int) -> Rings:
    """`mask_of` of several regions, one shape each."""
    return concat([mask_of(pixels, width) for pixels in many])


def _mask(box: Floats, runs: Floats) -> Rings:
    return Rings(np.concatenate([box, runs]), np.array([0, 2, 2 + len(runs)]), np.array([0, 2]), np.array([0, 1]))


def pixels_of(mask: Rings, width: int, height: int) -> Ints:
    """Numbers of the pixels of one mask, ascending; those outside the image are left out."""
    first = mask.part_start[mask.shape_start[0]] + 1
    runs = np.round(mask.coords[mask.ring_start[first] : mask.ring_start[first + 1]].reshape(-1, 4)).astype(np.int64)
    begin, end, y = np.clip(runs[:, 0], 0, width), np.clip(runs[:, 2], 0, width), runs[:, 1]
    length = np.where((y >= 0) & (y < height), np.maximum(end - begin, 0), 0)
    offset = np.cumsum(length) - length
    found: Ints = np.unique(np.arange(int(length.sum()), dtype=np.int64) + np.repeat(y * width + begin - offset, length))
    return found


def pixels_in(rings: Rings, width: int, height: int) -> Ints:
    """Numbers of the pixels whose centres are inside one shape of rings, ascending. Memory: a byte per pixel of its box."""
    from segue.geometry.rasterize import rasterize

    if not len(rings.coords):
        return np.empty(0, np.int64)
    low = np.clip(np.floor(rings.coords.min(axis=0)), 0, [width, height]).astype(np.int64)
    high = np.clip(np.ceil(rings.coords.max(axis=0)) + 1, low, [width, height]).astype(np.int64)
    canvas = np.zeros((int(high[1] - low[1]), int(high[0] - low[0])), np.uint8)
    rasterize(rings.translated(-float(low[0]), -float(low[1])), np.ones(1, np.uint8), canvas.shape, out=canvas)
    y, x = np.nonzero(canvas)
    return np.asarray((y + low[1]) * width + x + low[0], np.int64)
