"""Which pixels a project can hold, and in which number type Mantis reads them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from segue.codecs.number_types import TYPES, common_type, smallest
from segue.codecs.pixel_views import OnePlace
from segue.codecs.pixels import bounds, converted
from segue.formats.mantis_project.database import LARGEST
from segue.model.image import Image, LabelImage, size_of
from segue.model.study import ImageSet


def image_of(s: ImageSet) -> Image | None:
    """The first image of one plane, with pixels of a type that Mantis reads; None where there is none."""
    return next((found for image in s.images if is_plane(image) and (found := _readable(image)) is not None), None)


def labels_of(s: ImageSet, image: Image | None) -> LabelImage | None:
    """The first label image of one plane that is as large as the image; None where there is none."""
    for one in s.labels:
        fits = is_plane(one) and (image is None or sizes(one) == sizes(image))
        if fits and (dtype := _type_of_labels(one.pixels)):
            return replace(one, pixels=converted(one.pixels, "uint64" if dtype == "float64" else dtype), persists=True)
    return None


def is_plane(one: Image | LabelImage) -> bool:
    """Whether it has one plane."""
    return all(size_of(one.pixels, one.axes, axis) == 1 for axis in "tz") and min(one.pixels.shape) > 0


def sizes(one: Image | LabelImage) -> tuple[int, int]:
    """(height, width)."""
    return size_of(one.pixels, one.axes, "y"), size_of(one.pixels, one.axes, "x")


def plane_of(one: Image | LabelImage, channel: int = 0) -> tuple[Any, str]:
    """Pixels of one channel, and their axes: y and x in any order."""
    pixels, axes = one.pixels, one.axes
    for axis in "tzc":
        if axis in axes:
            pixels, axes = OnePlace(pixels, axes.index(axis), channel if axis == "c" else 0), axes.replace(axis, "")
    return pixels, axes


def writable(pixels: Any) -> Any:
    """The pixels in a type that Mantis reads: labels of 64 bits are written as floats."""
    return pixels if pixels.dtype.name in TYPES else converted(pixels, "float64")


def _readable(image: Image) -> Image | None:
    wanted = common_type(image.pixels)
    return replace(image, pixels=converted(image.pixels, wanted)) if wanted else None


def _type_of_labels(pixels: Any) -> str:
    """The type it has, or one that Mantis reads and that holds its labels; empty where there is none."""
    name = pixels.dtype.name
    lowest, highest = bounds(pixels)
    if lowest < 0 or highest >= LARGEST:
        return ""
    return name if name in TYPES else smallest(lowest, highest)
