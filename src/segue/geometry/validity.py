"""Areas that cover nothing sensible: rings that cross themselves, holes outside, too few vertices."""

from __future__ import annotations

import numpy as np

from segue.geometry.rings import Flat, Rings
from segue.geometry.shapely_rings import to_shapely

_AT_A_TIME = 20_000
"""Shapes that are geometry objects at the same time."""


def invalid(rings: Flat) -> list[tuple[int, str]]:
    """The shapes that are no valid polygon, with the reason and place that GEOS gives, in the sense of OGC Simple Features.

    Parameters
    ----------
    rings
        Areas: at least one part each. Vertices in pixels.

    Returns
    -------
    (row, reason), ascending by row.
    """
    import shapely

    flat = Rings.of(rings)
    short = np.unique(np.searchsorted(flat.shape_rings, np.flatnonzero(flat.ring_lengths() < 3), side="right") - 1)
    found = [(int(row), "a ring of fewer than 3 vertices") for row in short]
    rest = np.setdiff1d(np.arange(len(flat)), short)
    for first in range(0, len(rest), _AT_A_TIME):
        rows = rest[first : first + _AT_A_TIME]
        areas = to_shapely(flat, rows)
        wrong = np.flatnonzero(~shapely.is_valid(areas))
        found += [(int(rows[one]), str(shapely.is_valid_reason(areas[one]))) for one in wrong]
    return sorted(found)
