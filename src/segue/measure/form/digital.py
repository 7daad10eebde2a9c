"""Perimeter, convex hull and diameters of pixels as points, as scikit-image and CellProfiler have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.measure.form.feret import feret
from segue.measure.form.hull import convex_hulls
from segue.model.rings import laid_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.form.plane import Plane

    Columns = dict[str, NDArray[np.generic]]
    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

SIDES = ((-1, 0), (1, 0), (0, -1), (0, 1))
CORNERS = ((-1, -1), (-1, 1), (1, -1), (1, 1))
_ROOT = 2**0.5
WEIGHTS = np.zeros(50)
"""What a border pixel adds to the perimeter: by 1, and 2 for each border pixel beside it, and 10 for each at a corner."""
WEIGHTS[[5, 7, 15, 17, 25, 27]], WEIGHTS[[21, 33]], WEIGHTS[[13, 23]] = 1, _ROOT, (1 + _ROOT) / 2


def of_borders(plane: Plane) -> Columns:
    """The perimeter after Benkrid and Crookes, and what CellProfiler makes of it; there is none for pixels that are not square."""
    labels, segments = plane.labels, plane.segments
    border = np.zeros((labels.shape[0] + 2, labels.shape[1] + 2), labels.dtype.newbyteorder("="))
    inside = border[1:-1, 1:-1]
    inside[:] = labels
    other = np.zeros(labels.shape, bool)
    for y, x in SIDES:
        other |= _moved(border, y, x) != inside
    places = np.nonzero(other & (labels != 0))
    values = inside[places]
    border[:] = 0
    inside[places] = values
    kind = np.ones(len(values), np.int64)
    for steps, count in ((SIDES, 2), (CORNERS, 10)):
        for y, x in steps:
            kind += count * (_moved(border, y, x)[places] == values)
    owner = np.searchsorted(segments.label, values.astype(np.uint64))
    height, width = plane.pixel
    perimeter = np.bincount(owner, WEIGHTS[kind], len(segments.label)) * (width if height == width else np.nan)
    with np.errstate(divide="ignore"):
        form = 4 * np.pi * plane.area / perimeter**2
    return {"perimeter_skimage": perimeter, "form_factor": form, "compactness": perimeter**2 / np.maximum(4 * np.pi * plane.area, 1)}


def _moved(padded: NDArray[np.generic], y: int, x: int) -> NDArray[np.generic]:
    """The neighbour of each pixel that is not padding."""
    return padded[1 + y : padded.shape[0] - 1 + y, 1 + x : padded.shape[1] - 1 + x]


def of_digital_hulls(plane: Plane) -> Columns:
    """Pixels whose centres lie in, or on, the convex hull of the middles of all pixels' sides."""
    runs, area = plane.runs, plane.segments.area
    left, right, row = 2 * runs.begin, 2 * (runs.begin + runs.length - 1), 2 * runs.row
    ends = [(left - 1, row), (right + 1, row), (left, row - 1), (left, row + 1), (right, row - 1), (right, row + 1)]
    points = np.concatenate([np.stack(end, axis=1) for end in ends])
    corners, start = convex_hulls(points.astype(np.float64), np.tile(plane.owner, len(ends)), len(area))
    covered = _covered(corners.astype(np.int64), start, plane)
    return {"convex_area_skimage": covered * (plane.pixel[0] * plane.pixel[1]), "solidity_skimage": area / covered}


def _covered(corners: Ints, start: Ints, plane: Plane) -> Ints:
    """(s,) Centres in each hull, whose corners are in half pixels; row by row, in whole numbers."""
    following = np.arange(1, len(corners) + 1)
    following[start[1:] - 1] = start[:-1]
    one, step = corners, corners[following] - corners
    owner = np.repeat(np.arange(len(start) - 1), np.diff(start))
    low, high = (plane.segments.low[:, 1], plane.segments.high[:, 1])
    row_start, _ = laid_out(low, high - low)
    first, last = np.full(row_start[-1], np.iinfo(np.int64).min), np.full(row_start[-1], np.iinfo(np.int64).max)
    for side, sign in ((first, 1), (last, -1)):
        edge = np.flatnonzero(sign * step[:, 1] > 0)
        ends = np.stack([one[edge, 1], one[edge, 1] + step[edge, 1]])
        top, bottom = (ends.min(axis=0) + 1) // 2, ends.max(axis=0) // 2
        top, bottom = np.maximum(top, low[owner[edge]]), np.minimum(bottom, high[owner[edge]] - 1)
        _, y = laid_out(top, np.maximum(bottom - top + 1, 0))
        edge = np.repeat(edge, np.maximum(bottom - top + 1, 0))
        dx, dy = step[edge, 0] * sign, step[edge, 1] * sign
        across = one[edge, 0] * dy + (2 * y - one[edge, 1]) * dx
        at = row_start[owner[edge]] + y - low[owner[edge]]
        if sign > 0:
            np.maximum.at(side, at, -(-across // (2 * dy)))
        else:
            np.minimum.at(side, at, across // (2 * dy))
    total = np.append(0, np.cumsum(np.maximum(last - first + 1, 0)))
    covered: Ints = total[row_start[1:]] - total[row_start[:-1]]
    return covered


def of_centres(plane: Plane) -> Columns:
    """Diameters of the convex hull of the centres of all pixels."""
    runs = plane.runs
    ends = [np.stack([x, runs.row], axis=1) for x in (runs.begin, runs.begin + runs.length - 1)]
    corners, start = convex_hulls(np.concatenate(ends).astype(np.float64), np.tile(plane.owner, 2), len(plane.segments.label))
    found = feret(corners, start, plane.pixel)
    return {"feret_centres": found.largest, "min_feret_centres": found.smallest}
