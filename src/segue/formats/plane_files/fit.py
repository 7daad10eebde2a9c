"""What files of one plane can hold of a study."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from segue.codecs.pixels import bounds, converted
from segue.errors import Incompatible
from segue.formats.pixel_files import Picture, fitted
from segue.formats.plane_files.limits import PLANE_TYPES
from segue.model.features import Feature
from segue.model.image import Image, LabelImage, size_of
from segue.model.study import Study


def fitted_plane(study: Study, picture: Picture, format_name: str, channels: Collection[int], features: Collection[Feature]) -> Study:
    """A study of one plane: of one of the numbers of ``channels``, of 8 or 16 bits.

    Raises
    ------
    Incompatible
        The picture does not fit: no number is ever changed.
    """
    for axis, what in (("t", "time points"), ("z", "z planes"), ("c", "channels")):
        count = size_of(picture.pixels, picture.axes, axis)
        if count not in (channels if axis == "c" else (1,)):
            raise Incompatible(f"{format_name} cannot hold {count:,} {what}; write TIFF (.tif) instead")
    if isinstance(picture, LabelImage):
        lowest, highest = bounds(picture.pixels)
        if lowest < 0 or highest > 65_535:
            raise Incompatible(f"{format_name} cannot hold labels from {lowest:,} to {highest:,}, only up to 65,535; write TIFF (.tif) instead")
        return fitted(study, picture, features)
    return fitted(study, replace(picture, pixels=converted(picture.pixels, _type(picture, format_name))), features)


def _type(picture: Image, format_name: str) -> np.dtype[np.generic]:
    name = picture.pixels.dtype.name
    if name == "bool":
        return np.dtype(np.uint8)
    if name not in PLANE_TYPES:
        hint = "write TIFF (.tif) instead, or say --set role=labels if the numbers are segments"
        raise Incompatible(f"{format_name} cannot hold pixels of type {name}, only whole numbers of 8 or 16 bits; {hint}")
    return np.dtype(name)
