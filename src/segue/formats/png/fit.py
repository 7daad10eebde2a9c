"""What a PNG file can hold of a study."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np

from segue.codecs.pixels import bounds, converted
from segue.errors import Incompatible
from segue.formats.options import Options
from segue.formats.pixel_files import Picture, fitted, picture_of
from segue.formats.png.options import WriteOptions
from segue.formats.png.spec import KEPT, PIXEL_TYPES
from segue.model.image import Image, LabelImage, size_of
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """One plane of 8 or 16 bits.

    Raises
    ------
    Incompatible
        There is no picture, or it does not fit: PNG never changes a number.
    """
    chosen = cast("WriteOptions", options)
    picture = picture_of(study, chosen.role, chosen.layer)
    _check_planes(picture)
    if isinstance(picture, LabelImage):
        _check_labels(picture)
        return fitted(study, picture, KEPT)
    return fitted(study, replace(picture, pixels=converted(picture.pixels, _type(picture))), KEPT)


def _check_planes(picture: Picture) -> None:
    for name, most, what in (("t", 1, "time points"), ("z", 1, "z planes"), ("c", 4, "channels")):
        count = size_of(picture.pixels, picture.axes, name)
        if count > most:
            raise Incompatible(f"PNG cannot hold {count:,} {what}; write TIFF (.tif) instead")


def _check_labels(picture: LabelImage) -> None:
    lowest, highest = bounds(picture.pixels)
    if lowest < 0 or highest > 65_535:
        raise Incompatible(f"PNG cannot hold labels from {lowest:,} to {highest:,}, only up to 65,535; write TIFF (.tif) instead")


def _type(picture: Image) -> np.dtype[np.generic]:
    name = picture.pixels.dtype.name
    if name == "bool":
        return np.dtype(np.uint8)
    if name not in PIXEL_TYPES:
        hint = "write TIFF (.tif) instead, or say --set role=labels if the numbers are segments"
        raise Incompatible(f"PNG cannot hold pixels of type {name}, only whole numbers of 8 or 16 bits; {hint}")
    return np.dtype(name)
