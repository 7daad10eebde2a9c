"""What a measurement is: the record from which tables, data dictionaries and documentation are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["pixels", "length", "place", "degrees", "radians", "number", "value", "value x pixels"]
"""What a number counts in: pixels (or voxels; area and volume once the pixel size is known), lengths and places (pixels; physical once the
pixel size is known), angles, plain numbers, and the values of the image."""

IMAGEJ = "ImageJ 1.53t"
SKIMAGE = "scikit-image 0.26"

PLANE: tuple[int, ...] = (2,)
BOTH: tuple[int, ...] = (2, 3)


@dataclass(frozen=True)
class Measurement:
    """One number per segment (and channel)."""

    name: str
    """Unique in the catalogue."""
    unit: Unit
    formula: str
    """In words or symbols; names are those of other measurements."""
    source: str
    """The tool and version, or the paper, whose numbers these are."""
    dimensions: tuple[int, ...] = BOTH
    """Of the images it can be made of: 2 (plane), 3 (volume)."""
    made_of: tuple[str, ...] = ()
    """Names of other measurements; empty where it is made of the pixels themselves."""
    channels: bool = False
    """Whether there is one per channel of the image."""
