"""Palettes that are ramps of grey: the indices are the values then, and no colour is lost with the palette."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

_TOLERANCE = 1.0
"""Shades are rounded: sixteen of them are 17 apart, seven of them 42.5."""


def ramp_of(colours: Array) -> Literal["rising", "falling"] | None:
    """Whether colours are evenly spaced shades of grey, from dark to bright or from bright to dark (ImageJ's inverting LUT).

    Parameters
    ----------
    colours
        (n, 3) unsigned integers: red, green, blue.
    """
    shades = colours[:, 0].astype(np.float64)
    if len(shades) < 2 or (colours != colours[:, :1]).any() or shades[0] == shades[-1]:
        return None
    scale = np.iinfo(colours.dtype).max / 255
    if (np.abs(shades - np.linspace(shades[0], shades[-1], len(shades))) > _TOLERANCE * scale).any():
        return None
    return "rising" if shades[0] < shades[-1] else "falling"


def inverting_colours() -> Array:
    """(256, 3) uint8: from white to black."""
    return np.repeat(np.arange(255, -1, -1, dtype=np.uint8)[:, None], 3, axis=1)
