"""What a measurement is: the record from which tables, data dictionaries and documentation are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["pixels", "surface", "length", "place", "pixel place", "count", "degrees", "radians", "number", "value", "value x pixels"]
"""What a number is: an area in pixels (a volume in voxels), the surface of a volume, a length, a place: all of them physical once the size of a
pixel is known; a place that stays in pixels, a number of pixels that stays one, angles, plain numbers, values of the image, values times area."""

IMAGEJ = "ImageJ 1.53t"
SKIMAGE = "scikit-image 0.26"
CELLPROFILER = "CellProfiler 4.2"
NIMBUS = "NimbusImage, blob metrics of 2025"
SEGUE = "segue"

PLANE: tuple[int, ...] = (2,)
VOLUME: tuple[int, ...] = (3,)
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
