"""How far the pixels of segments are from what is not the segment: exact Euclidean distances of pixel centres, as CellProfiler uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.model.rings import laid_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.form.plane import Plane

    Columns = dict[str, NDArray[np.generic]]
    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

SMALL = 20_000_000
"""Sum of the squared lengths of runs below which the numpy twin runs: loading compiled code would take longer."""


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

    First along columns, then, from there, along rows.

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
    down: Floats = ((_to_end(labels.T).T * height) ** 2).reshape(-1).astype(np.float64)
    start, length = _runs(labels)
    inside = labels.reshape(-1)[start] != 0
    start, length = start[inside], length[inside]
    if int((length**2).sum()) < SMALL:
        from segue.measure.form.radii_reference import along_rows
    else:
        from segue.measure.form.radii_kernel import along_rows
    return laid_out(start, length)[1], np.sqrt(along_rows(down, start, length, width))


def _runs(labels: NDArray[np.generic]) -> tuple[Ints, Ints]:
    """Where runs of equal numbers within rows begin, and how long they are."""
    flat = labels.reshape(-1)
    new = np.ones(len(flat), bool)
    new[1:] = flat[1:] != flat[:-1]
    new[:: max(1, labels.shape[1])] = True
    start = np.flatnonzero(new)
    return start, np.diff(start, append=len(flat))


def _to_end(labels: NDArray[np.generic]) -> Ints:
    """(y, x) How many pixels of its row lead to one with another label, or out of the image."""
    start, length = _runs(labels)
    before = np.arange(labels.size) - np.repeat(start, length)
    found: Ints = np.minimum(before + 1, np.repeat(length, length) - before).reshape(labels.shape)
    return found
