"""The length of traced contours: ImageJ's ``PolygonRoi.getTracedPerimeter``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.geometry.rings import following

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.contours import Contours

    Floats = NDArray[np.float64]

CORNER = 2 - 2**0.5
"""What is cut off at a corner."""
BEGINS = 2
"""ImageJ's wand begins at the first turn below the right end of the top edge; a contour here begins at the left end of it."""


def traced_perimeters(lines: Contours) -> Floats:
    """(c,) The length along pixel edges, less 2 - sqrt 2 for each corner that is cut: of corners one pixel apart every other one.

    Which ones are cut depends on where a contour begins; here it begins where ImageJ's does.
    """
    coords, start = lines.coords, lines.start
    sides = np.abs(coords[following(start)] - coords).sum(axis=1)
    size = np.diff(start)
    owner = np.repeat(np.arange(len(size)), size)
    place = np.arange(len(coords)) - start[:-1][owner] + BEGINS
    turned = start[:-1][owner] + place % size[owner]
    side = sides[np.where(turned == start[:-1][owner], start[1:][owner] - 1, turned - 1)]
    anew = side > 1
    anew[start[:-1]] = True
    stretch = np.flatnonzero(anew)
    corners = np.bincount(owner[stretch], (np.diff(stretch, append=len(coords)) + 1) // 2, len(size))
    found: Floats = np.bincount(owner, sides, len(size)) - corners * CORNER
    return found
