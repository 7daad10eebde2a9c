"""What is in memory already, as image sets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from segue.errors import UsageError
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, LabelImage, Pixels
from segue.model.study import ImageSet, Study

_USUAL = {2: "yx", 3: "zyx", 4: "tzyx"}


def image_sets_of(given: Any, axes: str | None) -> tuple[ImageSet, ...]:
    """The image sets of a study, an image set, an (label) image, pixels or an array.

    Raises
    ------
    UsageError
        The axes of an array are not known, or it is none.
    """
    if isinstance(given, Study):
        return given.image_sets
    if isinstance(given, ImageSet):
        return (given,)
    if isinstance(given, Image | LabelImage):
        s = ImageSet("", grid_of(given.axes, tuple(given.pixels.shape)))
        return (replace(s, labels=(given,)) if isinstance(given, LabelImage) else replace(s, images=(given,)),)
    pixels = given if isinstance(given, Pixels) else ArrayPixels(np.asarray(given))
    names = axes or _USUAL.get(len(pixels.shape), "")
    if len(names) != len(pixels.shape):
        raise UsageError(f"an image of {len(pixels.shape)} axes needs their names, such as input_axes='cyx' (letters of t c z y x)")
    try:
        return image_sets_of(Image(pixels, names), None)
    except ValueError as error:
        raise UsageError(f"input_axes={names!r}: {error}") from error
