"""The length of traced contours: ImageJ's ``PolygonRoi.getTracedPerimeter``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.geometry.rings import following

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.form.contours import Contours

    Floats = NDArray[np.float64]

CORNER = 2 - 2**0.5
"""What is cut off at a corner."""
BEGINS = 2
"""ImageJ's wand begins at the first turn below the right end of the top edge; a contour here begins at the left end of it."""


def traced_perimeters(lines: Contours, pixel: tuple[float, float] = (1, 1)) -> Floats:
    """(c,) The length along pixel edges, less 2 - sqrt 2 for each corner that is cut: of corners one pixel apart every other one.

    Which ones are cut depends on where a contour begins; here it begins where ImageJ's does. ``pixel`` is the height and width of a pixel:
    edges are as long as these, and at a corner a diagonal takes the place of two of them.
    """
    coords, start = lines.coords, lines.start
    height, width = pixel
    across, down = np.abs(coords[following(start)] - coords).T
    sides = across + down
    size = np.diff(start)
    owner = np.repeat(np.arange(len(size)), size)
    place = np.arange(len(coords)) - start[:-1][owner] + BEGINS
    turned = start[:-1][owner] + place % size[owner]
    side = sides[np.where(turned == start[:-1][owner], start[1:][owner] - 1, turned - 1)]
    anew = side > 1
    anew[start[:-1]] = True
    stretch = np.flatnonzero(anew)
    corners = np.bincount(owner[stretch], (np.diff(stretch, append=len(coords)) + 1) // 2, len(size))
    length = np.bincount(owner, across, len(size)) * width + np.bincount(owner, down, len(size)) * height
    found: Floats = length - corners * (CORNER if width == height == 1 else (width + height) - (width * width + height * height) ** 0.5)
    return found
