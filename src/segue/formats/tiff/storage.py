"""In which layout and as which number type a picture is stored."""

from __future__ import annotations

import numpy as np

from segue.codecs.pixels import bounds
from segue.codecs.tiff_colour import SAMPLES
from segue.codecs.tiff_plan import CLASSIC_BYTES, IMAGEJ_TYPES
from segue.errors import Incompatible
from segue.formats.pixel_files import Picture
from segue.formats.tiff.spec import PIXEL_TYPES
from segue.model.image import Image, LabelImage, size_of

WHOLE_FLOATS = 1 << 24
"""float32 holds every whole number up to this."""
_NOT_IN_OME = {"float16": "float32", "int64": "float64", "uint64": "float64"}


Span = tuple[int, int]
"""Lowest and highest label."""


def span_of(picture: Picture) -> Span:
    """Lowest and highest label; (0, 0) for an image, where they do not matter."""
    return bounds(picture.pixels) if isinstance(picture, LabelImage) else (0, 0)


def storage_of(picture: Picture, layout: str, span: Span, *, packed: bool = False) -> tuple[str, np.dtype[np.generic]]:
    """(layout, number type in the file) for an option ``layout``, which may be ``auto``; ``packed`` = compressed, in tiles or BigTIFF.

    Raises
    ------
    Incompatible
        That layout cannot hold this picture.
    """
    if layout == "imagej" and packed:
        raise Incompatible("ImageJ reads its own stacks only without compression, tiles and BigTIFF; say layout=ome for those")
    if isinstance(picture, LabelImage):
        return _labels(picture, layout, span, packed=packed)
    return _image(picture, layout, packed=packed)


def _image(picture: Image, layout: str, *, packed: bool) -> tuple[str, np.dtype[np.generic]]:
    kind = picture.pixels.dtype
    name = "uint8" if kind == np.bool_ else kind.name
    if name not in PIXEL_TYPES:
        raise Incompatible(f"TIFF cannot hold pixels of type {name}; choose a format that can, such as a segue study")
    if layout == "auto":
        layout = "imagej" if name in IMAGEJ_TYPES and not packed and _fits_imagej(picture, np.dtype(name)) else "plain" if name in _NOT_IN_OME else "ome"
    if layout == "imagej" and name not in IMAGEJ_TYPES:
        name = "float32"
    if layout == "ome":
        name = _NOT_IN_OME.get(name, name)
    return layout, np.dtype(name)


def _labels(picture: LabelImage, layout: str, span: Span, *, packed: bool) -> tuple[str, np.dtype[np.generic]]:
    lowest, highest = span
    smallest = _smallest(lowest, highest)
    if layout == "imagej" or (layout == "auto" and not packed):
        name = smallest if smallest in IMAGEJ_TYPES else "float32"
        if max(highest, -lowest) <= WHOLE_FLOATS and _fits_imagej(picture, np.dtype(name)):
            return "imagej", np.dtype(name)
        if layout == "imagej":
            raise Incompatible(f"ImageJ's TIFF cannot hold labels up to {highest:,} (only to {WHOLE_FLOATS:,}) or planes beyond 4 GB; use layout=ome")
    if layout == "auto":
        layout = "plain" if smallest in _NOT_IN_OME else "ome"
    if layout == "ome" and smallest in _NOT_IN_OME:
        raise Incompatible(f"OME-TIFF cannot hold labels up to {highest:,}, which need 64 bits; use layout=plain")
    return layout, np.dtype(smallest)


def _smallest(lowest: int, highest: int) -> str:
    """The smallest integer type for labels: unsigned where none is negative."""
    kinds = ("uint8", "uint16", "uint32", "uint64") if lowest >= 0 else ("int8", "int16", "int32", "int64")
    return next((name for name in kinds if np.iinfo(name).min <= lowest and highest <= np.iinfo(name).max), kinds[-1])


def _fits_imagej(picture: Picture, dtype: np.dtype[np.generic]) -> bool:
    return size_of(picture.pixels, picture.axes, "y") * size_of(picture.pixels, picture.axes, "x") * dtype.itemsize <= CLASSIC_BYTES


def has_colours(picture: Picture) -> bool:
    """Whether a picture is one plane of three channels of 8 bits."""
    if not isinstance(picture, Image) or sorted(picture.axes) != ["c", "x", "y"] or picture.pixels.dtype != np.uint8:
        return False
    return picture.pixels.shape[picture.axes.index("c")] == SAMPLES
