"""What a study keeps of a study: everything that can be written down at all."""

from __future__ import annotations

from dataclasses import replace

from segue.codecs.zarr_types import PIXEL_TYPES
from segue.formats.options import Options
from segue.model.study import ImageSet, Study


def fit(study: Study, options: Options) -> Study:
    """The same study, without images of number types that exist on some computers only (80-bit floats) or are no numbers."""
    if all(_storable(image_set) for image_set in study.image_sets):
        return study
    return study.map(lambda s: replace(s, images=tuple(image for image in s.images if image.pixels.dtype.name in PIXEL_TYPES)))


def _storable(image_set: ImageSet) -> bool:
    return all(image.pixels.dtype.name in PIXEL_TYPES for image in image_set.images)
