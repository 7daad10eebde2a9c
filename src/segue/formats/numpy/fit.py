"""What an array can hold of a study."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from segue.codecs.pixels import converted
from segue.errors import Incompatible
from segue.formats.numpy.options import WriteOptions
from segue.formats.numpy.spec import KEPT, PIXEL_TYPES
from segue.formats.options import Options
from segue.formats.pixel_files import fitted, picture_of
from segue.model.image import Image
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """One array and its shape.

    Raises
    ------
    Incompatible
        There is no picture, or its numbers are complex.
    """
    chosen = cast("WriteOptions", options)
    picture = picture_of(study, chosen.role, chosen.layer)
    if isinstance(picture, Image):
        if picture.pixels.dtype.kind == "c":
            raise Incompatible("segue does not write complex numbers as NumPy arrays; take their absolute values first")
        name = picture.pixels.dtype.name
        picture = replace(picture, pixels=converted(picture.pixels, name if name in PIXEL_TYPES else "float64"))
    return fitted(study, picture, KEPT)
