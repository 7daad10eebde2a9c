"""Number types of pixels that most programs read, and which of them holds what an image holds."""

from __future__ import annotations

import numpy as np

from segue.codecs.pixels import Readable, bounds

TYPES = ("uint8", "uint16", "uint32", "int8", "int16", "int32", "float32", "float64")
"""What GeoTIFF readers, OME-TIFF and nearly every program know."""
WHOLE = 2**53
"""Integers below it are exact as float64."""
_AS = {"bool": "uint8", "float16": "float32"}


def common_type(pixels: Readable) -> str:
    """Its own type if that is common, else the smallest common one that holds it exactly; empty where there is none.

    Pixels are read only where their type is an integer of 64 bits.
    """
    name = _AS.get(pixels.dtype.name, pixels.dtype.name)
    if name in ("uint64", "int64"):
        return smallest(*bounds(pixels))
    return name if name in TYPES else ""


def smallest(lowest: int, highest: int) -> str:
    """The smallest common type for integers from ``lowest`` to ``highest``; empty where there is none."""
    for name in ("uint8", "uint16", "uint32", "int32"):
        limits = np.iinfo(name)
        if lowest >= limits.min and highest <= limits.max:
            return name
    return "float64" if lowest > -WHOLE and highest < WHOLE else ""
