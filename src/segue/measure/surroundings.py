"""How segments lie to each other: columns by the names of the catalogue, of a whole image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.measure.nearest import nearest
from segue.measure.neighbours import contacts, neighbour_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.model.image import LabelImage

    Columns = dict[str, NDArray[np.generic]]

SURROUNDINGS = frozenset({"neighbours", "nearest_distance"})
"""Names of measurements."""


def surroundings(
    labels: LabelImage,
    label: NDArray[np.uint64],
    centroid: NDArray[np.float64],
    wanted: frozenset[str],
    t: int = 0,
    pixel: tuple[float, float, float] | None = None,
) -> Columns:
    """The wanted ones of the measurements that look at other segments.

    Parameters
    ----------
    labels
        The whole label image.
    label : (s,)
        The segments of the time point, ascending.
    centroid : (s, 3)
        z, y, x of each, in pixels.
    wanted
        Names of measurements; those that are none of ``SURROUNDINGS`` are passed over.
    t
        The time point.
    pixel
        Depth, height and width of a pixel; None = distances in pixels.
    """
    found: Columns = {}
    if "neighbours" in wanted:
        found["neighbours"] = neighbour_counts(contacts(labels, t), label)
    if "nearest_distance" in wanted:
        found["nearest_distance"] = nearest(centroid * np.array(pixel or (1.0, 1.0, 1.0)))[1]
    return found
