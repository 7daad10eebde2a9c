"""Feret's diameters (caliper widths) of convex hulls, as ImageJ's ``Roi.getFeretValues``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

SMALL = 20_000_000
"""Pairs of corners below which the numpy twin runs: loading compiled code would take longer."""


class Ferets(NamedTuple):
    """One row per hull; NaN where it has no corner."""

    largest: Floats
    """(s,) Largest distance of two corners."""
    smallest: Floats
    """(s,) Smallest distance of two parallel lines that hold the hull between them; 0 of a line or a point."""
    ends: Floats
    """(s, 2, 2) x, y in pixels of the corners of the largest distance, the left one first. Of several equal distances the first one on the
    way round counts."""
    angle: Floats
    """(s,) Degrees from the x axis, counter-clockwise on the screen, from 0 to below 180."""


def feret(corners: Floats, start: Ints, pixel: tuple[float, float] = (1, 1)) -> Ferets:
    """Largest and smallest diameters of convex hulls (``hull.convex_hulls``).

    Parameters
    ----------
    corners : (h, 2) float64
        x, y, from hull to hull.
    start : (s + 1,) int64
        Offsets into ``corners``.
    pixel
        Height and width of a pixel: distances and angles are those of the scaled hull.
    """
    square = pixel[0] == pixel[1]
    scaled = corners if square else corners * pixel[::-1]  # rounding must not decide between distances that are equal
    if int((np.diff(start) ** 2).sum()) < SMALL:
        from segue.measure.form.feret_reference import extremes
    else:
        from segue.measure.form.feret_kernel import extremes
    one, other, smallest = extremes(scaled, start)
    filled = np.diff(start) > 0
    ends = np.full((len(start) - 1, 2, 2), np.nan)
    ends[filled, 0], ends[filled, 1] = corners[one[filled]], corners[other[filled]]
    turned = ends[:, 0, 0] > ends[:, 1, 0]
    ends[turned] = ends[turned, ::-1]
    along = (ends[:, 1] - ends[:, 0]) * pixel[::-1]
    angle = np.degrees(np.arctan2(-along[:, 1] + 0.0, along[:, 0]))
    width = smallest * pixel[0] if square else smallest
    return Ferets(np.sqrt((along**2).sum(axis=1)), np.where(filled, width, np.nan), ends, np.where(angle < 0, angle + 180, angle))
