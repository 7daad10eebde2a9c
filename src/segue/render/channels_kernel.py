# mypy: allow-untyped-defs, allow-untyped-calls
# ruff: noqa: ANN001, ANN202
"""Compiled twin of ``channels._add``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.render.drawn import Light


def add(canvas: NDArray[np.float64], values: NDArray[Any], light: Light) -> None:
    """As ``channels._add``."""
    _add(canvas, np.ascontiguousarray(values), float(light.low), float(light.high), light.inverted, np.array(light.colour, np.float64))


@njit(nogil=True)
def _add(canvas, values, low, high, inverted, colour):
    red, green, blue = colour[0], colour[1], colour[2]
    for y in range(values.shape[0]):
        for x in range(values.shape[1]):
            value = float(values[y, x])
            if value != value:
                continue
            if high > low:
                share = min(max((value - low) / (high - low), 0.0), 1.0)
            else:
                share = 1.0 if value > low else 0.0
            if inverted:
                share = 1.0 - share
            canvas[y, x, 0] += share * red
            canvas[y, x, 1] += share * green
            canvas[y, x, 2] += share * blue
