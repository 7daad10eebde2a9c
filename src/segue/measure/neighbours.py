"""Which segments touch, and along what length: pixels that share a side (not a corner only)."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segue.errors import Malformed
from segue.model.image import size_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from segue.model.image import LabelImage

    Labels = NDArray[np.uint64]
    Ints = NDArray[np.int64]

BAND = 1 << 24
"""Pixels that are looked at together."""
MOST = 1 << 28
"""Pixels of a row of chunks that are read together."""


class Contacts(NamedTuple):
    """One row per pair of segments that touch, ascending."""

    first: Labels
    """(p,) The smaller label."""
    second: Labels
    """(p,)"""
    sides: Ints
    """(p, 3) Pixel sides that they share, between planes, rows and columns."""
    dimensions: int
    """2, or 3 for volumes."""

    def length(self, pixel: tuple[float, float, float] | None = None) -> NDArray[np.float64]:
        """(p,) How long (in volumes: how large) the contact is; ``pixel`` is the depth, height and width of a pixel, None = 1 each."""
        depth, height, width = pixel or (1.0, 1.0, 1.0)
        depth = depth if self.dimensions == 3 else 1.0
        found: NDArray[np.float64] = self.sides.astype(np.float64) @ np.array([height * width, depth * width, depth * height])
        return found


def contacts(labels: LabelImage, t: int = 0) -> Contacts:
    """The contacts between the segments of one time point.

    Memory: three bands of rows (of whole chunks where the pixels lie in such, up to 268 million pixels), and about 100 bytes per contact of a band.

    Parameters
    ----------
    labels
        Of the axes y and x, and perhaps z and t.
    t
        The time point.

    Raises
    ------
    Malformed
        There are negative labels.
    """
    height, depth = (size_of(labels.pixels, labels.axes, name) for name in "yz")
    planes, rows = _at_once(labels)
    found: list[Contacts] = []
    for first in range(0, height, rows):
        before = None
        for z in range(0, depth, planes):
            for band in _block(labels, t, slice(z, min(z + planes, depth)), slice(max(0, first - 1), min(first + rows, height))):
                found.append(_of_band(band, before, new_from=min(first, 1), dimensions=2 if depth == 1 else 3))
                before = band
                while len(found) > 1 and len(found[-1].first) * 2 > len(found[-2].first):
                    found[-2:] = [_merged(*found[-2:])]
    return reduce(_merged, found, Contacts(np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros((0, 3), np.int64), 2 if depth == 1 else 3))


def _at_once(labels: LabelImage) -> tuple[int, int]:
    """How many planes and rows to read together: whole chunks where the pixels lie in such, unless these are huge."""
    chunks = getattr(labels.pixels, "chunks", None) or (1,) * len(labels.axes)
    planes, high = (int(chunks[labels.axes.index(name)]) if name in labels.axes else 1 for name in "zy")
    pixels = max(1, size_of(labels.pixels, labels.axes, "x"))
    if planes * high * pixels > MOST:
        return 1, max(1, BAND // pixels)
    return planes, max(high, BAND // (pixels * planes) // high * high)


def neighbour_counts(found: Contacts, labels: Labels) -> Ints:
    """(s,) How many other segments each of ``labels`` (s,), ascending, touches."""
    ends = np.concatenate([found.first, found.second])
    row = np.minimum(np.searchsorted(labels, ends), max(len(labels) - 1, 0))
    known = labels[row] == ends if len(labels) else np.zeros(len(ends), bool)
    return np.bincount(row[known], minlength=len(labels)).astype(np.int64)


def _block(labels: LabelImage, t: int, planes: slice, rows: slice) -> NDArray[np.generic]:
    """(z, y, x) Some rows of some planes."""
    at = {"t": slice(t, t + 1), "z": planes, "y": rows, "x": slice(0, size_of(labels.pixels, labels.axes, "x"))}
    array = labels.pixels.read(tuple(at[name] for name in labels.axes))
    axes = labels.axes
    for name in "tz":
        array, axes = (array, axes) if name in axes else (array[None], name + axes)
    block: NDArray[np.generic] = array.transpose([axes.index(name) for name in "tzyx"])[0]
    if block.dtype.kind == "i" and block.size and block.min() < 0:
        raise Malformed(f"label {block.min()} is negative; labels are positive and 0 is background", expected="labels >= 0")
    return block


def _of_band(band: NDArray[np.generic], before: NDArray[np.generic] | None, new_from: int, dimensions: int) -> Contacts:
    """Contacts within the band, and with the same rows of the plane before; rows before ``new_from`` were in another band."""
    pairs = [*_pairs(before[new_from:], band[new_from:], 0)] if before is not None else []
    pairs += [*_pairs(band[:-1], band[1:], 1), *_pairs(band[new_from:, :-1], band[new_from:, 1:], 2)]
    first, second, axis = (np.concatenate(part) if part else np.zeros(0, np.uint64) for part in zip(*pairs, strict=True)) if pairs else (np.zeros(0),) * 3
    sides = np.zeros((len(first), 3), np.int64)
    sides[np.arange(len(first)), axis.astype(np.int64)] = 1
    return _summed(first.astype(np.uint64), second.astype(np.uint64), sides, dimensions)


def _pairs(one: NDArray[np.generic], other: NDArray[np.generic], axis: int) -> Iterator[tuple[Labels, Labels, Labels]]:
    meet = np.flatnonzero((one != other) & (one != 0) & (other != 0))
    if len(meet):
        a, b = (side.reshape(-1)[meet].astype(np.uint64) for side in (one, other))
        yield np.minimum(a, b), np.maximum(a, b), np.full(len(a), axis, np.uint64)


def _summed(first: Labels, second: Labels, sides: Ints, dimensions: int) -> Contacts:
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    new = np.ones(len(first), bool)
    new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    start = np.flatnonzero(new)
    total = np.add.reduceat(sides[order], start, axis=0) if len(start) else sides
    return Contacts(first[start], second[start], total, dimensions)


def _merged(one: Contacts, other: Contacts) -> Contacts:
    first, second, sides = (np.concatenate(part) for part in zip(one[:3], other[:3], strict=True))
    return _summed(first, second, sides, one.dimensions)
