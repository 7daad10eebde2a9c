"""Images that a project holds: what of them an OME-TIFF keeps."""

from __future__ import annotations

from dataclasses import replace

from segue.codecs.number_types import common_type
from segue.codecs.pixels import converted
from segue.model.image import Image
from segue.model.study import ImageSet


def with_images(s: ImageSet) -> ImageSet:
    """The image set with its images in number types that OME-TIFF has; those that have none, or no pixel, are left out."""
    return replace(s, images=tuple(found for image in s.images if (found := _held(image)) is not None))


def _held(image: Image) -> Image | None:
    name = common_type(image.pixels) if min(image.pixels.shape) else ""
    return replace(image, pixels=converted(image.pixels, name)) if name else None
