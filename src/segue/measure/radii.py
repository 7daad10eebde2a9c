"""How far the pixels of segments are from what is not the segment: exact Euclidean distances of pixel centres, as CellProfiler uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.plane import Plane

    Columns = dict[str, NDArray[np.generic]]
    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


def of_radii(plane: Plane) -> Columns:
    """The largest, mean and median distance of the pixels of each segment. What lies beyond the image is not the segment.

    Memory: 50 bytes per pixel of the block.
    """
    place, distance = distances(plane.labels, plane.pixel)
    segments = plane.segments
    owner = np.searchsorted(segments.label, plane.labels.reshape(-1)[place].astype(np.uint64))
    order = np.lexsort((distance, owner))
    distance, area = distance[order], segments.area
    start = np.cumsum(area) - area
    total = np.add.reduceat(distance, start) if len(start) else np.zeros(0)
    median = (distance[start + (area - 1) // 2] + distance[start + area // 2]) / 2
    return {"max_radius": distance[start + area - 1], "mean_radius": total / area, "median_radius": median}


def distances(labels: NDArray[np.generic], pixel: tuple[float, float] = (1, 1)) -> tuple[Ints, Floats]:
    """The distance of every pixel of a segment to the nearest pixel that is not of its segment.

    First along columns, then along rows, ever farther away, as long as something nearer can be there.

    Parameters
    ----------
    labels : (y, x) integer
        0 is background.
    pixel
        Height and width of a pixel.

    Returns
    -------
    place : (n,) int64
        Of the pixels with a label, in raster order.
    distance : (n,) float64
    """
    height, width = pixel
    down = ((_to_end(labels.T).T * height) ** 2).reshape(-1)
    across = _to_end(labels).reshape(-1)
    place = np.flatnonzero(labels.reshape(-1))
    square = np.minimum(down[place], (across[place] * width) ** 2)
    left, step = np.arange(len(place)), 1
    while len(left):
        by = (step * width) ** 2
        left = left[square[left] > by]
        near = np.minimum(down[place[left] - step], down[place[left] + step])
        square[left] = np.minimum(square[left], near + by)
        step += 1
    return place, np.sqrt(square)


def _to_end(labels: NDArray[np.generic]) -> Floats:
    """(y, x) How many pixels of its row lead to one with another label, or out of the image."""
    width = labels.shape[1]
    flat = labels.reshape(-1)
    new = np.ones(len(flat), bool)
    new[1:] = flat[1:] != flat[:-1]
    new[:: max(1, width)] = True
    start = np.flatnonzero(new)
    length = np.diff(start, append=len(flat))
    before = np.arange(len(flat)) - np.repeat(start, length)
    found: Floats = np.minimum(before + 1, np.repeat(length, length) - before).astype(np.float64).reshape(labels.shape)
    return found
