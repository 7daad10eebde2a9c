# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return"
# ruff: noqa: ANN001, ANN202
"""Compiled distances along rows: the lower envelope of parabolas, after Felzenszwalb and Huttenlocher (2012); linear in the pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


def along_rows(down: Floats, start: Ints, length: Ints, width: float) -> Floats:
    """As ``radii_reference.along_rows``."""
    longest = int(length.max()) + 3 if len(length) else 3
    found = np.zeros(int(length.sum()))
    _along_rows(down, start, length, float(width), np.zeros(longest, np.int64), np.zeros(longest), np.zeros(longest), found)
    return found


@njit(nogil=True, _nrt=False)
def _along_rows(down, start, length, width, lowest, low_height, until, found):
    """``lowest`` are the places of the parabolas of the envelope, from left to right; ``until`` is where the next one takes over."""
    scale = width * width
    out = 0
    for run in range(len(start)):
        n = length[run]
        last = 0
        lowest[0], low_height[0] = -1, 0.0
        for x in range(n + 1):
            height = down[start[run] + x] if x < n else 0.0
            while True:
                other = lowest[last]
                cross = ((height - low_height[last]) / scale + float(x * x - other * other)) / (2.0 * (x - other))
                if last > 0 and cross <= until[last - 1]:
                    last -= 1
                else:
                    break
            until[last] = cross
            last += 1
            lowest[last], low_height[last] = x, height
        place = 0
        for x in range(n):
            while place < last and until[place] < x:
                place += 1
            away = float(x - lowest[place])
            found[out] = away * away * scale + low_height[place]
            out += 1
