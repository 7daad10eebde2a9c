# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return"
# ruff: noqa: ANN001, ANN202
"""Compiled largest distances within bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def largest_squares(points: Floats, start: NDArray[np.int64], pixel: tuple[float, float, float]) -> Floats:
    """As ``reach_reference.largest_squares``."""
    found = np.zeros(len(start) - 1)
    _largest(points, start, float(pixel[0]), float(pixel[1]), float(pixel[2]), found)
    return found


@njit(nogil=True, _nrt=False)
def _largest(points, start, depth, height, width, found):
    for body in range(len(start) - 1):
        largest = 0.0
        for one in range(start[body], start[body + 1]):
            for other in range(one, start[body + 1]):
                z = (abs(points[one, 0] - points[other, 0]) + 1.0) * depth
                y = (points[one, 1] - points[other, 1]) * height
                x = (points[one, 2] - points[other, 2]) * width
                largest = max(largest, z * z + y * y + x * x)
        found[body] = largest
