"""Distances along rows in plain numpy: what segments that are not wide run, and what the compiled twin is held to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.model.rings import laid_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


def along_rows(down: Floats, start: Ints, length: Ints, width: float) -> Floats:
    """The squared distance of each pixel of some runs to the nearest pixel outside of its segment.

    Looks ever farther along the row, as long as something nearer can be there.

    Parameters
    ----------
    down : (pixels,) float64
        Of the whole image: the squared distance within the column.
    start, length : (r,) int64
        Runs of pixels of one segment within a row.
    width
        Of a pixel.

    Returns
    -------
    (n,) float64, run after run.
    """
    offsets, place = laid_out(start, length)
    inside = np.arange(len(place)) - np.repeat(offsets[:-1], length)
    across = np.minimum(inside + 1, np.repeat(length, length) - inside)
    square: Floats = np.minimum(down[place], (across * width) ** 2)
    left, step = np.arange(len(place)), 1
    while len(left):
        by = (step * width) ** 2
        left = left[square[left] > by]
        near = np.minimum(down[place[left] - step], down[place[left] + step])
        square[left] = np.minimum(square[left], near + by)
        step += 1
    return square
