"""Images of a document as image sets: names, sizes, pixel sizes."""

from __future__ import annotations

import math
from pathlib import Path

from segue.codecs.ome_document import ImageElement
from segue.codecs.tiff_units import short_unit
from segue.errors import Malformed
from segue.formats.ome_files.about import About
from segue.model.grid import Axis, Grid
from segue.model.study import ImageSet

_LARGEST = 2**31 - 1


def image_set_of(image: ImageElement, about: About, path: Path | str) -> ImageSet:
    """The image set of an image, without objects: what segue noted, else what OME-XML tells.

    Raises
    ------
    Malformed
    """
    noted = about.image_sets.get(image.attributes.get("ID", ""))
    if noted is not None:
        return noted
    return ImageSet(image.attributes.get("Name", ""), _grid(image, path))


def _grid(image: ImageElement, path: Path | str) -> Grid:
    pixels = image.pixels or {}
    axes = []
    for name in "tzyx":
        size = _size(pixels.get(f"Size{name.upper()}"), name, path)
        axis = Axis(name, size, *_step(pixels, name))
        if name in "yx" or (size or 1) > 1 or axis.scale is not None:
            axes.append(axis)
    return Grid(tuple(axes))


def _size(text: str | None, axis: str, path: Path | str) -> int | None:
    if text is None:
        return None
    try:
        size = int(text)
    except ValueError:
        size = -1
    if not 0 < size <= _LARGEST:
        raise Malformed(f"{path} has an image whose Size{axis.upper()} is {text!r}", path=path, position="Pixels", expected="a size of at least 1")
    return size


def _step(pixels: dict[str, str], axis: str) -> tuple[float | None, str | None]:
    name, usual = ("TimeIncrement", "s") if axis == "t" else (f"PhysicalSize{axis.upper()}", "um")
    try:
        step = float(pixels.get(name, "0"))
    except ValueError:
        return None, None
    return (step, short_unit(pixels.get(f"{name}Unit", usual))) if 0 < step < math.inf else (None, None)
