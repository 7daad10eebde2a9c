# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return"
# ruff: noqa: ANN001, ANN202
"""Compiled diameters of convex hulls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


def extremes(corners: NDArray[np.float64], start: Ints) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """As ``feret_reference.extremes``."""
    hulls = len(start) - 1
    one, other, smallest = np.zeros(hulls, np.int64), np.zeros(hulls, np.int64), np.zeros(hulls)
    _extremes(corners, start, one, other, smallest)
    return one, other, smallest


@njit(nogil=True, _nrt=False)
def _extremes(corners, start, one, other, smallest):
    for hull in range(len(start) - 1):
        begin, end = start[hull], start[hull + 1]
        largest = -1.0
        for a in range(begin, end):
            b = a + 1 if a + 1 < end else begin
            ex, ey = corners[b, 0] - corners[a, 0], corners[b, 1] - corners[a, 1]
            widest = 0.0
            for k in range(begin, end):
                dx, dy = corners[k, 0] - corners[a, 0], corners[k, 1] - corners[a, 1]
                square = dx * dx + dy * dy
                if square > largest:
                    largest = square
                    one[hull], other[hull] = a, k
                widest = max(widest, abs(ex * dy - ey * dx))
            length = np.sqrt(ex * ex + ey * ey)
            width = widest / length if length > 0 else 0.0
            if a == begin or width < smallest[hull]:
                smallest[hull] = width
