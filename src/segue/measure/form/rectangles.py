"""The rectangles of least area around convex hulls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.geometry.rings import following
from segue.model.rings import laid_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

PAIRS = 1_000_000
"""Pairs of a side and a corner that are looked at together."""


def least_rectangles(corners: Floats, start: Ints) -> tuple[Floats, Floats]:
    """The longer and the shorter side of the rectangle of least area around each hull; one of its sides lies on one of the hull's.

    Parameters
    ----------
    corners : (h, 2) float64
        x, y, from hull to hull (``hull.convex_hulls``); no hull is a line.
    start : (s + 1,) int64
        Offsets into ``corners``.
    """
    along = corners[following(start)] - corners
    along = along / np.hypot(*along.T)[:, None]
    sizes = np.diff(start)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    extent = np.zeros((len(corners), 2))
    total = np.cumsum(sizes[owner])
    for sides in np.split(np.arange(len(corners)), np.searchsorted(total, np.arange(PAIRS, int(total[-1]) if len(total) else 0, PAIRS))):
        if len(sides):
            begin, corner = laid_out(start[owner[sides]], sizes[owner[sides]])
            side = np.repeat(sides, sizes[owner[sides]])
            x, y = corners[corner].T
            for axis, places in enumerate((x * along[side, 0] + y * along[side, 1], y * along[side, 0] - x * along[side, 1])):
                extent[sides, axis] = np.maximum.reduceat(places, begin[:-1]) - np.minimum.reduceat(places, begin[:-1])
    order = np.lexsort((extent.prod(axis=1), owner))
    least = extent[order[start[:-1]]] if len(sizes) else np.zeros((0, 2))
    return least.max(axis=1), least.min(axis=1)
