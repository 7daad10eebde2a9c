"""The fine grid on which figures lie that OME-XML describes by other numbers than the model, so that they come back equal."""

from __future__ import annotations

import numpy as np

from segue.model.rings import Bools, Floats

STEP = 2.0**-20
"""About a millionth of a pixel."""
_RATIO = 2.0**-30
FARTHEST = 2.0**24
"""Coordinates up to this survive a turn and back with less than half a step of error."""


def snapped(values: Floats) -> Floats:
    """The nearest multiples of a step."""
    return np.asarray(np.round(values / STEP) * STEP + 0.0)


def snapped_ratio(values: Floats) -> Floats:
    """Ratios from 0 to 1 on a grid of their own."""
    return np.asarray(np.round(values / _RATIO) * _RATIO + 0.0)


def near(coords: Floats) -> Bools:
    """(n,) Which points (n, 2) are within reach of the grid."""
    return np.asarray((np.abs(coords) <= FARTHEST).all(axis=1))
